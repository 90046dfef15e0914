using Vigie.Core.Net;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Wire;

/// <summary>The frames that ask whether anybody else holds an address, read back by our own decoders.</summary>
public sealed class ConflictProbeTests
{
    private static readonly MacAddress Sender = new(0x0277_0000_0100);
    private readonly byte[] _frame = new byte[ConflictProbe.MaximumFrameLength];

    [Fact]
    public void An_ARP_probe_asks_for_the_address_from_no_address()
    {
        var length = ConflictProbe.Write(_frame, Sender, IpAddress.Parse("10.77.0.100"));

        Assert.Equal(42, length);
        Assert.Equal(EthernetError.None, EthernetCodec.TryDecode(_frame.AsSpan(0, length), out var header, out var payload));
        Assert.Equal(new EthernetHeader(MacAddress.Broadcast, Sender, EtherType.Arp), header);
        Assert.Equal(ArpError.None, ArpCodec.TryDecode(payload, out var arp));
        Assert.Equal(
            new ArpPacket
            {
                Operation = ArpOperation.Request, SenderMac = Sender, SenderIp = IpAddress.Parse("0.0.0.0"),
                TargetMac = MacAddress.Zero, TargetIp = IpAddress.Parse("10.77.0.100"),
            }, arp);
    }

    [Fact]
    public void A_duplicate_address_solicitation_goes_to_the_solicited_node_group_from_no_address_without_an_option()
    {
        var length = ConflictProbe.Write(_frame, Sender, IpAddress.Parse("fd77::1234:5678"));

        Assert.Equal(78, length);
        Assert.Equal(EthernetError.None, EthernetCodec.TryDecode(_frame.AsSpan(0, length), out var header, out var packet));
        Assert.Equal("33:33:ff:34:56:78", header.Destination.ToString());
        Assert.Equal(Ipv6Error.None, Ipv6Codec.TryDecode(packet, out var ip, out var payload));
        Assert.Equal("ff02::1:ff34:5678", ip.Destination.ToString());
        Assert.True(ip.Source.IsUnspecified);
        Assert.Equal(255, ip.HopLimit);
        Assert.Equal(NeighborError.None, NeighborCodec.TryDecode(payload, ip.Source, ip.Destination, ip.HopLimit, out var message));
        Assert.Equal(NeighborMessageType.Solicitation, message.Type);
        Assert.Equal(IpAddress.Parse("fd77::1234:5678"), message.Target);
        Assert.Null(message.LinkLayerAddress);
    }
}
