using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// The filters of the listeners for foreign claims. Offsets count from the Ethernet header. A load beyond the packet's
/// end rejects it. Without addresses (null) every packet of the kind passes.
/// </summary>
internal static class ClaimFilters
{
    private const uint EthernetLength = 14;

    internal static BpfProgram BuildArp(uint[] interfaces, uint[]? addresses)
    {
        var program = new BpfProgram();
        var accept = program.NewLabel();
        var drop = program.NewLabel();
        var select = program.NewLabel();
        BeginOnInterfaces(program, interfaces, drop);

        // Hardware type Ethernet, protocol IPv4, address lengths 6 and 4.
        program.LoadWord(EthernetLength);
        program.IfNotEqual(0x0001_0800, drop);
        program.LoadHalf(EthernetLength + 4);
        program.IfNotEqual(0x0604, drop);
        // By its sender; a probe, which has none, by its target (RFC 5227 1.1).
        program.LoadWord(EthernetLength + 14);
        program.IfNotEqual(0, select);
        program.LoadWord(EthernetLength + 24);
        program.Mark(select);
        SelectAddress(program, addresses, accept, drop);
        return End(program, accept, drop);
    }

    internal static BpfProgram BuildNeighbor(uint[] interfaces, uint[]? addresses)
    {
        const uint nextHeader = EthernetLength + 6, hopLimit = EthernetLength + 7, source = EthernetLength + 8;
        const uint type = EthernetLength + 40, code = type + 1, target = type + 8, lastWord = 12;
        const uint icmpIPv6 = 58, solicitation = 135, advertisement = 136;

        var program = new BpfProgram();
        var accept = program.NewLabel();
        var drop = program.NewLabel();
        var byTarget = program.NewLabel();
        var bySource = program.NewLabel();
        var select = program.NewLabel();
        BeginOnInterfaces(program, interfaces, drop);

        // RFC 4861 7.1: neighbour discovery that came through a router is not neighbour discovery.
        program.LoadByte(nextHeader);
        program.IfNotEqual(icmpIPv6, drop);
        program.LoadByte(hopLimit);
        program.IfNotEqual(255, drop);
        program.LoadByte(code);
        program.IfNotEqual(0, drop);
        program.LoadByte(type);
        program.IfEqual(advertisement, byTarget);
        program.IfNotEqual(solicitation, drop);

        // A solicitation from the unspecified address is a probe for its target (RFC 4862 5.4.2).
        for (uint word = 0; word < 4; word++)
        {
            program.LoadWord(source + 4 * word);
            program.IfNotEqual(0, bySource);
        }

        program.Mark(byTarget);
        program.LoadWord(target + lastWord);
        program.GoTo(select);
        program.Mark(bySource);
        program.LoadWord(source + lastWord);
        program.Mark(select);
        SelectAddress(program, addresses, accept, drop);
        return End(program, accept, drop);
    }

    private static void BeginOnInterfaces(BpfProgram program, uint[] interfaces, int drop)
    {
        var known = program.NewLabel();
        program.LoadWord(BpfProgram.InterfaceIndex);
        program.Select(interfaces, known, drop);
        program.Mark(known);

        // Addressed to another host: seen in promiscuous mode, or of a VLAN that is not ours.
        program.LoadByte(BpfProgram.PacketType);
        program.IfEqual(SocketConstants.PacketTypeOtherHost, drop);
    }

    private static void SelectAddress(BpfProgram program, uint[]? addresses, int accept, int drop)
    {
        if (addresses is null)
            program.GoTo(accept);
        else
            program.Select(addresses, accept, drop);
    }

    private static BpfProgram End(BpfProgram program, int accept, int drop)
    {
        program.Mark(accept);
        program.Return(BpfProgram.WholePacket);
        program.Mark(drop);
        program.Return(BpfProgram.NoPacket);
        return program;
    }
}
