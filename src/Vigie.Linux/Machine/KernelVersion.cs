namespace Vigie.Linux;

/// <summary>The running kernel's version, as far as it can be compared: 6.1 of "6.1.0-37-amd64".</summary>
public readonly record struct KernelVersion(int Major, int Minor) : IComparable<KernelVersion>
{
    /// <summary>The oldest kernel that everything here is known to work on.</summary>
    public static KernelVersion Floor => new(6, 1);

    public static KernelVersion Current => new(Environment.OSVersion.Version.Major, Environment.OSVersion.Version.Minor);

    public int CompareTo(KernelVersion other)
    {
        var byMajor = Major.CompareTo(other.Major);
        return byMajor != 0 ? byMajor : Minor.CompareTo(other.Minor);
    }

    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    public override string ToString() => $"{Major}.{Minor}";
}
