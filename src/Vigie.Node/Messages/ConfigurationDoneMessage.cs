using System.Collections.Immutable;
using System.Text;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Node.Ports;

namespace Vigie.Node.Messages;

/// <summary>The node's answer to a new configuration: what changed or would change, or why it was refused.</summary>
/// <param name="Accepted">False when nothing was done because of <paramref name="Error"/>.</param>
/// <param name="Planned">True when only the plan was asked for.</param>
/// <param name="Error">Why it was refused; empty otherwise.</param>
/// <param name="Outcome">What changed or would change.</param>
/// <param name="LeftOut">Names, settings and refusals that found no room in the message; they shorten only what people read.</param>
public sealed record ConfigurationDoneMessage(bool Accepted, bool Planned, string Error, ReconfigureOutcome Outcome, int LeftOut = 0)
{
    private const int MostRefusals = 20;
    private const int LongestWords = 500;

    /// <summary>What was refused; empty unless that is why it is not accepted.</summary>
    public ImmutableArray<ReconfigureRefusal> Refusals { get; init; } = [];

    /// <summary>The counts of seven lists and of what was left out.</summary>
    private const int Counts = 8 * sizeof(int);

    /// <summary>Writes the answer; what would not fit is left out and counted.</summary>
    public int Write(Span<byte> buffer)
    {
        var writer = new SpanWriter(buffer);
        writer.Write((byte)MessageKind.ConfigurationDone);
        writer.Write(Accepted);
        writer.Write(Planned);
        writer.Write(Error);
        var refusals = Math.Min(Refusals.Length, MostRefusals);
        writer.Write(refusals);
        foreach (var refusal in Refusals.AsSpan()[..refusals])
            Write(ref writer, refusal);
        var room = buffer.Length - writer.Length - Counts;
        var leftOut = LeftOut + Refusals.Length - refusals;
        // What moves is worth most to the reader, what stays as it is the least.
        foreach (var names in Names(Outcome))
        {
            var fitting = Fitting(names, LengthOf, ref room, ref leftOut);
            writer.Write(fitting);
            for (var i = 0; i < fitting; i++)
                writer.Write(names[i]);
        }

        var settings = Fitting(Outcome.Settings, s => LengthOf(s.Router) + LengthOf(s.Key) + LengthOf(s.Old) + LengthOf(s.New), ref room, ref leftOut);
        writer.Write(settings);
        for (var i = 0; i < settings; i++)
        {
            var change = Outcome.Settings[i];
            writer.Write(change.Router);
            writer.Write(change.Key);
            writer.Write(change.Old);
            writer.Write(change.New);
        }

        writer.Write(leftOut);
        return writer.Length;
    }

    /// <summary>Reads what follows the kind byte.</summary>
    public static ConfigurationDoneMessage Read(ref SpanReader reader)
    {
        var accepted = reader.ReadBoolean();
        var planned = reader.ReadBoolean();
        var error = reader.ReadString();
        var refusals = new ReconfigureRefusal[reader.ReadInt32()];
        for (var i = 0; i < refusals.Length; i++)
            refusals[i] = ReadRefusal(ref reader);
        var outcome = new ReconfigureOutcome();
        foreach (var names in Names(outcome))
            for (var count = reader.ReadInt32(); count > 0; count--)
                names.Add(reader.ReadString());
        for (var count = reader.ReadInt32(); count > 0; count--)
            outcome.Settings.Add(new SettingChange(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString()));
        return new ConfigurationDoneMessage(accepted, planned, error, outcome, reader.ReadInt32()) { Refusals = ImmutableArray.Create(refusals) };
    }

    private static void Write(ref SpanWriter writer, ReconfigureRefusal refusal)
    {
        writer.Write((byte)refusal.Kind);
        writer.Write(Shortened(refusal.Routers));
        writer.Write(refusal.Interface);
        writer.Write((byte)(refusal.Family ?? 0));
        writer.Write(refusal.Address);
        writer.Write(refusal.Error);
        writer.Write(Shortened(refusal.Words));
    }

    private static ReconfigureRefusal ReadRefusal(ref SpanReader reader)
    {
        var kind = (RefusalKind)reader.ReadByte();
        var (routers, on, family) = (reader.ReadString(), reader.ReadString(), (IpFamily)reader.ReadByte());
        return new ReconfigureRefusal(
            kind, routers, on, family == 0 ? null : family, reader.ReadPrefix(), reader.ReadInt32(), reader.ReadString());
    }

    private static string Shortened(string words) => words.Length <= LongestWords ? words : words[..LongestWords] + "...";

    private static List<string>[] Names(ReconfigureOutcome outcome) =>
        [outcome.Moves, outcome.MayMove, outcome.Removed, outcome.Added, outcome.Changed, outcome.Unchanged];

    private static int Fitting<T>(List<T> values, Func<T, int> length, ref int room, ref int leftOut)
    {
        var fitting = 0;
        while (fitting < values.Count && length(values[fitting]) is var next && next <= room)
        {
            room -= next;
            fitting++;
        }

        leftOut += values.Count - fitting;
        return fitting;
    }

    private static int LengthOf(string text) => sizeof(ushort) + Encoding.UTF8.GetByteCount(text);
}
