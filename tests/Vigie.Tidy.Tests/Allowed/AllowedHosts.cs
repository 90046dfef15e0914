using Vigie.Tidy.Tests.Rules;

namespace Vigie.Tidy.Tests.Allowed;

/// <summary>Hosts that sources, scripts and documents may name.</summary>
public static class AllowedHosts
{
    public static readonly IReadOnlyCollection<Exemption> All =
    [
        new("json-schema.org", "names the draft of the schema that config schema prints; nothing is fetched from it"),
        new("learn.microsoft.com", "where the .NET SDK for Debian is explained"),
        new("www.w3.org", "the name of the SVG namespace; nothing is fetched from it"),
        new("vigie", "a made-up name: HTTP over the Unix socket wants one"),
    ];
}
