using System.Text;

namespace Vigie.Bench.Reporting;

/// <summary>What one benchmark found: how it measured, a table, and whether each bound was met.</summary>
internal sealed class Section(string title, string method, params string[] columns)
{
    public const string Met = "met";

    public const string Missed = "**missed**";

    private readonly List<string[]> _rows = [];
    private readonly List<string> _notes = [];

    public static string Verdict(bool met) => met ? Met : Missed;

    public void Row(params string[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"{cells.Length} cells for {columns.Length} columns", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>A sentence below the table.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>A bound with its verdict, below the table.</summary>
    public void Bound(string text, bool met) => _notes.Add($"{text}: {Verdict(met)}");

    public string Markdown()
    {
        var text = new StringBuilder($"## {title}\n\n{method}\n\n");
        Line(text, columns);
        Line(text, columns.Select(_ => "---"));
        foreach (var row in _rows)
            Line(text, row);
        if (_notes.Count > 0)
            text.Append('\n');
        foreach (var note in _notes)
            text.Append("- ").Append(note).Append('\n');
        return text.ToString();
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
