using Vigie.Linux;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>Sends announcement frames over a packet socket.</summary>
internal sealed class LinuxFrames(PacketSocket socket) : IFramePort
{
    public int Send(int interfaceIndex, ReadOnlySpan<byte> frame) => socket.Send(interfaceIndex, frame);
}
