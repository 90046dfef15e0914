using System.Buffers.Binary;
using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>
/// The 16-bit one's complement sum of the Internet protocols (RFC 1071), kept unfolded while it is collected, so that
/// a pseudo-header and a message can be added one after the other.
/// </summary>
public static class InternetChecksum
{
    /// <summary>
    /// Adds bytes to a running sum. An odd last byte counts as the high half of a word (RFC 1071 section 1), so only
    /// the last piece of a message may have an odd length. Up to 2^32 words fit before the sum could overflow.
    /// </summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32BigEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }

    /// <summary>
    /// The sum of a pseudo-header: addresses, upper-layer length in bytes and protocol (RFC 8200 8.1 for IPv6; the
    /// same fields in IPv4's shorter form add up the same way, RFC 9293 3.1).
    /// </summary>
    public static ulong PseudoHeader(IpAddress source, IpAddress destination, byte protocol, int length) =>
        AddAddress(AddAddress((ulong)length + protocol, source), destination);

    /// <summary>Folds the sum to 16 bits; over a message that carries its right checksum this is 0xFFFF.</summary>
    public static ushort Fold(ulong sum)
    {
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }

    /// <summary>The value for the checksum field, from a sum in which that field counted as zero.</summary>
    public static ushort Finish(ulong sum) => (ushort)~Fold(sum);

    /// <summary>Whether a sum that includes the checksum field is that of an undamaged message.</summary>
    public static bool IsValid(ulong sum) => Fold(sum) == 0xFFFF;

    private static ulong AddAddress(ulong sum, IpAddress address)
    {
        var bits = address.Bits;
        return sum + (uint)(bits >> 96) + (uint)(bits >> 64) + (uint)(bits >> 32) + (uint)bits;
    }
}
