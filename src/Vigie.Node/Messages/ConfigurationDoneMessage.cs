namespace Vigie.Node.Messages;

/// <summary>The node's answer to a new configuration: what changed, or why it was refused.</summary>
public sealed record ConfigurationDoneMessage(bool Accepted, string Error, List<string> Added, List<string> Removed, List<string> Changed)
{
    private const int LongestName = 64;

    /// <summary>Writes the answer; names that would not fit are left out, which only shortens what people read.</summary>
    public int Write(Span<byte> buffer)
    {
        var writer = new SpanWriter(buffer);
        writer.Write((byte)MessageKind.ConfigurationDone);
        writer.Write(Accepted);
        writer.Write(Error);
        foreach (var names in (List<string>[])[Added, Removed, Changed])
        {
            var room = Math.Min(names.Count, (buffer.Length - writer.Length) / 3 / (LongestName + 2));
            writer.Write(room);
            for (var i = 0; i < room; i++)
                writer.Write(names[i]);
        }

        return writer.Length;
    }

    /// <summary>Reads what follows the kind byte.</summary>
    public static ConfigurationDoneMessage Read(ref SpanReader reader)
    {
        var accepted = reader.ReadBoolean();
        var error = reader.ReadString();
        return new ConfigurationDoneMessage(accepted, error, ReadNames(ref reader), ReadNames(ref reader), ReadNames(ref reader));
    }

    private static List<string> ReadNames(ref SpanReader reader)
    {
        var count = reader.ReadInt32();
        List<string> names = new(count);
        for (var i = 0; i < count; i++)
            names.Add(reader.ReadString());
        return names;
    }
}
