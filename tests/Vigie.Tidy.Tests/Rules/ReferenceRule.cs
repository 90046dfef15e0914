using System.Xml.Linq;
using Vigie.Tidy.Tests.Repository;

namespace Vigie.Tidy.Tests.Rules;

/// <summary>Who may use whom: each reference is written down with its reason, and each one written down is in use.</summary>
public static class ReferenceRule
{
    public const string AllowedIn = "tests/Vigie.Tidy.Tests/Allowed/AllowedReferences.cs";

    /// <summary>The references one project file declares: projects, packages and shared frameworks by name.</summary>
    public static IEnumerable<Reference> Read(TextFile project)
    {
        var from = Path.GetFileNameWithoutExtension(project.Path);
        foreach (var element in XDocument.Parse(project.Text).Descendants())
        {
            var target = (string?)element.Attribute("Include") ?? "";
            if (element.Name.LocalName == "ProjectReference")
                yield return new Reference(from, Path.GetFileNameWithoutExtension(target.Replace('\\', '/')));
            else if (element.Name.LocalName is "PackageReference" or "FrameworkReference")
                yield return new Reference(from, target);
        }
    }

    public static IReadOnlyList<string> Check(IReadOnlyCollection<Reference> actual, IReadOnlyCollection<AllowedReference> allowed)
    {
        var problems = new List<string>();
        var pairs = allowed.Select(entry => entry.Pair).ToList();
        foreach (var reference in actual.Except(pairs))
            problems.Add($"{reference.From} uses {reference.To}, which nobody allowed: remove the reference, or add it with its reason to {AllowedIn}");
        foreach (var pair in pairs.Except(actual))
            problems.Add($"{pair.From} no longer uses {pair.To}: remove it from {AllowedIn}");
        foreach (var twice in pairs.GroupBy(pair => pair).Where(group => group.Count() > 1))
            problems.Add($"{twice.Key.From} to {twice.Key.To} is allowed twice in {AllowedIn}");
        foreach (var entry in allowed.Where(entry => entry.Reason.Trim().Length < 10))
            problems.Add($"{entry.From} to {entry.To} in {AllowedIn} states no reason");
        return problems;
    }

    /// <summary>Rooms that must not see each other even through a third one.</summary>
    public static IReadOnlyList<string> CheckReach(IReadOnlyCollection<Reference> actual, IReadOnlyCollection<Reference> forbidden)
    {
        var problems = new List<string>();
        foreach (var (from, to) in forbidden)
        {
            var seen = new HashSet<string> { from };
            var open = new Queue<string>(seen);
            while (open.TryDequeue(out var room))
                foreach (var next in actual.Where(reference => reference.From == room && seen.Add(reference.To)))
                    open.Enqueue(next.To);
            if (seen.Contains(to))
                problems.Add($"{from} reaches {to}, directly or through another project; the drawing in docs/ARCHITECTURE.md has no such arrow");
        }

        return problems;
    }
}
