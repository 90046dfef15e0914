using Vigie.Configuration.Keys;
using Vigie.Configuration.Yaml;
using Vigie.Core.Net;

namespace Vigie.Configuration.Values;

/// <summary>Reads virtual addresses and peers, and refuses those that no host can hold.</summary>
internal sealed class AddressReader(ProblemList problems)
{
    private const string Examples = "write for example 10.0.0.100/24 or fd00::100/64";

    public Located<IpPrefix>? VirtualAddress(YamlNode item, TextSpan span)
    {
        if (ItemText(item, span, KeyTable.Addresses) is not { } text)
            return null;
        if (!IpPrefix.TryParse(text, out var prefix) || text.Contains("/0", StringComparison.Ordinal) && prefix.Length != 0)
        {
            var (problem, remedy) = WhyUnreadable(text, Examples);
            problems.Error(span, problem, remedy);
            return null;
        }

        if (WhyNoVirtualAddress(prefix) is not var (message, help))
            return new Located<IpPrefix>(prefix, span);
        problems.Error(span, message, help);
        return null;
    }

    public Located<IpAddress>? Peer(YamlNode item, TextSpan span)
    {
        if (ItemText(item, span, KeyTable.Peers) is not { } text)
            return null;
        if (IpPrefix.TryParse(text, out var prefix) && text.Contains('/'))
        {
            problems.Error(span, $"peer {text} has a prefix length, but a peer is one host", $"write {prefix.Address}");
            return null;
        }

        if (!IpAddress.TryParse(text, out var address))
        {
            var (problem, remedy) = WhyUnreadable(text, "write for example 10.0.0.2 or fd00::2");
            problems.Error(span, problem, remedy);
            return null;
        }

        if (WhyNoHost(address) is not { } kind)
            return new Located<IpAddress>(address, span);
        problems.Error(span, $"peer {address} is {kind}, but a peer is one host",
            address.IsMulticast ? "without 'peers' Vigie uses multicast by itself" : "write the peer's real address");
        return null;
    }

    private string? ItemText(YamlNode item, TextSpan span, ConfigurationKey list)
    {
        switch (item)
        {
            case YamlScalar { IsNull: false } scalar:
                return scalar.Text;
            case YamlMapping mapping when mapping.Entries.Count > 0 && mapping.Entries[0].Key.Text.Contains(':'):
                problems.Error(span, $"YAML reads {Quote.Show(mapping.Entries[0].Key.Text + ":")} as a key, because it ends in a colon",
                    $"put the address in quotes: \"{Quote.Plain(mapping.Entries[0].Key.Text)}:\"");
                return null;
            case YamlInvalid:
                return null;
            default:
                problems.Error(span, $"'{list.Name}' takes {list.Shape.Wanted}, but this item is {ValueReader.Describe(item)}",
                    $"each item is {((ListShape)list.Shape).Item.Wanted}");
                return null;
        }
    }

    private static (string Problem, string Remedy) WhyUnreadable(string text, string examples)
    {
        var slash = text.IndexOf('/');
        if (slash >= 0 && IpAddress.TryParse(text.AsSpan(0, slash), out var address))
            return ($"{Quote.Show(text[slash..])} is not a prefix length of {address.Family}", $"write a number from 0 to {IpPrefix.MaxLength(address.Family)} after the slash");
        if (text.Contains('%'))
            return ($"{Quote.Show(text)} names a zone", "leave out the '%' and what follows: 'interface' says it");
        if (text.Contains('[') || text.Contains(']'))
            return ($"{Quote.Show(text)} is not an address", "leave out the brackets around the address");
        if (text.Any(char.IsWhiteSpace))
            return ($"{Quote.Show(text)} is not one address", "separate the addresses by commas, or give each its own line starting with '- '");
        if (text.All(character => char.IsAsciiDigit(character) || character is '.' or '/')
            && text.Split('.', '/').Any(part => part.Length > 1 && part[0] == '0'))
            return ($"{Quote.Show(text)} has a leading zero, which some programs read as octal", "leave out the zero");
        if (text.Any(character => !char.IsAsciiHexDigit(character) && character is not (':' or '.' or '/')))
            return ($"{Quote.Show(text)} is not an address; names are not looked up, because name service may be what is down", examples);
        return ($"{Quote.Show(text)} is not an IPv4 or IPv6 address", examples);
    }

    private static (string Problem, string Remedy)? WhyNoVirtualAddress(IpPrefix prefix)
    {
        var address = prefix.Address;
        if (WhyNoHost(address) is { } kind)
            return ($"{prefix} is {kind}, which no host can hold", "write the address that clients connect to");
        if (address.IsLoopback)
            return ($"{prefix} is a loopback address, which no other host can reach", "write the address that clients connect to");
        if (prefix.Length == 0)
            return ($"{prefix} would put every address of the world on this interface", "write the prefix length of the interface's network");

        // A network of one or two addresses has neither a network nor a broadcast address (RFC 3021, RFC 6164).
        var hostBits = IpPrefix.MaxLength(prefix.Family) - prefix.Length;
        if (hostBits <= 1)
            return null;
        var mask = (UInt128.One << hostBits) - 1;
        const string Remedy = "write the address of a host within that network";
        if ((address.Bits & mask) == 0)
            return prefix.Family == IpFamily.IPv4
                ? ($"{prefix} is the network itself, not a host in it", Remedy)
                : ($"{prefix} is the network's router anycast address (RFC 4291 2.6.1), not a host in it", Remedy);
        return prefix.Family == IpFamily.IPv4 && (address.Bits & mask) == mask
            ? ($"{prefix} is the network's broadcast address, not a host in it", Remedy)
            : null;
    }

    private static string? WhyNoHost(IpAddress address)
    {
        if (address.IsUnspecified)
            return "the unspecified address";
        if (address.IsMulticast)
            return "a multicast address";
        if (address.Family == IpFamily.IPv4 && address.Bits == uint.MaxValue)
            return "the broadcast address";
        if (address.Family == IpFamily.IPv4 && (uint)address.Bits >> 24 == 0)
            return "an address of network 0 (RFC 1122 3.2.1.3)";
        return address.Family == IpFamily.IPv6 && address.Bits >> 32 == 0xFFFF ? "an IPv4 address in IPv6 form" : null;
    }
}
