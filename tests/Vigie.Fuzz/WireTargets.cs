using System.Buffers.Binary;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Fuzz;

/// <summary>
/// The wire decoders as fuzz targets. The promises: any bytes give an answer; an error leaves nothing behind; a value
/// can be encoded, the result fits the input's length and decodes to the same value; nothing is read past the message.
/// </summary>
internal static class WireTargets
{
    public static int Ethernet(ReadOnlySpan<byte> input)
    {
        var error = EthernetCodec.TryDecode(input, out var header, out var payload);
        if (error != EthernetError.None)
            return Refused((int)error, header == default && payload.IsEmpty);

        Span<byte> output = stackalloc byte[EthernetHeader.Length];
        EthernetCodec.Encode(header, output);
        BrokenPromiseException.Unless(output.SequenceEqual(input[..EthernetHeader.Length]), "an Ethernet header is written as it was read");
        BrokenPromiseException.Unless(payload.SequenceEqual(input[EthernetHeader.Length..]), "the payload is the rest");
        return 0;
    }

    public static int Arp(ReadOnlySpan<byte> input)
    {
        var error = ArpCodec.TryDecode(input, out var packet);
        if (error != ArpError.None)
            return Refused((int)error, packet == default);

        Span<byte> output = stackalloc byte[ArpCodec.Length];
        ArpCodec.Encode(packet, output);
        BrokenPromiseException.Unless(output.SequenceEqual(input[..ArpCodec.Length]), "an ARP packet is written as it was read");
        return 0;
    }

    public static int Ipv4(ReadOnlySpan<byte> input)
    {
        var error = Ipv4Codec.TryDecode(input, out var header, out var payload);
        if (error != Ipv4Error.None)
            return Refused((int)error, header == default && payload.IsEmpty);

        BrokenPromiseException.Unless(payload.Length == header.TotalLength - header.HeaderLength, "the payload is as long as the header says");
        // Options are not written: the same header without them decodes to the same fields.
        Span<byte> output = stackalloc byte[Ipv4Header.MinimumLength + payload.Length];
        var plain = header with { HeaderLength = Ipv4Header.MinimumLength, TotalLength = (ushort)output.Length };
        Ipv4Codec.Encode(plain, output);
        var again = Ipv4Codec.TryDecode(output, out var decoded, out _);
        BrokenPromiseException.Unless(again == Ipv4Error.None && decoded == plain, "an IPv4 header decodes to what was written");
        return 0;
    }

    public static int Ipv6(ReadOnlySpan<byte> input)
    {
        var error = Ipv6Codec.TryDecode(input, out var header, out var payload);
        if (error != Ipv6Error.None)
            return Refused((int)error, header == default && payload.IsEmpty);

        BrokenPromiseException.Unless(payload.Length == header.PayloadLength, "the payload is as long as the header says");
        Span<byte> output = stackalloc byte[Ipv6Header.Length];
        Ipv6Codec.Encode(header, output);
        BrokenPromiseException.Unless(output.SequenceEqual(input[..Ipv6Header.Length]), "an IPv6 header is written as it was read");
        return 0;
    }

    /// <summary>Input: hop limit (1), source (16), destination (16), ICMPv6 message.</summary>
    public static int Neighbor(ReadOnlySpan<byte> input)
    {
        if (input.Length < 33)
            return (int)NeighborError.Truncated;
        var source = IpAddress.FromBytes(input.Slice(1, 16));
        var destination = IpAddress.FromBytes(input.Slice(17, 16));
        var icmp = input[33..];
        var error = NeighborCodec.TryDecode(icmp, source, destination, input[0], out var message);
        if (error != NeighborError.None)
            return Refused((int)error, message == default);

        Span<byte> output = stackalloc byte[NeighborCodec.MaximumLength];
        var length = NeighborCodec.Encode(message, source, destination, output);
        BrokenPromiseException.Unless(length <= icmp.Length, "a neighbour message is written no longer than it was read");
        var again = NeighborCodec.TryDecode(output[..length], source, destination, input[0], out var decoded);
        BrokenPromiseException.Unless(again == NeighborError.None && decoded == message, "a neighbour message decodes to what was written");
        return 0;
    }

