using System.Buffers.Binary;

namespace Vigie.Core.Peers;

/// <summary>
/// The frame of every packet of the peer channel (docs/decisions/0012-peer-channel.md): a header that everybody can read and
/// nobody can change, the sealed content, the seal. Here is the frame alone; <see cref="ChannelLine"/> is the lock. Nothing allocates.
/// </summary>
/// <remarks>
/// <code>
///  0  'V' 'g'              2  version 1     3  kind
///  4  number of the key (4 bytes)
///  8  session of the sender (16)
/// 24  number of the packet (8), from 1
/// 32  session of the receiver, as the sender knows it (16); zero: not heard yet
/// 48  highest number heard of the receiver in that session (8)
/// 56  path, from 0      57  zero, ignored (3)
/// 60  content, sealed
///     seal (16)
/// </code>
/// </remarks>
public static class ChannelPacket
{
    /// <summary>In bytes, before the content.</summary>
    public const int HeaderLength = 60;

    /// <summary>In bytes, after the content: the whole tag of AES-GCM.</summary>
    public const int SealLength = 16;

    /// <summary>The longest datagram: it passes every path that IPv6 may use (a minimum MTU of 1,280) without fragments.</summary>
    public const int MaximumLength = 1200;

    /// <summary>The most that a packet can carry.</summary>
    public const int MaximumContent = MaximumLength - HeaderLength - SealLength;

    private const ushort Magic = 'V' << 8 | 'g';
    private const byte Version = 1;

    /// <summary>Reads the frame of a datagram. Any bytes give an answer; on an error <paramref name="header"/> is empty.</summary>
    /// <returns><see cref="ChannelError.None"/>, or one up to <see cref="ChannelError.Header"/>.</returns>
    public static ChannelError TryDecode(ReadOnlySpan<byte> datagram, out ChannelHeader header)
    {
        header = default;
        if (datagram.Length < HeaderLength + SealLength)
            return ChannelError.Truncated;
        if (datagram.Length > MaximumLength)
            return ChannelError.TooLong;
        if (BinaryPrimitives.ReadUInt16BigEndian(datagram) != Magic)
            return ChannelError.Magic;
        if (datagram[2] != Version)
            return ChannelError.Version;
        var kind = (ChannelKind)datagram[3];
        if (kind is not ChannelKind.Hello)
            return ChannelError.Kind;
        var decoded = new ChannelHeader(
            kind,
            BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]),
            ChannelSession.FromBytes(datagram[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(datagram[24..]),
            ChannelSession.FromBytes(datagram[32..]),
            BinaryPrimitives.ReadUInt64BigEndian(datagram[48..]),
            datagram[56]);
        if (decoded.Sender.IsNone || decoded.Number == 0)
            return ChannelError.Header;
        header = decoded;
        return ChannelError.None;
    }

    /// <summary>Writes the 60 bytes of the header.</summary>
    public static void Encode(in ChannelHeader header, Span<byte> datagram)
    {
        BinaryPrimitives.WriteUInt16BigEndian(datagram, Magic);
        datagram[2] = Version;
        datagram[3] = (byte)header.Kind;
        BinaryPrimitives.WriteUInt32BigEndian(datagram[4..], header.Key);
        header.Sender.WriteTo(datagram[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(datagram[24..], header.Number);
        header.Receiver.WriteTo(datagram[32..]);
        BinaryPrimitives.WriteUInt64BigEndian(datagram[48..], header.Heard);
        datagram[56] = header.Path;
        datagram[57..HeaderLength].Clear();
    }
}

/// <summary>The header of a packet.</summary>
/// <param name="Kind">What the content is.</param>
/// <param name="Key"><see cref="ClusterKey.Number"/> of the key that it is sealed with.</param>
/// <param name="Sender">The sender's session.</param>
/// <param name="Number">Of the packet within the session, from 1.</param>
/// <param name="Receiver">The session that the sender knows of the receiver; none: not heard yet.</param>
/// <param name="Heard">The highest number that the sender has heard of the receiver in that session: all that was whole state up to it is known.</param>
/// <param name="Path">Which of the paths between the two hosts it was sent on, in the order of the configuration.</param>
public readonly record struct ChannelHeader(
    ChannelKind Kind, uint Key, ChannelSession Sender, ulong Number, ChannelSession Receiver, ulong Heard, byte Path);
