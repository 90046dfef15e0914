namespace Vigie.Node.Ports;

/// <summary>Sends whole Ethernet frames: gratuitous ARP and unsolicited neighbour advertisements.</summary>
public interface IFramePort
{
    /// <summary>Sends one frame now and returns 0 or the system's error number; never waits.</summary>
    int Send(int interfaceIndex, ReadOnlySpan<byte> frame);
}
