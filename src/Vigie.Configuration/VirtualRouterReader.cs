using Vigie.Configuration.Keys;
using Vigie.Configuration.Values;
using Vigie.Configuration.Yaml;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Configuration;

/// <summary>Reads one virtual router and checks what can be judged by looking at it alone.</summary>
internal sealed class VirtualRouterReader(ProblemList problems)
{
    private readonly ValueReader _values = new(problems);
    private readonly AddressReader _addresses = new(problems);

    /// <param name="mapping">The item of the list.</param>
    /// <param name="position">Its place in the list, from 1.</param>
    public RouterDraft Read(YamlMapping mapping, int position)
    {
        var keys = new MappingReader(mapping, KeyTable.VirtualRouter, problems);
        var nameEntry = keys.Find(KeyTable.RouterName);
        var name = nameEntry is null ? null : _values.Name(nameEntry, KeyTable.RouterName);
        var draft = new RouterDraft { Label = name is null ? $"virtual router {position}" : $"virtual router '{name}'" };
        if (name is not null)
            draft.Name = new(name, nameEntry!.ValueSpan);
        keys.ReportMissing(draft.Label);

        if (keys.Find(KeyTable.Vrid) is { } vridEntry && _values.Integer(vridEntry, (IntegerShape)KeyTable.Vrid.Shape) is { } vrid)
            draft.Vrid = new((byte)vrid, vridEntry.ValueSpan);
        if (keys.Find(KeyTable.Interface) is { } interfaceEntry)
            draft.Interface = _values.InterfaceName(interfaceEntry);
        ReadAddresses(keys, draft);
        ReadPeers(keys, draft);

        var version = ReadVersion(keys);
        CheckFamilies(draft, version);
        var priority = ReadPriority(keys);
        var preempt = ReadPreempt(keys, priority);
        var config = new VirtualRouterConfig
        {
            Name = name ?? "",
            Vrid = draft.Vrid?.Value ?? 0,
            Interface = draft.Interface ?? "",
            Addresses = [.. draft.Addresses.Select(address => address.Value)],
            Priority = priority,
            AdvertisementInterval = ReadInterval(keys, version),
            Version = version ?? VrrpVersion.V3,
            Preempt = preempt,
            Accept = ReadBoolean(keys, KeyTable.Accept, whenAbsent: true),
            CloseConnections = ReadBoolean(keys, KeyTable.CloseConnections, whenAbsent: false),
            Peers = [.. draft.Peers.Select(peer => peer.Value)],
            Password = ReadPassword(keys, version),
            StrictAddresses = ReadBoolean(keys, KeyTable.StrictAddresses, whenAbsent: false),
            Ipv4Checksum = ReadChecksum(keys),
        };
        draft.Config = name is null || draft.Vrid is null || draft.Interface is null || draft.Addresses.Count == 0 ? null : config;
        return draft;
    }

    private void ReadAddresses(MappingReader keys, RouterDraft draft)
    {
        if (keys.Find(KeyTable.Addresses) is not { } entry || _values.AllItems(entry, (ListShape)KeyTable.Addresses.Shape) is not { } items)
            return;
        if (items.Count == 0)
            problems.Error(entry.ValueSpan, $"{draft.Label} has no address", "write at least one, for example [10.0.0.100/24]");
        draft.AreAddressesKnown = items.Count > 0;
        foreach (var item in items)
        {
            if (_addresses.VirtualAddress(item, ValueReader.ItemSpan(item, entry)) is { } address)
                draft.Addresses.Add(address);
            else
                draft.AreAddressesKnown = false;
        }

        CheckCount(draft, IpFamily.IPv4, ConfigurationLimits.IPv4AddressesPerAdvertisement, "the address count of an advertisement is one byte");
        CheckCount(draft, IpFamily.IPv6, ConfigurationLimits.IPv6AddressesPerAdvertisement, $"an advertisement is one packet of at most {ConfigurationLimits.PacketSize} bytes");
    }

    private void CheckCount(RouterDraft draft, IpFamily family, int limit, string reason)
    {
        var ofFamily = draft.Addresses.Where(address => address.Value.Family == family).ToList();
        if (ofFamily.Count > limit)
            problems.Error(ofFamily[limit].Span, $"{draft.Label} has {ofFamily.Count} {family} addresses; {limit} fit, because {reason}",
                "split them over several virtual routers, each with its own vrid");
    }

