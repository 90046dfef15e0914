using System.Buffers.Binary;
using Vigie.Core.Net;

namespace Vigie.Linux.Tests.Sockets;

/// <summary>Frames as the tests need them, written by hand so that nothing under test makes them.</summary>
internal static class Frames
{
    public static byte[] Arp(string sender, string target, MacAddress from, MacAddress? to = null, ushort operation = 1)
    {
        var frame = Ethernet(42, from, to ?? MacAddress.Broadcast, 0x0806);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(14), 1);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(16), 0x0800);
        frame[18] = 6;
        frame[19] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(20), operation);
        from.WriteTo(frame.AsSpan(22));
        IpAddress.Parse(sender).WriteTo(frame.AsSpan(28));
        IpAddress.Parse(target).WriteTo(frame.AsSpan(38));
        return frame;
    }

    /// <summary>The same frame with one byte changed.</summary>
    public static byte[] With(this byte[] frame, int offset, byte value)
    {
        var copy = (byte[])frame.Clone();
        copy[offset] = value;
        return copy;
    }

    public static byte[] Solicitation(string source, string target, MacAddress from) => Neighbor(135, source, target, from);

    public static byte[] Advertisement(string source, string target, MacAddress from) => Neighbor(136, source, target, from);

    /// <summary>An ICMPv6 packet whose first address is the target; checksum left out, no filter looks at it.</summary>
    public static byte[] Neighbor(byte type, string source, string target, MacAddress from, byte hopLimit = 255, byte nextHeader = 58)
    {
        var allNodes = IpAddress.Parse("ff02::1");
        var frame = Ethernet(78, from, MacAddress.ForMulticast(allNodes), 0x86DD);
        frame[14] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(18), 24);
        frame[20] = nextHeader;
        frame[21] = hopLimit;
        IpAddress.Parse(source).WriteTo(frame.AsSpan(22));
        allNodes.WriteTo(frame.AsSpan(38));
        frame[54] = type;
        IpAddress.Parse(target).WriteTo(frame.AsSpan(62));
        return frame;
    }

    private static byte[] Ethernet(int length, MacAddress from, MacAddress to, ushort etherType)
    {
        var frame = new byte[length];
        to.WriteTo(frame);
        from.WriteTo(frame.AsSpan(6));
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(12), etherType);
        return frame;
    }
}
