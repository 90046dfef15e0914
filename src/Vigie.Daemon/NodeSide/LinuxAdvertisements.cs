using Vigie.Core.Net;
using Vigie.Linux;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>Sends VRRP messages over the raw sockets.</summary>
internal sealed class LinuxAdvertisements(VrrpSocket ipv4, VrrpSocket ipv6) : IAdvertisementPort
{
    public SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        var error = (source.Family == IpFamily.IPv4 ? ipv4 : ipv6).Send(interfaceIndex, source, destination, message);
        return new SendOutcome(error, Clock.Now());
    }
}