    private void ReadPeers(MappingReader keys, RouterDraft draft)
    {
        if (keys.Find(KeyTable.Peers) is not { } entry || _values.Items(entry, (ListShape)KeyTable.Peers.Shape) is not { } items)
            return;
        foreach (var item in items)
        {
            if (_addresses.Peer(item, ValueReader.ItemSpan(item, entry)) is not { } peer)
                continue;
            if (draft.Peers.Exists(other => other.Value == peer.Value))
                problems.Error(peer.Span, $"peer {peer.Value} is listed twice", "remove one of the two");
            else if (draft.AreAddressesKnown && !draft.HasFamily(peer.Value.Family))
                problems.Error(peer.Span, $"peer {peer.Value} is {peer.Value.Family}, but {draft.Label} has no {peer.Value.Family} address: nothing would ever be sent to it",
                    $"remove the peer, or add an {peer.Value.Family} address");
            else
                draft.Peers.Add(peer);
        }
    }

    private VrrpVersion? ReadVersion(MappingReader keys)
    {
        if (keys.Find(KeyTable.Version) is not { } entry)
            return VrrpVersion.V3;
        return _values.Integer(entry, (IntegerShape)KeyTable.Version.Shape) is { } version ? (VrrpVersion)version : null;
    }

    private void CheckFamilies(RouterDraft draft, VrrpVersion? version)
    {
        if (version != VrrpVersion.V2)
            return;
        foreach (var address in draft.Addresses)
            if (address.Value.Family == IpFamily.IPv6)
                problems.Error(address.Span, $"{address.Value} is IPv6, which version 2 does not know (RFC 3768 is for IPv4 only)",
                    "use version: 3, or put the IPv6 addresses into a virtual router of their own");
    }

    private byte ReadPriority(MappingReader keys)
    {
        const byte WhenWrong = VirtualRouterConfig.DefaultPriority;
        if (keys.Find(KeyTable.Priority) is not { } entry || _values.Text(entry, KeyTable.Priority.Shape.Wanted) is not { } text)
            return WhenWrong;
        var shape = (ChoiceShape)KeyTable.Priority.Shape;
        var numbers = (IntegerShape)shape.Choices[0];
        var words = ((WordShape)shape.Choices[1]).Words;
        if (words.Contains(text))
            return VirtualRouterConfig.OwnerPriority;
        switch (text)
        {
            case "255":
                problems.Error(entry.ValueSpan, "priority 255 belongs to the address owner, whose own real addresses these are (RFC 9568 5.2.4)",
                    "write owner if that is meant, else at most 254");
                return WhenWrong;
            case "0":
                problems.Error(entry.ValueSpan, "priority 0 is what an Active sends when it leaves (RFC 9568 5.2.4); nobody can run with it",
                    $"write {KeyTable.Priority.Shape.Wanted}");
                return WhenWrong;
        }

        if (text.All(char.IsAsciiDigit))
            return (byte)(_values.Integer(entry, numbers) ?? WhenWrong);
        problems.Error(entry.ValueSpan, $"'priority' takes {shape.Wanted}, not {Quote.Show(text)}", ValueReader.DidYouMean(text, words));
        return WhenWrong;
    }

    private PreemptConfig ReadPreempt(MappingReader keys, byte priority)
    {
        if (keys.Find(KeyTable.Preempt) is not { } entry)
            return PreemptConfig.Always;
        var preempt = entry.Value is YamlMapping mapping ? ReadDelayedPreempt(mapping, entry) : ReadPlainPreempt(entry);
        if (priority == VirtualRouterConfig.OwnerPriority && preempt != PreemptConfig.Always)
            problems.Warning(entry.ValueSpan, "'preempt' has no effect: the owner always takes its addresses back (RFC 9568 6.1)", "remove it");
        return preempt;
    }

    private PreemptConfig ReadPlainPreempt(YamlEntry entry)
    {
        if (entry.Value is YamlScalar { IsPlain: true } scalar && DurationText.Read(scalar.Text).IsValid && scalar.Text.Length > 0)
        {
            problems.Error(entry.ValueSpan, $"'preempt' takes {KeyTable.Preempt.Shape.Wanted}, not a time alone", $"write {{after: {scalar.Text}}}");
            return PreemptConfig.Always;
        }

        return _values.Boolean(entry, KeyTable.Preempt.Shape.Wanted) is false ? PreemptConfig.Never : PreemptConfig.Always;
    }

