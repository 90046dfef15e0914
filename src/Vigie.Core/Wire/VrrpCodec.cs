using System.Buffers.Binary;
using System.Text;
using Vigie.Core.Net;

namespace Vigie.Core.Wire;

/// <summary>
/// VRRP advertisements as bytes: version 2 (RFC 3768, with the password of RFC 2338) and version 3 (RFC 9568). It
/// starts after the IP header; TTL and addressing rules are the receiver's. Nothing here allocates.
/// </summary>
/// <remarks>
/// <code>
/// version 3                                        version 2
/// 0 version 3 | type 1   1 VRID                    0 version 2 | type 1   1 VRID
/// 2 priority             3 address count           2 priority             3 address count
/// 4 reserved (4 bits) and interval in 10 ms (12)   4 authentication type  5 interval in seconds
/// 6 checksum                                       6 checksum
/// 8 addresses, 4 or 16 bytes each                  8 addresses, 4 bytes each, then 8 bytes authentication data
/// </code>
/// </remarks>
public static class VrrpCodec
{
    /// <summary>The fixed fields before the addresses, in bytes.</summary>
    public const int HeaderLength = 8;

    /// <summary>The IP protocol number, or IPv6 next header (RFC 9568 5.1.1.4, 5.1.2.4).</summary>
    public const byte IpProtocol = 112;

    /// <summary>What the count field can say.</summary>
    public const int MaximumAddressCount = 255;

    /// <summary>The longest message that can be written: version 3 with 255 IPv6 addresses.</summary>
    public const int MaximumLength = HeaderLength + MaximumAddressCount * 16;

    /// <summary>RFC 9568 5.1.1.2.</summary>
    public static readonly IpAddress MulticastIPv4 = IpAddress.FromIPv4(0xE000_0012);

    /// <summary>RFC 9568 5.1.2.2.</summary>
    public static readonly IpAddress MulticastIPv6 = IpAddress.FromIPv6(new UInt128(0xFF02_0000_0000_0000, 0x12));

    private const int AuthenticationDataLength = 8;
    private const int ChecksumOffset = 6;
    private const byte TypeAdvertisement = 1;
    private const int CentisecondsMask = 0xFFF;
    private const long TicksPerCentisecond = TimeSpan.TicksPerMillisecond * 10;

    /// <summary>
    /// Reads an advertisement from the payload of an IP packet, cut to the length that the IP header gives. Any bytes
    /// give an answer; on an error <paramref name="advertisement"/> is empty.
    /// </summary>
    /// <remarks>
    /// A message longer than its fields is refused (<see cref="VrrpError.Length"/>). RFC 9568 7.1 asks only that the
    /// packet holds the complete message, but it knows no extension, so the checksum of 5.2.8 has no defined reach
    /// over a surplus, and a surplus (such as the keyed trailer newer keepalived appends) is one that this receiver
    /// cannot judge: taking the part it understands would let it be steered by a message whose sender meant it for
    /// others only. keepalived 2.2.7 and FRR 8.4.4 refuse it as well (measured). The reserved bits of version 3 are ignored on receive.
    /// </remarks>
    /// <param name="message">The bytes after the IP header.</param>
    /// <param name="source">The packet's source, for the family and the pseudo-header.</param>
    /// <param name="destination">The packet's destination, for the pseudo-header.</param>
    /// <param name="advertisement">The fixed fields.</param>
    /// <param name="addressBytes">The virtual addresses, 4 or 16 bytes each, in the order of the message.</param>
    public static VrrpError TryDecode(
        ReadOnlySpan<byte> message, IpAddress source, IpAddress destination,
        out VrrpAdvertisement advertisement, out ReadOnlySpan<byte> addressBytes)
    {
        advertisement = default;
        addressBytes = default;
        if (message.Length < HeaderLength)
            return VrrpError.Truncated;
        if (source.IsNone || source.Family != destination.Family)
            return VrrpError.AddressFamily;

        var version = (VrrpVersion)(message[0] >> 4);
        if (version != VrrpVersion.V3 && (version != VrrpVersion.V2 || source.Family != IpFamily.IPv4))
            return VrrpError.Version;
        if ((message[0] & 0xF) != TypeAdvertisement)
            return VrrpError.Type;

        var expected = EncodedLength(version, source.Family, message[3]);
        if (message.Length != expected)
            return message.Length < expected ? VrrpError.Truncated : VrrpError.Length;
        if (!TryMatchChecksum(message, version, source, destination, out var form))
            return VrrpError.Checksum;

        var decoded = new VrrpAdvertisement
        {
            Version = version,
            Family = source.Family,
            Vrid = message[1],
            Priority = message[2],
            AddressCount = message[3],
            Interval = ReadInterval(message, version),
            AuthenticationType = version == VrrpVersion.V2 ? (VrrpAuthenticationType)message[4] : VrrpAuthenticationType.None,
            AuthenticationData = version == VrrpVersion.V2 ? BinaryPrimitives.ReadUInt64BigEndian(message[^AuthenticationDataLength..]) : 0,
            ChecksumForm = form,
        };
        var error = CheckFields(decoded);
        if (error != VrrpError.None)
            return error;

        advertisement = decoded;
        addressBytes = message.Slice(HeaderLength, decoded.AddressCount * source.ByteLength);
        return VrrpError.None;
    }

