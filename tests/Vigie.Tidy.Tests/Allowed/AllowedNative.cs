using Vigie.Tidy.Tests.Rules;

namespace Vigie.Tidy.Tests.Allowed;

/// <summary>Native calls outside Vigie.Linux on purpose.</summary>
public static class AllowedNative
{
    public static readonly IReadOnlyCollection<Exemption> All =
    [
    ];
}
