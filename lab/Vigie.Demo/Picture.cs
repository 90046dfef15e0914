using System.Globalization;
using System.Security;
using System.Text;

namespace Vigie.Demo;

/// <summary>Lines of text as a picture of a terminal (SVG), for the README.</summary>
internal static class Picture
{
    private const double ColumnWidth = 8.4;
    private const int LineHeight = 20;
    private const int Margin = 16;

    internal static void Save(string path, IReadOnlyList<string> lines)
    {
        var width = 2 * Margin + ColumnWidth * lines.Max(line => line.Length);
        var height = 2 * Margin + LineHeight * lines.Count;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:0} {height}\" width=\"{width:0}\" height=\"{height}\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#14181f\"/>\n");
        svg.Append("<g font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" font-size=\"14\" fill=\"#d7dde8\" xml:space=\"preserve\">\n");
        for (var i = 0; i < lines.Count; i++)
        {
            // The length is fixed, so that the frame fits whatever the reader's font.
            var text = lines[i].TrimEnd();
            if (text.Length > 0)
                svg.Append(CultureInfo.InvariantCulture,
                    $"<text x=\"{Margin}\" y=\"{Margin + LineHeight * (i + 1) - 5}\" textLength=\"{ColumnWidth * text.Length:0.#}\" lengthAdjust=\"spacingAndGlyphs\">{SecurityElement.Escape(text)}</text>\n");
        }

        svg.Append("</g>\n</svg>\n");
        File.WriteAllText(path, svg.ToString());
    }
}
