using Vigie.Core;
using Vigie.Node.Routers;

namespace Vigie.Node.Messages;

/// <summary>The node process itself, sent after the last virtual router's status.</summary>
/// <param name="Node">The host's name in the configuration.</param>
/// <param name="Routers">How many routers' statuses were sent before.</param>
/// <param name="RealTime">The election runs under real-time scheduling.</param>
/// <param name="MemoryLocked">Its memory is locked.</param>
/// <param name="Started">When it began to work.</param>
/// <param name="Now">The clock when the status was made.</param>
/// <param name="UnknownVrid">Messages dropped because no virtual router here has their VRID.</param>
/// <param name="LostMessages">Messages to control that found the channel full.</param>
/// <param name="AllocatedBytes">What the election thread has allocated since it became steady.</param>
/// <param name="Collections">Garbage collections of the node process.</param>
/// <param name="ProcessId">The node process's id.</param>
public readonly record struct NodeStatus(
    string Node, int Routers, bool RealTime, bool MemoryLocked, Instant Started, Instant Now, long UnknownVrid, long LostMessages,
    long AllocatedBytes, int Collections, int ProcessId)
{
    /// <summary>Writes the kind byte, this, and the lateness of all the host's advertisements; allocates nothing.</summary>
    public int Write(Span<byte> buffer, LatenessHistogram lateness)
    {
        ArgumentNullException.ThrowIfNull(lateness);
        var writer = new SpanWriter(buffer);
        writer.Write((byte)MessageKind.StatusEnd);
        writer.Write(Node);
        writer.Write(Routers);
        writer.Write(RealTime);
        writer.Write(MemoryLocked);
        writer.Write(Started);
        writer.Write(Now);
        writer.Write(UnknownVrid);
        writer.Write(LostMessages);
        writer.Write(AllocatedBytes);
        writer.Write(Collections);
        writer.Write(ProcessId);
        HostLateness.Write(ref writer, lateness);
        return writer.Length;
    }

    /// <summary>Reads what follows the kind byte; a <see cref="HostLateness"/> follows.</summary>
    public static NodeStatus Read(ref SpanReader reader) => new(
        reader.ReadString(), reader.ReadInt32(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadInstant(),
        reader.ReadInstant(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(),
        reader.ReadInt32());
}
