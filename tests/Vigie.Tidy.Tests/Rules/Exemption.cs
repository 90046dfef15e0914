namespace Vigie.Tidy.Tests.Rules;

/// <summary>Something that breaks a rule on purpose: what (a path, or path and member), and why.</summary>
public sealed record Exemption(string What, string Reason)
{
    /// <summary>
    /// Drops from <paramref name="found"/> what is exempt, and adds a complaint for every exemption nothing needs
    /// any more or that gives no reason.
    /// </summary>
    /// <param name="found">What breaks the rule, by the name an exemption would use.</param>
    /// <param name="exemptions">What may.</param>
    /// <param name="listedIn">The file that holds the exemptions.</param>
    public static IReadOnlyList<string> Apply(IReadOnlyDictionary<string, string> found, IReadOnlyCollection<Exemption> exemptions, string listedIn)
    {
        var problems = found.Where(entry => exemptions.All(exemption => exemption.What != entry.Key))
            .Select(entry => $"{entry.Value} (or add \"{entry.Key}\" with its reason to {listedIn})").ToList();
        foreach (var exemption in exemptions)
        {
            if (!found.ContainsKey(exemption.What))
                problems.Add($"{exemption.What} breaks no rule any more: remove it from {listedIn}");
            if (exemption.Reason.Trim().Length < 10)
                problems.Add($"{exemption.What} in {listedIn} states no reason");
        }

        return problems;
    }
}
