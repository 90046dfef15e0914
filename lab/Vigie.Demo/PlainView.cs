using System.Diagnostics;
using System.Globalization;

namespace Vigie.Demo;

/// <summary>Lines of text with the time since the start, for logs and pipes.</summary>
internal sealed class PlainView : IDemoView
{
    private const int Width = 100;

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public void Explain(string text)
    {
        Console.WriteLine();
        foreach (var line in Wrap(text))
            Console.WriteLine(line);
    }

    public void Happened(string text) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {_clock.Elapsed.TotalSeconds,5:0.0} s  {text}"));

    public void Dispose() => Console.Out.Flush();

    private static IEnumerable<string> Wrap(string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > Width)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : " " + word;
        }

        yield return line;
    }
}
