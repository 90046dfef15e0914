using Vigie.Tidy.Tests.Rules;

namespace Vigie.Tidy.Tests.Allowed;

/// <summary>Tests that let a length of time pass on purpose.</summary>
public static class AllowedWaits
{
    public static readonly IReadOnlyCollection<Exemption> All =
    [
    ];
}
