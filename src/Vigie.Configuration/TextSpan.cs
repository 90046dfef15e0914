namespace Vigie.Configuration;

/// <summary>A place within one line of the file. Line and column count from 1; a line of 0 means the file as a whole.</summary>
public readonly record struct TextSpan(int Line, int Column, int Length) : IComparable<TextSpan>
{
    public static readonly TextSpan WholeFile;

    public int CompareTo(TextSpan other) =>
        Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);

    public static bool operator <(TextSpan left, TextSpan right) => left.CompareTo(right) < 0;

    public static bool operator >(TextSpan left, TextSpan right) => left.CompareTo(right) > 0;

    public static bool operator <=(TextSpan left, TextSpan right) => left.CompareTo(right) <= 0;

    public static bool operator >=(TextSpan left, TextSpan right) => left.CompareTo(right) >= 0;
}
