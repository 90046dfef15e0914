using Vigie.Core.Election;
using Vigie.Node.Events;
using Vigie.Node.Routers;

namespace Vigie.Node.Messages;

/// <summary>A <see cref="NodeEvent"/> on its way to the control process, with the name that its slot stands for.</summary>
public static class EventMessage
{
    public const int MaximumLength = 512;

    /// <summary>Writes the event with its kind byte and returns the length.</summary>
    public static int Write(Span<byte> buffer, in NodeEvent nodeEvent, string routerName)
    {
        var writer = new SpanWriter(buffer);
        writer.Write((byte)MessageKind.Event);
        writer.Write((byte)nodeEvent.Kind);
        writer.Write(nodeEvent.At);
        writer.Write(nodeEvent.Router);
        writer.Write((byte)nodeEvent.State);
        writer.Write((byte)nodeEvent.Reason);
        writer.Write(nodeEvent.Address);
        writer.Write(nodeEvent.Source);
        writer.Write(nodeEvent.Mac);
        writer.Write((byte)nodeEvent.Drop);
        writer.Write(nodeEvent.Error);
        writer.Write(nodeEvent.Count);
        writer.Write(nodeEvent.Interface ?? "");
        writer.Write(routerName);
        return writer.Length;
    }

    /// <summary>Reads what follows the kind byte.</summary>
    public static NodeEvent Read(ref SpanReader reader, out string routerName)
    {
        var nodeEvent = new NodeEvent
        {
            Kind = (NodeEventKind)reader.ReadByte(),
            At = reader.ReadInstant(),
            Router = reader.ReadInt32(),
            State = (RouterState)reader.ReadByte(),
            Reason = (TransitionReason)reader.ReadByte(),
            Address = reader.ReadPrefix(),
            Source = reader.ReadAddress(),
            Mac = reader.ReadMac(),
            Drop = (DropReason)reader.ReadByte(),
            Error = reader.ReadInt32(),
            Count = reader.ReadInt32(),
            Interface = reader.ReadString() is { Length: > 0 } name ? name : null,
        };
        routerName = reader.ReadString();
        return nodeEvent;
    }
}
