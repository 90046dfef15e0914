using System.Text.RegularExpressions;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>Nothing committed knows the machine it was written on: no folders of ours, no hosts but those listed.</summary>
public static partial class PrivateDataRule
{
    public const string AllowedIn = "tests/Vigie.Tidy.Tests/Allowed/AllowedHosts.cs";

    // Written in two parts, or this file would break its own rule.
    private static readonly string[] Folders = ["/wo" + "rk/", "/ho" + "me/", "/ro" + "ot/", "/Us" + "ers/"];

    public static IReadOnlyList<string> Check(IEnumerable<TextFile> files, IReadOnlyCollection<Exemption> hosts)
    {
        var found = new Dictionary<string, string>();
        var problems = new List<string>();
        foreach (var file in files)
            for (var line = 0; line < file.Lines.Count; line++)
            {
                foreach (var folder in Folders.Where(folder => HasFolder(file.Lines[line], folder)))
                    problems.Add($"{file.Path}:{line + 1}: {folder} is a folder of one machine");
                foreach (Match match in Url().Matches(file.Lines[line]).Where(match => !IsMadeUp(match.Groups["host"].Value)))
                    found.TryAdd(match.Groups["host"].Value, $"{file.Path}:{line + 1}: host {match.Groups["host"].Value} is not among those a reader may be sent to");
            }

        problems.AddRange(Exemption.Apply(found, hosts, AllowedIn));
        return problems;
    }

    // Names set aside for examples (RFC 2606) lead nowhere.
    private static bool IsMadeUp(string host) => host is "example.org" or "example.com" or "localhost" || host.EndsWith(".example.org", StringComparison.Ordinal);

    // At the start of a path only: src/homework/ would be fine.
    private static bool HasFolder(string line, string folder)
    {
        for (var at = line.IndexOf(folder, StringComparison.Ordinal); at >= 0; at = line.IndexOf(folder, at + 1, StringComparison.Ordinal))
            if (at == 0 || !(char.IsLetterOrDigit(line[at - 1]) || line[at - 1] is '.' or '_' or '-' or '}'))
                return true;
        return false;
    }

    [GeneratedRegex(@"https?://(?<host>[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9])")]
    private static partial Regex Url();
}