    /// <summary>
    /// Writes an advertisement with its checksum and returns its length in bytes. Values that the message cannot say
    /// are a bug of the caller and throw: the configuration has been checked before.
    /// </summary>
    /// <param name="advertisement">The fixed fields; its family is that of all addresses.</param>
    /// <param name="addresses">1 to 255 virtual addresses, in the order to send.</param>
    /// <param name="source">The source address of the packet.</param>
    /// <param name="destination">The group, or the unicast peer: each peer needs a checksum of its own.</param>
    /// <param name="output">At least <see cref="EncodedLength"/> bytes.</param>
    public static int Encode(
        in VrrpAdvertisement advertisement, ReadOnlySpan<IpAddress> addresses, IpAddress source, IpAddress destination, Span<byte> output)
    {
        ThrowIfUnsayable(advertisement, addresses, source, destination);
        var length = EncodedLength(advertisement.Version, advertisement.Family, addresses.Length);
        var message = output[..length];
        message[0] = (byte)((byte)advertisement.Version << 4 | TypeAdvertisement);
        message[1] = advertisement.Vrid;
        message[2] = advertisement.Priority;
        message[3] = (byte)addresses.Length;
        WriteInterval(advertisement, message);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], 0);

        var at = HeaderLength;
        foreach (var address in addresses)
            at += address.WriteTo(message[at..]);
        if (advertisement.Version == VrrpVersion.V2)
            BinaryPrimitives.WriteUInt64BigEndian(message[at..], advertisement.AuthenticationData);

        var sum = InternetChecksum.Add(0, message);
        if (advertisement.Version == VrrpVersion.V3
            && (advertisement.Family == IpFamily.IPv6 || advertisement.ChecksumForm == Ipv4ChecksumForm.PseudoHeader))
            sum += InternetChecksum.PseudoHeader(source, destination, IpProtocol, length);
        BinaryPrimitives.WriteUInt16BigEndian(message[ChecksumOffset..], InternetChecksum.Finish(sum));
        return length;
    }

    /// <summary>The length in bytes of a message with this many addresses.</summary>
    public static int EncodedLength(VrrpVersion version, IpFamily family, int addressCount) =>
        HeaderLength + addressCount * (family == IpFamily.IPv6 ? 16 : 4)
        + (version == VrrpVersion.V2 ? AuthenticationDataLength : 0);

    /// <summary>
    /// A password as authentication data (RFC 2338 5.3.10): its first eight bytes in UTF-8, padded with zeros, the
    /// first byte most significant. Longer ones are cut, as keepalived cuts them.
    /// </summary>
    public static ulong PasswordBytes(string password)
    {
        ArgumentNullException.ThrowIfNull(password);
        Span<byte> data = stackalloc byte[AuthenticationDataLength];
        data.Clear();
        ReadOnlySpan<byte> text = Encoding.UTF8.GetBytes(password);
        text[..Math.Min(text.Length, data.Length)].CopyTo(data);
        return BinaryPrimitives.ReadUInt64BigEndian(data);
    }

    /// <summary>
    /// Version 2 sums the message alone (RFC 3768 5.3.8), authentication data included. Version 3 over IPv6 adds the
    /// pseudo-header. Over IPv4 RFC 9568 5.2.8 means the message alone, but RFC 5798 5.2.8 was read both ways.
    /// </summary>
    private static bool TryMatchChecksum(
        ReadOnlySpan<byte> message, VrrpVersion version, IpAddress source, IpAddress destination, out Ipv4ChecksumForm form)
    {
        var sum = InternetChecksum.Add(0, message);
        form = Ipv4ChecksumForm.MessageOnly;
        if (source.Family == IpFamily.IPv4 && InternetChecksum.IsValid(sum))
            return true;
        if (version == VrrpVersion.V2)
            return false;

        form = Ipv4ChecksumForm.PseudoHeader;
        return InternetChecksum.IsValid(sum + InternetChecksum.PseudoHeader(source, destination, IpProtocol, message.Length));
    }

    private static VrrpError CheckFields(in VrrpAdvertisement decoded)
    {
        if (decoded.AuthenticationType > VrrpAuthenticationType.AuthenticationHeader)
            return VrrpError.AuthenticationType;
        if (decoded.Vrid == 0)
            return VrrpError.VridZero;
        if (decoded.AddressCount == 0)
            return VrrpError.AddressCountZero;
        return decoded.Interval == TimeSpan.Zero ? VrrpError.IntervalZero : VrrpError.None;
    }

    private static TimeSpan ReadInterval(ReadOnlySpan<byte> message, VrrpVersion version) => version == VrrpVersion.V2
        ? new(message[5] * TimeSpan.TicksPerSecond)
        : new((BinaryPrimitives.ReadUInt16BigEndian(message[4..]) & CentisecondsMask) * TicksPerCentisecond);

    private static void WriteInterval(in VrrpAdvertisement advertisement, Span<byte> message)
    {
        if (advertisement.Version == VrrpVersion.V2)
        {
            message[4] = (byte)advertisement.AuthenticationType;
            message[5] = (byte)(advertisement.Interval.Ticks / TimeSpan.TicksPerSecond);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(message[4..], (ushort)(advertisement.Interval.Ticks / TicksPerCentisecond));
        }
    }

    private static void ThrowIfUnsayable(
        in VrrpAdvertisement advertisement, ReadOnlySpan<IpAddress> addresses, IpAddress source, IpAddress destination)
    {
        if (advertisement.Version is not (VrrpVersion.V2 or VrrpVersion.V3)
            || (advertisement.Version == VrrpVersion.V2 && advertisement.Family != IpFamily.IPv4))
            throw new ArgumentException("an advertisement is version 2 over IPv4 or version 3", nameof(advertisement));
        if (source.IsNone || source.Family != advertisement.Family || destination.Family != advertisement.Family)
            throw new ArgumentException("source and destination are of the advertisement's family", nameof(source));
        if (advertisement.Vrid == 0)
            throw new ArgumentException("a VRID is 1 to 255", nameof(advertisement));

        var unit = advertisement.Version == VrrpVersion.V2 ? TimeSpan.TicksPerSecond : TicksPerCentisecond;
        var units = advertisement.Interval.Ticks / unit;
        if (advertisement.Interval.Ticks % unit != 0 || units < 1 || units > (advertisement.Version == VrrpVersion.V2 ? byte.MaxValue : CentisecondsMask))
            throw new ArgumentException("the interval does not fit the version's field", nameof(advertisement));

        if (addresses.Length is 0 or > MaximumAddressCount)
            throw new ArgumentException("an advertisement carries 1 to 255 addresses", nameof(addresses));
        foreach (var address in addresses)
            if (address.Family != advertisement.Family)
                throw new ArgumentException("all addresses are of the advertisement's family", nameof(addresses));
    }
}
