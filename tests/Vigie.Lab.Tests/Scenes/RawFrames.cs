using System.Buffers.Binary;
using System.Net.NetworkInformation;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Linux;

namespace Vigie.Lab.Tests.Scenes;

/// <summary>Puts hand-made Ethernet frames on a host's wire, valid ones and broken ones.</summary>
internal sealed class RawFrames : IDisposable
{
    private const int IPv4HeaderLength = 20;

    private readonly PacketSocket _socket;
    private readonly int _index;
    private readonly HostInterface _port;

    public RawFrames(LabHost host, string interfaceName = "eth0")
    {
        _port = host.Interface(interfaceName);
        (_socket, _index) = host.Inside(() => (PacketSocket.Open(),
            NetworkInterface.GetAllNetworkInterfaces().Single(card => card.Name == interfaceName).GetIPProperties().GetIPv4Properties().Index));
    }

    public MacAddress Mac => _port.Mac;

    public void Send(ReadOnlySpan<byte> frame)
    {
        var error = _socket.Send(_index, frame);
        if (error != 0)
            throw new LabException($"a frame was not sent: {new LinuxError(error)}");
    }

    /// <summary>A gratuitous ARP or unsolicited neighbour advertisement: "the address is mine".</summary>
    public void Claim(IpAddress address)
    {
        Span<byte> frame = stackalloc byte[UnsolicitedAdvertisement.FrameLength];
        Send(frame[..(address.Family == IpFamily.IPv4
            ? GratuitousArp.WriteRequest(frame, Mac, address)
            : UnsolicitedAdvertisement.Write(frame, Mac, address, address, router: false))]);
    }

    /// <summary>An advertisement in a well-formed packet; the message may be anything.</summary>
    public void SendVrrp(IpAddress source, ReadOnlySpan<byte> message, byte hopLimit = 255) =>
        Send(Frame(source, message, hopLimit));

    /// <summary>A valid advertisement.</summary>
    public void Advertise(IpAddress source, VrrpAdvertisement advertisement, ReadOnlySpan<IpAddress> addresses, byte hopLimit = 255) =>
        SendVrrp(source, Message(source, advertisement, addresses), hopLimit);

    public static byte[] Message(IpAddress source, VrrpAdvertisement advertisement, ReadOnlySpan<IpAddress> addresses)
    {
        var message = new byte[VrrpCodec.MaximumLength];
        return message[..VrrpCodec.Encode(advertisement, addresses, source, Group(source), message)];
    }

    /// <summary>The whole frame to the VRRP group of the source's family.</summary>
    public byte[] Frame(IpAddress source, ReadOnlySpan<byte> message, byte hopLimit)
    {
        var group = Group(source);
        var ipv4 = source.Family == IpFamily.IPv4;
        var frame = new byte[EthernetHeader.Length + (ipv4 ? IPv4HeaderLength : Ipv6Header.Length) + message.Length];
        var at = EthernetCodec.Encode(new(MacAddress.ForMulticast(group), Mac, ipv4 ? EtherType.IPv4 : EtherType.IPv6), frame);
        var header = frame.AsSpan(at);
        if (ipv4)
        {
            header[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(IPv4HeaderLength + message.Length));
            header[8] = hopLimit;
            header[9] = VrrpCodec.IpProtocol;
            source.WriteTo(header[12..]);
            group.WriteTo(header[16..]);
            BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Finish(InternetChecksum.Add(0, header[..IPv4HeaderLength])));
            at += IPv4HeaderLength;
        }
        else
        {
            at += Ipv6Codec.Encode(new Ipv6Header { PayloadLength = (ushort)message.Length, NextHeader = VrrpCodec.IpProtocol, HopLimit = hopLimit, Source = source, Destination = group }, header);
        }

        message.CopyTo(frame.AsSpan(at));
        return frame;
    }

    public void Dispose() => _socket.Dispose();

    private static IpAddress Group(IpAddress source) => source.Family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6;
}
