using System.Text.RegularExpressions;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>No project is forgotten: not by the solution, not by test.sh, not by its lock file, not by the banned symbols.</summary>
public static partial class ProjectRule
{
    /// <summary>Every project is in the solution, and the solution names no project that is gone.</summary>
    public static IReadOnlyList<string> CheckSolution(IReadOnlyCollection<string> projects, string solution)
    {
        var listed = solution.Split('"').Where(part => part.EndsWith(".csproj", StringComparison.Ordinal)).ToList();
        return
        [
            .. projects.Except(listed).Select(project => $"{project} is not in Vigie.slnx"),
            .. listed.Except(projects).Select(project => $"Vigie.slnx names {project}, which does not exist"),
        ];
    }

    /// <summary>Every project with tests is a suite of test.sh, and every suite is a project.</summary>
    public static IReadOnlyList<string> CheckSuites(IEnumerable<TextFile> projects, TextFile script)
    {
        var tested = projects.Where(project => project.Text.Contains("\"xunit.v3\"", StringComparison.Ordinal))
            .Select(project => Path.GetDirectoryName(project.Path)!).ToList();
        var suites = script.Lines.Select(line => line.Split('|')).Where(fields => fields.Length == 5 && Suite().IsMatch(fields[0]))
            .Select(fields => fields[1].Trim()).ToList();
        return
        [
            .. tested.Except(suites).Select(project => $"{project} is no suite: add it to SUITES in {script.Path}"),
            .. suites.Except(tested).Select(suite => $"{script.Path} lists {suite}, which is no test project"),
        ];
    }

    public static IReadOnlyList<string> CheckLocks(IEnumerable<string> projects, IReadOnlyCollection<string> paths) =>
    [
        .. projects.Select(project => Path.GetDirectoryName(project) + "/packages.lock.json").Where(path => !paths.Contains(path))
            .Select(path => $"{path} is missing: build the project once and commit it"),
    ];

    /// <summary>Core and Node are compiled against the list of what they must not call.</summary>
    public static IReadOnlyList<string> CheckBanned(IEnumerable<TextFile> projects) =>
    [
        .. projects.Where(project => project.Name is "Vigie.Core.csproj" or "Vigie.Node.csproj")
            .Where(project => !project.Text.Contains("<AdditionalFiles Include=\"../BannedSymbols.txt\" />", StringComparison.Ordinal))
            .Select(project => $"{project.Path} does not compile against src/BannedSymbols.txt"),
    ];

    // A row of the table, not the comment above it and not a pipe of commands.
    [GeneratedRegex("^[a-z]+ *$")]
    private static partial Regex Suite();
}
