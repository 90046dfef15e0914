using System.Runtime.CompilerServices;
using Xunit;

namespace Vigie.Configuration.Tests;

/// <summary>
/// Each file of the Transcripts folder with what an operator sees for it. After a wanted change of wording, run with
/// VIGIE_REWRITE_TRANSCRIPTS=1 and read the difference before committing it.
/// </summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Names =>
        [.. Directory.EnumerateFiles(Folder(), "*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_file_is_explained_as_its_transcript_says(string name)
    {
        var expectedPath = Path.Combine(Folder(), name + ".txt");
        var result = ConfigurationReader.Read(File.ReadAllText(Path.Combine(Folder(), name + ".yaml")), name + ".yaml", "host");
        var actual = $"{result.Render(color: false)}{result.ErrorCount} errors, {result.WarningCount} warnings\n";

        if (Environment.GetEnvironmentVariable("VIGIE_REWRITE_TRANSCRIPTS") == "1")
            File.WriteAllText(expectedPath, actual);
        Assert.Equal(File.ReadAllText(expectedPath), actual);
        Assert.Equal(result.ErrorCount == 0, result.Config is not null);
    }

    [Fact]
    public void Twenty_different_mistakes_are_reported_all_at_once()
    {
        var text = File.ReadAllText(Path.Combine(Folder(), "twenty-mistakes.yaml"));
        var marked = text.Split('\n')
            .Select((line, index) => (Line: index + 1, IsMistake: line.Contains("   # ", StringComparison.Ordinal)))
            .Where(entry => entry.IsMistake).Select(entry => entry.Line).ToArray();

        var result = ConfigurationReader.Read(text, "vigie.yaml", "host");

        Assert.Equal(20, marked.Length);
        Assert.Equal(marked, result.Problems.Where(problem => problem.Severity == ProblemSeverity.Error).Select(problem => problem.Span.Line));
        Assert.Equal(20, result.Problems.Select(problem => problem.Message).Distinct().Count());
        Assert.Null(result.Config);
    }

    private static string Folder([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Transcripts");
}
