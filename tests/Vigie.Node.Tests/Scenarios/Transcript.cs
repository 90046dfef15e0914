using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Vigie.Core;
using Xunit;

namespace Vigie.Node.Tests.Scenarios;

/// <summary>
/// What a scenario put in and what came out, one line each with its time, compared with the text in Expected/.
/// VIGIE_REWRITE_TRANSCRIPTS=1 writes these texts anew; the difference is then read like any other change.
/// </summary>
internal sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private Instant _lastTime = new(-1);

    public void Input(Instant now, string what) => Line(now, "> " + what);

    public void Output(Instant now, string what) => Line(now, "    " + what);

    /// <summary>A blank line and a sentence: what the following lines are about.</summary>
    public void Chapter(string title)
    {
        if (_text.Length > 0)
            _text.Append('\n');
        _text.Append("# ").Append(title).Append('\n');
        _lastTime = new(-1);
    }

    public void AssertAsExpected([CallerMemberName] string scenario = "")
    {
        var path = Path.Combine(ExpectedFolder(), scenario + ".txt");
        var actual = _text.ToString();
        if (Environment.GetEnvironmentVariable("VIGIE_REWRITE_TRANSCRIPTS") == "1")
        {
            Directory.CreateDirectory(ExpectedFolder());
            File.WriteAllText(path, actual);
            return;
        }

        Assert.True(File.Exists(path), $"{path} does not exist; run once with VIGIE_REWRITE_TRANSCRIPTS=1 and read what it wrote");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    public override string ToString() => _text.ToString();

    private void Line(Instant now, string what)
    {
        // A time is printed once: what happens together stands together.
        var time = now == _lastTime ? "" : (now.Nanoseconds / 1e9).ToString("F6", CultureInfo.InvariantCulture);
        _lastTime = now;
        _text.Append(time.PadLeft(10)).Append("  ").Append(what).Append('\n');
    }

    private static string ExpectedFolder()
    {
        // The source tree rather than a copy: rewriting must reach it.
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "Vigie.slnx")))
                return Path.Combine(at.FullName, "tests", "Vigie.Node.Tests", "Expected");
        throw new DirectoryNotFoundException("Vigie.slnx is not above the test executable");
    }
}
