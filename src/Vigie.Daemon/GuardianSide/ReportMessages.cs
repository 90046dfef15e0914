using Vigie.Contract;
using Vigie.Core;
using Vigie.Node.Messages;

namespace Vigie.Daemon.GuardianSide;

/// <summary>What the guardian tells control: events as sentences, and its own status whenever that has changed.</summary>
internal static class ReportMessages
{
    public const byte Event = 1;
    public const byte Status = 2;

    public static int Write(Span<byte> buffer, EventDocument document)
    {
        var writer = new SpanWriter(buffer);
        writer.Write(Event);
        writer.Write(document.Time.UtcTicks);
        writer.Write((byte)document.Severity);
        writer.Write(document.Kind);
        writer.Write(document.VirtualRouter ?? "");
        writer.Write(document.Message);
        writer.Write(document.Remedy ?? "");
        return writer.Length;
    }

    public static int Write(Span<byte> buffer, in GuardianSnapshot status)
    {
        var writer = new SpanWriter(buffer);
        writer.Write(Status);
        writer.Write(status.Pid);
        writer.Write(status.NodePid);
        writer.Write(status.NodeRestarts);
        writer.Write(status.NodeKills);
        writer.Write(status.Covered);
        writer.Write(status.Covering);
        writer.Write(status.ControlRestarts);
        writer.Write(status.Rounds);
        writer.Write(status.SteadyBytes);
        writer.Write(status.Collections);
        return writer.Length;
    }

    public static EventDocument ReadEvent(ref SpanReader reader)
    {
        var document = new EventDocument
        {
            Sequence = 0,
            Time = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
            Severity = (EventSeverity)reader.ReadByte(),
            Kind = reader.ReadString(),
            VirtualRouter = OrNull(reader.ReadString()),
            Message = reader.ReadString(),
        };
        return document with { Remedy = OrNull(reader.ReadString()) };
    }

    public static GuardianSnapshot ReadStatus(ref SpanReader reader) => new(
        reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadBoolean(), reader.ReadInt64(),
        reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32());

    private static string? OrNull(string text) => text.Length > 0 ? text : null;
}

/// <summary>The guardian at one moment.</summary>
/// <param name="Pid">Its process number.</param>
/// <param name="NodePid">The node's process number, or 0 while there is none.</param>
/// <param name="NodeRestarts">How often a node was started again.</param>
/// <param name="NodeKills">How often one was killed because it hung or a role had to be given up.</param>
/// <param name="Covered">Rounds of advertisements sent for a node.</param>
/// <param name="Covering">It speaks for the node now.</param>
/// <param name="ControlRestarts">How often control was started again.</param>
/// <param name="Rounds">How often it has looked after the node.</param>
/// <param name="SteadyBytes">What its real-time thread has allocated in rounds in which nothing began or ended.</param>
/// <param name="Collections">Garbage collections.</param>
internal readonly record struct GuardianSnapshot(
    int Pid, int NodePid, long NodeRestarts, long NodeKills, long Covered, bool Covering, long ControlRestarts,
    long Rounds = 0, long SteadyBytes = 0, int Collections = 0)
{
    /// <summary>Apart from what always grows.</summary>
    public bool SaysTheSame(in GuardianSnapshot other) => this with { Rounds = 0, SteadyBytes = 0, Collections = 0 } == other with { Rounds = 0, SteadyBytes = 0, Collections = 0 };
}
