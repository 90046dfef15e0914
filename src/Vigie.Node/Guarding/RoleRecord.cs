using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Messages;
using Vigie.Node.Routers;

namespace Vigie.Node.Guarding;

/// <summary>What another process needs to speak for one virtual router's role, or to take it up.</summary>
public sealed record RoleRecord
{
    /// <summary>What version 2 can say (RFC 3768 5.3.7): one byte of seconds. Version 3 ends earlier.</summary>
    private static readonly TimeSpan LongestInterval = TimeSpan.FromSeconds(byte.MaxValue);

    /// <summary>Bytes of an address, its length before it.</summary>
    private const int LeastAddress = 1 + 4;

    /// <summary>Bytes of a family: itself, two addresses that are none, a priority and an interval.</summary>
    private const int LeastFamily = 1 + 1 + 1 + 1 + 8;

    public required string Name { get; init; }

    public required string Interface { get; init; }

    /// <summary>The kernel's index; 0 when the interface did not exist.</summary>
    public int InterfaceIndex { get; init; }

    public byte Vrid { get; init; }

    public VrrpVersion Version { get; init; }

    public byte Priority { get; init; }

    public TimeSpan AdvertisementInterval { get; init; }

    public ulong AuthenticationData { get; init; }

    public bool Authenticates { get; init; }

    public RouterState State { get; init; }

    public TransitionReason Reason { get; init; }

    public Instant Since { get; init; }

    public long Transitions { get; init; }

    /// <summary>The role has been given up, and the addresses are still held: nothing is to be said, but they must go.</summary>
    public bool Leaving { get; init; }

    /// <summary>The losses of the role that are not forgotten.</summary>
    public FlapRecord Flaps { get; init; }

    /// <summary>The late spans that are not forgotten.</summary>
    public TimeRecord Times { get; init; }

    /// <summary>Source, and who the Active is as far as known, per family in use.</summary>
    public ImmutableArray<FamilyStatus> Families { get; init; }

    /// <summary>The virtual addresses in the form in which the kernel holds them or is to hold them.</summary>
    public ImmutableArray<IpPrefix> KernelAddresses { get; init; }

    public ImmutableArray<IpAddress> Peers { get; init; }

    /// <summary>What it sends as Active, one entry per family and destination, IPv4 before IPv6.</summary>
    public ImmutableArray<PreparedAdvertisement> Advertisements { get; init; }

    /// <summary>An upper bound for <see cref="Write"/>, whatever the router's state.</summary>
    internal static int Capacity(VirtualRouterConfig config) =>
        256 + 3 * (config.Name.Length + config.Interface.Length) + 2 * 64 + config.Addresses.Length * 18 + config.Peers.Length * 17
        + RoleMessages.Capacity(config);

    internal static int Write(Span<byte> buffer, RouterRuntime router)
    {
        var writer = new SpanWriter(buffer);
        var election = router.Election;
        var config = router.Config;
        writer.Write(config.Name);
        writer.Write(config.Interface);
        writer.Write(router.Interface?.Index ?? 0);
        writer.Write(config.Vrid);
        writer.Write((byte)config.Version);
        writer.Write(election.Priority);
        writer.Write(config.AdvertisementInterval);
        writer.Write((long)router.AuthenticationData);
        writer.Write(config.Password is not null);
        writer.Write((byte)election.State);
        writer.Write((byte)election.Reason);
        writer.Write(election.Since);
        writer.Write(election.Transitions);
        writer.Write(election.IsLeaving);
        writer.Write(election.Flaps.Losses);
        writer.Write(election.Flaps.LastLossAt);
        writer.Write(election.Flaps.HeldUntil);
        writer.Write((int)election.Times.LateSpans);
        writer.Write(election.Times.LastLateSpan);
        writer.Write(election.Times.IsLost);
        writer.Write(election.Times.LastResort);
        writer.Write((config.HasFamily(IpFamily.IPv4) ? 1 : 0) + (config.HasFamily(IpFamily.IPv6) ? 1 : 0));
        WriteFamily(ref writer, router, IpFamily.IPv4);
        WriteFamily(ref writer, router, IpFamily.IPv6);
        WriteAddresses(ref writer, router);
        writer.Write(config.Peers.Length);
        foreach (var peer in config.Peers)
            writer.Write(peer);
        RoleMessages.Write(ref writer, router);
        return writer.Length;
    }