    private PreemptConfig ReadDelayedPreempt(YamlMapping mapping, YamlEntry owner)
    {
        var keys = new MappingReader(mapping, KeyTable.Preemption, problems);
        if (mapping.Entries.Count == 0)
            problems.Error(owner.ValueSpan, "'preempt' has no 'after'", "write true, false or for example {after: 30s}");
        else
            keys.ReportMissing("'preempt'");
        var shape = (DurationShape)KeyTable.After.Shape;
        return keys.Find(KeyTable.After) is { } entry && _values.Duration(entry, shape) is { } after && _values.IsInRange(entry, after, shape)
            ? PreemptConfig.Delayed(after)
            : PreemptConfig.Always;
    }

    private TimeSpan ReadInterval(MappingReader keys, VrrpVersion? version)
    {
        var shape = (DurationShape)KeyTable.AdvertisementInterval.Shape;
        if (keys.Find(KeyTable.AdvertisementInterval) is not { } entry || _values.Duration(entry, shape) is not { } interval)
            return VirtualRouterConfig.DefaultAdvertisementInterval;
        // Which of the two the author wants is unknown when the version itself is wrong: only the outermost range counts then.
        if (version is not { } known)
            return _values.IsInRange(entry, interval, shape) ? interval : VirtualRouterConfig.DefaultAdvertisementInterval;
        var isRight = known switch
        {
            VrrpVersion.V2 => IntervalRules.CheckVersion2(interval, entry.ValueSpan, problems),
            VrrpVersion.V3 => IntervalRules.CheckVersion3(interval, entry.ValueSpan, problems),
        };
        return isRight ? interval : VirtualRouterConfig.DefaultAdvertisementInterval;
    }

    private string? ReadPassword(MappingReader keys, VrrpVersion? version)
    {
        if (keys.Find(KeyTable.Authentication) is not { } owner)
            return null;
        if (owner.Value is not YamlMapping mapping)
        {
            if (owner.Value is YamlScalar { IsNull: false })
                problems.Error(owner.ValueSpan, $"'authentication' takes {KeyTable.AuthenticationBlock.Wanted}, not the password alone", "write {password: TEXT}");
            else
                _values.WrongShape("authentication", owner.Value, owner.ValueSpan, KeyTable.AuthenticationBlock.Wanted);
            return null;
        }

        var authentication = new MappingReader(mapping, KeyTable.AuthenticationBlock, problems);
        if (mapping.Entries.Count == 0)
            problems.Error(owner.ValueSpan, "'authentication' has no 'password'", "write {password: TEXT}, or remove the key");
        else
            authentication.ReportMissing("'authentication'");
        if (version == VrrpVersion.V3)
            problems.Warning(owner.Key.Span, "'authentication' has no effect: version 3 has none (RFC 9568 9)", "remove it, or use version: 2");
        return authentication.Find(KeyTable.Password) is { } entry ? CheckedPassword(entry, version) : null;
    }

    private string? CheckedPassword(YamlEntry entry, VrrpVersion? version)
    {
        if (_values.Text(entry, KeyTable.Password.Shape.Wanted) is not { } text)
            return null;
        var bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        if (bytes is >= 1 and <= 8 && !text.Any(char.IsControl))
            return version == VrrpVersion.V2 ? text : null;
        problems.Error(entry.ValueSpan, bytes is >= 1 and <= 8 ? "the password holds a control character" : $"the password has {bytes} bytes; the field in the packet has room for 1 to 8",
            "choose a short word that is used nowhere else: it crosses the network in clear text");
        return null;
    }

    private bool ReadBoolean(MappingReader keys, ConfigurationKey key, bool whenAbsent) =>
        keys.Find(key) is { } entry ? _values.Boolean(entry) ?? whenAbsent : whenAbsent;

    private Ipv4ChecksumForm ReadChecksum(MappingReader keys)
    {
        if (keys.Find(KeyTable.Ipv4Checksum) is not { } entry)
            return VirtualRouterConfig.DefaultIpv4Checksum;
        return _values.Word(entry, (WordShape)KeyTable.Ipv4Checksum.Shape) switch
        {
            KeyTable.MessageOnly => Ipv4ChecksumForm.MessageOnly,
            KeyTable.PseudoHeader => Ipv4ChecksumForm.PseudoHeader,
            _ => VirtualRouterConfig.DefaultIpv4Checksum,
        };
    }
}
