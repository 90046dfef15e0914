using Vigie.Core.Peers;
using Vigie.Core.Wire;

namespace Vigie.Fuzz;

/// <summary>
/// One decoder under test. It is given any bytes, throws when the decoder breaks a promise, and otherwise says what
/// became of the input, so that the fuzzer can tell a new kind of input from one more of the same.
/// </summary>
/// <returns>The decoder's error value as a number; 0 is a value that was decoded.</returns>
internal delegate int FuzzFunction(ReadOnlySpan<byte> input);

/// <summary>
/// Puts the checksum or the seal of an input right, if it has one: no mutation would guess it, and the checks that come after it
/// would never run.
/// </summary>
internal delegate void RepairFunction(Span<byte> input);

/// <summary>A decoder's name, which is also its corpus directory, what runs it, and all its possible outcomes.</summary>
internal sealed record FuzzTarget(string Name, FuzzFunction Run, string[] Outcomes, RepairFunction? Repair = null)
{
    public static readonly FuzzTarget[] All =
    [
        new("ethernet", WireTargets.Ethernet, Enum.GetNames<EthernetError>()),
        new("arp", WireTargets.Arp, Enum.GetNames<ArpError>()),
        new("ipv4", WireTargets.Ipv4, Enum.GetNames<Ipv4Error>(), WireTargets.RepairIpv4),
        new("ipv6", WireTargets.Ipv6, Enum.GetNames<Ipv6Error>()),
        new("neighbor", WireTargets.Neighbor, Enum.GetNames<NeighborError>(), WireTargets.RepairNeighbor),
        new("vrrp", WireTargets.Vrrp, Enum.GetNames<VrrpError>(), WireTargets.RepairVrrp),
        new("channel", ChannelTargets.Channel, [.. Enum.GetNames<ChannelError>().Where(name => name != nameof(ChannelError.Throttled))], ChannelTargets.RepairChannel),
        new("hello", ChannelTargets.Hello, Enum.GetNames<HelloError>()),
    ];

    public static FuzzTarget Named(string name) => All.Single(t => t.Name == name);
}

/// <summary>A promise of a decoder that an input broke.</summary>
internal sealed class BrokenPromiseException(string promise) : Exception(promise)
{
    public static void Unless(bool kept, string promise)
    {
        if (!kept)
            throw new BrokenPromiseException(promise);
    }
}