    /// <summary>
    /// Reads a record. Whoever wrote it may have been out of its mind: null, and nothing else, when it is not whole, when
    /// anything is left over, or when it says what no virtual router can be.
    /// </summary>
    public static RoleRecord? TryRead(ReadOnlySpan<byte> bytes)
    {
        var reader = new RecordReader(bytes);
        var record = new RoleRecord
        {
            Name = reader.ReadString(),
            Interface = reader.ReadString(),
            InterfaceIndex = reader.ReadInt32(),
            Vrid = reader.ReadByte(),
            Version = (VrrpVersion)reader.ReadByte(),
            Priority = reader.ReadByte(),
            AdvertisementInterval = reader.ReadTimeSpan(),
            AuthenticationData = (ulong)reader.ReadInt64(),
            Authenticates = reader.ReadBoolean(),
            State = (RouterState)reader.ReadByte(),
            Reason = (TransitionReason)reader.ReadByte(),
            Since = reader.ReadInstant(),
            Transitions = reader.ReadInt64(),
            Leaving = reader.ReadBoolean(),
            Flaps = new FlapRecord(reader.ReadInt32(), reader.ReadInstant(), reader.ReadInstant()),
            Times = new TimeRecord((uint)reader.ReadInt32(), reader.ReadInt64(), reader.ReadBoolean(), reader.ReadBoolean()),
            Families = ReadFamilies(ref reader),
            KernelAddresses = ReadPrefixes(ref reader),
            Peers = ReadAddresses(ref reader),
            Advertisements = RoleMessages.Read(ref reader),
        };
        return reader.IsComplete && record.CanBe() ? record : null;
    }

    // What is reckoned with, or decides where a switch goes, must be what it claims to be.
    private bool CanBe() =>
        AdvertisementInterval > TimeSpan.Zero && AdvertisementInterval <= LongestInterval && InterfaceIndex >= 0
        && Version is VrrpVersion.V2 or VrrpVersion.V3 && State <= RouterState.Fault && Reason <= TransitionReason.CannotKeepTime
        && Families.Length <= 2;

    /// <summary>The source of this router's advertisements of a family; None when it does not use the family.</summary>
    public IpAddress Source(IpFamily family)
    {
        foreach (var known in Families)
            if (known.Family == family)
                return known.Source;
        return IpAddress.None;
    }

    public bool HasFamily(IpFamily family)
    {
        foreach (var known in Families)
            if (known.Family == family)
                return true;
        return false;
    }

    public bool HasPeers(IpFamily family)
    {
        foreach (var peer in Peers)
            if (peer.Family == family)
                return true;
        return false;
    }

    /// <summary>What a successor takes up; the time of the next advertisement is kept outside the record, because it changes with each.</summary>
    public AdoptedRole ToAdopt(Instant dueAt) => new()
    {
        State = State,
        Reason = Reason,
        Since = Since,
        Transitions = Transitions,
        AdvertiseAt = dueAt,
        ActiveIPv4 = Heard(IpFamily.IPv4),
        ActiveIPv6 = Heard(IpFamily.IPv6),
    };

    private HeardAdvertisement? Heard(IpFamily family)
    {
        foreach (var known in Families)
            if (known.Family == family && !known.ActiveSource.IsNone)
                return new HeardAdvertisement(known.ActiveSource, known.ActivePriority, known.ActiveAdverInterval);
        return null;
    }

    private static void WriteFamily(ref SpanWriter writer, RouterRuntime router, IpFamily family)
    {
        if (!router.Config.HasFamily(family))
            return;
        writer.Write((byte)family);
        writer.Write(router.Election.Primary(family));
        writer.Write(router.Election.ActiveSource(family));
        writer.Write(router.Election.ActivePriority(family));
        writer.Write(router.Election.ActiveAdverInterval(family));
    }

    private static void WriteAddresses(ref SpanWriter writer, RouterRuntime router)
    {
        var count = 0;
        var planned = router.Interface is { } on ? router.PlanAddresses(on, out count) : [];
        writer.Write(count);
        for (var i = 0; i < count; i++)
            writer.Write(planned[i]);
    }

    private static bool CanBe(in FamilyStatus known) =>
        known.Family is IpFamily.IPv4 or IpFamily.IPv6 && (known.Source.IsNone || known.Source.Family == known.Family)
        && (known.ActiveSource.IsNone || known.ActiveSource.Family == known.Family)
        && known.ActiveAdverInterval >= TimeSpan.Zero && known.ActiveAdverInterval <= LongestInterval;

    private static ImmutableArray<FamilyStatus> ReadFamilies(ref RecordReader reader)
    {
        var families = new FamilyStatus[reader.ReadCount(LeastFamily)];
        for (var i = 0; i < families.Length && !reader.Failed; i++)
        {
            families[i] = new FamilyStatus(
                (IpFamily)reader.ReadByte(), reader.ReadAddress(), reader.ReadAddress(), reader.ReadByte(), reader.ReadTimeSpan());
            if (!CanBe(families[i]))
                reader.Refuse();
        }

        return ImmutableArray.Create(families);
    }

    private static ImmutableArray<IpPrefix> ReadPrefixes(ref RecordReader reader)
    {
        var prefixes = new IpPrefix[reader.ReadCount(LeastAddress + 1)];
        for (var i = 0; i < prefixes.Length && !reader.Failed; i++)
            prefixes[i] = reader.ReadPrefix();
        return ImmutableArray.Create(prefixes);
    }

    private static ImmutableArray<IpAddress> ReadAddresses(ref RecordReader reader)
    {
        var addresses = new IpAddress[reader.ReadCount(LeastAddress)];
        for (var i = 0; i < addresses.Length && !reader.Failed; i++)
            addresses[i] = reader.ReadSomeAddress();
        return ImmutableArray.Create(addresses);
    }
}
