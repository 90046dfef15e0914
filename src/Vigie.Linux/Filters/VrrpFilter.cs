using Vigie.Core.Net;

namespace Vigie.Linux;

/// <summary>
/// The filter of a VRRP socket: packets of the given interfaces only, and only the first bytes of those that came
/// through a router (hop limit below 255), so that they can be counted and cost nothing more.
/// </summary>
internal static class VrrpFilter
{
    /// <summary>Bytes of a VRRP message with the wrong hop limit that still arrive: its fixed header.</summary>
    internal const int BytesOfDistantMessage = 8;

    private const uint RequiredHopLimit = 255;
    private const uint TimeToLiveOffset = 8;
    private const uint HopLimitOffset = 7;

    internal static BpfProgram Build(IpFamily family, ReadOnlySpan<int> interfaceIndexes)
    {
        var program = new BpfProgram();
        var known = program.NewLabel();
        var drop = program.NewLabel();
        var distant = program.NewLabel();

        program.LoadWord(BpfProgram.InterfaceIndex);
        program.Select(FilterKeys.Sorted(interfaceIndexes), known, drop);

        program.Mark(known);
        // A raw IPv4 socket's packet begins with the IP header, a raw IPv6 socket's with what follows it.
        program.LoadByte(BpfProgram.NetworkHeader + (family == IpFamily.IPv4 ? TimeToLiveOffset : HopLimitOffset));
        program.IfNotEqual(RequiredHopLimit, distant);
        program.Return(BpfProgram.WholePacket);

        program.Mark(distant);
        if (family == IpFamily.IPv4)
            program.ReturnIPv4HeaderAnd(0, BytesOfDistantMessage);
        else
            program.Return(BytesOfDistantMessage);

        program.Mark(drop);
        program.Return(BpfProgram.NoPacket);
        return program;
    }
}
