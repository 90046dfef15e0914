using System.Buffers.Binary;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>
/// Builds VRRP messages byte by byte, valid or not, for tests of the decoder. It shares no code with the codec: its
/// checksum is the plain word-by-word sum of RFC 1071, so that an error of the codec cannot hide in both.
/// </summary>
internal sealed class VrrpPacketBuilder
{
    public static readonly IpAddress SourceV4 = IpAddress.Parse("192.0.2.1");
    public static readonly IpAddress SourceV6 = IpAddress.Parse("fe80::1:2:3");

    public int Version { get; set; } = 3;
    public int Type { get; set; } = 1;
    public byte Vrid { get; set; } = 51;
    public byte Priority { get; set; } = 150;
    public byte? Count { get; set; }
    public byte Field4 { get; set; }
    public byte Field5 { get; set; } = 100;
    public string[] Addresses { get; set; } = ["192.0.2.100", "192.0.2.101"];
    public byte[] AuthenticationData { get; set; } = new byte[8];
    public byte[] Trailer { get; set; } = [];
    public bool PseudoHeader { get; set; }
    public IpAddress Source { get; set; } = SourceV4;
    public IpAddress Destination { get; set; } = VrrpCodec.MulticastIPv4;

    public static VrrpPacketBuilder V3() => new();

    public static VrrpPacketBuilder V3WithPseudoHeader() => new() { PseudoHeader = true };

    public static VrrpPacketBuilder V3OverIPv6() => new()
    {
        Addresses = ["fe80::100", "2001:db8::100"],
        Source = SourceV6,
        Destination = VrrpCodec.MulticastIPv6,
        PseudoHeader = true,
    };

    public static VrrpPacketBuilder V2() => new() { Version = 2, Field4 = 0, Field5 = 1 };

    public static VrrpPacketBuilder V2WithPassword() =>
        new() { Version = 2, Field4 = 1, Field5 = 1, AuthenticationData = "secret\0\0"u8.ToArray() };

    public static VrrpPacketBuilder Of(string kind) => kind switch
    {
        "v3" => V3(),
        "v3 pseudo-header" => V3WithPseudoHeader(),
        "v3 IPv6" => V3OverIPv6(),
        "v2" => V2(),
        "v2 password" => V2WithPassword(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static TheoryData<string> Kinds => ["v3", "v3 pseudo-header", "v3 IPv6", "v2", "v2 password"];

    public byte[] Build()
    {
        List<byte> bytes = [(byte)(Version << 4 | Type), Vrid, Priority, Count ?? (byte)Addresses.Length, Field4, Field5, 0, 0];
        foreach (var address in Addresses)
            bytes.AddRange(System.Net.IPAddress.Parse(address).GetAddressBytes());
        if (Version == 2)
            bytes.AddRange(AuthenticationData);
        bytes.AddRange(Trailer);
        return WithChecksum([.. bytes]);
    }

    /// <summary>Puts the right checksum into bytes that were changed after they were built.</summary>
    public byte[] WithChecksum(byte[] message)
    {
        message[6] = message[7] = 0;
        var covered = PseudoHeader ? [.. PseudoHeaderBytes(message.Length), .. message] : message;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), PlainChecksum(covered));
        return message;
    }

    public static ushort PlainChecksum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        for (var i = 0; i < bytes.Length; i += 2)
        {
            sum += bytes[i] << 8 | (i + 1 < bytes.Length ? bytes[i + 1] : 0);
            if (sum > 0xFFFF)
                sum -= 0xFFFF;
        }

        return (ushort)(0xFFFF - sum);
    }

    public VrrpError Decode(byte[] message, out VrrpAdvertisement advertisement, out ReadOnlySpan<byte> addressBytes) =>
        VrrpCodec.TryDecode(message, Source, Destination, out advertisement, out addressBytes);

    public VrrpError Decode(byte[] message) => Decode(message, out _, out _);

    public VrrpError Decode() => Decode(Build());

    private byte[] PseudoHeaderBytes(int length)
    {
        var source = System.Net.IPAddress.Parse(Source.ToString()).GetAddressBytes();
        var destination = System.Net.IPAddress.Parse(Destination.ToString()).GetAddressBytes();
        byte[] high = [(byte)(length >> 8), (byte)length];
        return Source.Family == IpFamily.IPv4
            ? [.. source, .. destination, 0, 112, .. high]
            : [.. source, .. destination, 0, 0, .. high, 0, 0, 0, 112];
    }
}
