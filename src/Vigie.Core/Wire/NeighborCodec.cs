using System.Buffers.Binary;
using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>
/// Neighbour solicitations and advertisements as bytes (RFC 4861). It starts after the IPv6 header and is told what
/// that said. Any bytes give an answer; nothing allocates.
/// </summary>
public static class NeighborCodec
{
    /// <summary>The IPv6 next header of ICMPv6 (RFC 4443).</summary>
    public const byte IpProtocol = 58;

    /// <summary>The hop limit that every such message must arrive with (RFC 4861 7.1).</summary>
    public const byte HopLimit = 255;

    /// <summary>The fixed fields of both messages, in bytes.</summary>
    public const int HeaderLength = 24;

    /// <summary>A link-layer address option for Ethernet, in bytes (RFC 2464 6).</summary>
    public const int LinkLayerOptionLength = 8;

    /// <summary>The longest message that is written.</summary>
    public const int MaximumLength = HeaderLength + LinkLayerOptionLength;

    private const byte OptionSourceLinkLayer = 1;
    private const byte OptionTargetLinkLayer = 2;
    private const int OptionUnit = 8;
    private const byte FlagRouter = 0x80;
    private const byte FlagSolicited = 0x40;
    private const byte FlagOverride = 0x20;

    /// <summary>
    /// Reads an ICMPv6 message with the checks of RFC 4861 7.1.1 and 7.1.2. Options other than this message's
    /// link-layer address, and reserved bits, are ignored, as the RFC asks.
    /// </summary>
    public static NeighborError TryDecode(
        ReadOnlySpan<byte> icmp, IpAddress source, IpAddress destination, byte hopLimit, out NeighborMessage message)
    {
        message = default;
        if (icmp.Length < HeaderLength)
            return NeighborError.Truncated;
        var type = (NeighborMessageType)icmp[0];
        if (type is not (NeighborMessageType.Solicitation or NeighborMessageType.Advertisement))
            return NeighborError.Type;
        if (hopLimit != HopLimit)
            return NeighborError.HopLimit;
        if (!InternetChecksum.IsValid(InternetChecksum.Add(InternetChecksum.PseudoHeader(source, destination, IpProtocol, icmp.Length), icmp)))
            return NeighborError.Checksum;
        if (icmp[1] != 0)
            return NeighborError.Code;

        var target = IpAddress.FromBytes(icmp.Slice(8, 16));
        if (target.IsMulticast)
            return NeighborError.TargetMulticast;
        var error = ReadOptions(icmp[HeaderLength..], OptionOf(type), out var linkLayerAddress);
        if (error != NeighborError.None)
            return error;

        var flags = type == NeighborMessageType.Advertisement ? icmp[4] : 0;
        var decoded = new NeighborMessage
        {
            Type = type,
            Target = target,
            LinkLayerAddress = linkLayerAddress,
            Router = (flags & FlagRouter) != 0,
            Solicited = (flags & FlagSolicited) != 0,
            Override = (flags & FlagOverride) != 0,
        };
        error = CheckAddressing(decoded, source, destination);
        if (error == NeighborError.None)
            message = decoded;
        return error;
    }

    /// <summary>
    /// Writes the message with its checksum and returns its length, 24 or 32 bytes. A target other than IPv6 is a bug
    /// of the caller; a solicitation has no flags.
    /// </summary>
    public static int Encode(in NeighborMessage message, IpAddress source, IpAddress destination, Span<byte> output)
    {
        if (message.Target.Family != IpFamily.IPv6 || source.Family != IpFamily.IPv6 || destination.Family != IpFamily.IPv6)
            throw new ArgumentException("neighbour discovery carries IPv6 addresses", nameof(message));
        var length = message.LinkLayerAddress is null ? HeaderLength : MaximumLength;
        var icmp = output[..length];
        icmp[..8].Clear();
        icmp[0] = (byte)message.Type;
        if (message.Type == NeighborMessageType.Advertisement)
            icmp[4] = (byte)((message.Router ? FlagRouter : 0) | (message.Solicited ? FlagSolicited : 0) | (message.Override ? FlagOverride : 0));
        message.Target.WriteTo(icmp[8..]);
        if (message.LinkLayerAddress is { } mac)
        {
            icmp[HeaderLength] = OptionOf(message.Type);
            icmp[HeaderLength + 1] = LinkLayerOptionLength / OptionUnit;
            mac.WriteTo(icmp[(HeaderLength + 2)..]);
        }

        var sum = InternetChecksum.Add(InternetChecksum.PseudoHeader(source, destination, IpProtocol, length), icmp);
        BinaryPrimitives.WriteUInt16BigEndian(icmp[2..], InternetChecksum.Finish(sum));
        return length;
    }

    private static byte OptionOf(NeighborMessageType type) =>
        type == NeighborMessageType.Solicitation ? OptionSourceLinkLayer : OptionTargetLinkLayer;

    private static NeighborError ReadOptions(ReadOnlySpan<byte> options, byte wanted, out MacAddress? linkLayerAddress)
    {
        linkLayerAddress = null;
        while (!options.IsEmpty)
        {
            if (options.Length < 2)
                return NeighborError.OptionTruncated;
            var length = options[1] * OptionUnit;
            if (length == 0)
                return NeighborError.OptionLengthZero;
            if (length > options.Length)
                return NeighborError.OptionTruncated;
            if (options[0] == wanted)
            {
                if (length != LinkLayerOptionLength)
                    return NeighborError.LinkLayerAddressLength;
                linkLayerAddress = MacAddress.FromBytes(options[2..]);
            }

            options = options[length..];
        }

        return NeighborError.None;
    }

    private static NeighborError CheckAddressing(in NeighborMessage message, IpAddress source, IpAddress destination)
    {
        if (message.Type == NeighborMessageType.Advertisement)
            return message.Solicited && destination.IsMulticast ? NeighborError.SolicitedToMulticast : NeighborError.None;
        if (!source.IsUnspecified)
            return NeighborError.None;
        // The solicited-node groups are ff02::1:ff00:0/104 (RFC 4291 2.7.1).
        if (destination.Family != IpFamily.IPv6 || destination.Bits >> 24 != new UInt128(0xFF02_0000_0000_0000, 0x1_FF00_0000) >> 24)
            return NeighborError.UnspecifiedSourceDestination;
        return message.LinkLayerAddress is null ? NeighborError.None : NeighborError.UnspecifiedSourceLinkLayerAddress;
    }
}