    /// <summary>Input: families (1 byte: bit 0 an IPv6 source, bit 1 an IPv6 destination), both addresses, message.</summary>
    public static int Vrrp(ReadOnlySpan<byte> input)
    {
        if (!TryTakeAddresses(input, out var source, out var destination, out var message))
            return (int)VrrpError.Truncated;
        var error = VrrpCodec.TryDecode(message, source, destination, out var advertisement, out var addressBytes);
        if (error != VrrpError.None)
            return Refused((int)error, advertisement == default && addressBytes.IsEmpty);

        var addresses = new IpAddress[advertisement.AddressCount];
        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = IpAddress.FromBytes(addressBytes.Slice(i * source.ByteLength, source.ByteLength));
        Span<byte> output = stackalloc byte[VrrpCodec.MaximumLength];
        var length = VrrpCodec.Encode(advertisement, addresses, source, destination, output);
        BrokenPromiseException.Unless(length == message.Length, "an advertisement is written as long as it was read");
        var again = VrrpCodec.TryDecode(output[..length], source, destination, out var decoded, out var writtenAddresses);
        BrokenPromiseException.Unless(again == VrrpError.None && decoded == advertisement, "an advertisement decodes to what was written");
        BrokenPromiseException.Unless(writtenAddresses.SequenceEqual(addressBytes), "the addresses are those that were written");
        return 0;
    }

    public static void RepairIpv4(Span<byte> input)
    {
        if (!input.IsEmpty)
            Repair(input[..Math.Min(input.Length, (input[0] & 0xF) * 4)], 10, 0);
    }

    public static void RepairNeighbor(Span<byte> input)
    {
        if (input.Length < 33)
            return;
        var (source, destination) = (IpAddress.FromBytes(input.Slice(1, 16)), IpAddress.FromBytes(input.Slice(17, 16)));
        Repair(input[33..], 2, InternetChecksum.PseudoHeader(source, destination, NeighborCodec.IpProtocol, input.Length - 33));
    }

    public static void RepairVrrp(Span<byte> input)
    {
        if (!TryTakeAddresses(input, out var source, out var destination, out var message))
            return;
        var sum = source.Family == IpFamily.IPv6
            ? InternetChecksum.PseudoHeader(source, destination, VrrpCodec.IpProtocol, message.Length)
            : 0;
        Repair(input[^message.Length..], 6, sum);
    }

    private static void Repair(Span<byte> covered, int checksumOffset, ulong sum)
    {
        if (covered.Length < checksumOffset + 2)
            return;
        var field = covered.Slice(checksumOffset, 2);
        field.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Finish(InternetChecksum.Add(sum, covered)));
    }

    private static bool TryTakeAddresses(ReadOnlySpan<byte> input, out IpAddress source, out IpAddress destination, out ReadOnlySpan<byte> rest)
    {
        source = destination = IpAddress.None;
        rest = default;
        if (input.IsEmpty)
            return false;
        var sourceLength = (input[0] & 1) == 0 ? 4 : 16;
        var destinationLength = (input[0] & 2) == 0 ? 4 : 16;
        if (input.Length < 1 + sourceLength + destinationLength)
            return false;
        source = IpAddress.FromBytes(input.Slice(1, sourceLength));
        destination = IpAddress.FromBytes(input.Slice(1 + sourceLength, destinationLength));
        rest = input[(1 + sourceLength + destinationLength)..];
        return true;
    }

    private static int Refused(int error, bool nothingLeft)
    {
        BrokenPromiseException.Unless(nothingLeft, "an error leaves no value behind");
        return error;
    }
}
