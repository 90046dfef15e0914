namespace Vigie.Fuzz;

/// <summary>Makes a new input out of known ones: small damage, as bad links, other versions and hostile senders do it.</summary>
internal sealed class Mutator(Random random)
{
    /// <summary>No input grows beyond this: longer than any message of ours, short enough for the stack.</summary>
    public const int MaximumLength = 8192;

    private static readonly byte[] Edges = [0, 1, 2, 3, 4, 8, 0x7F, 0x80, 0xFE, 0xFF];

    public byte[] Mutate(IReadOnlyList<byte[]> pool)
    {
        var bytes = new List<byte>(pool[random.Next(pool.Count)]);
        for (var times = random.Next(1, 5); times > 0; times--)
            MutateOnce(bytes, pool);
        return [.. bytes.Take(MaximumLength)];
    }

    private void MutateOnce(List<byte> bytes, IReadOnlyList<byte[]> pool)
    {
        var at = random.Next(bytes.Count + 1);
        switch (random.Next(8))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = Edges[random.Next(Edges.Length)];
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 17)));
                break;
            case 5:
                bytes.InsertRange(at, RandomBytes(random.Next(1, 33)));
                break;
            case 6:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, random.Next(1, 33))));
                break;
            default:
                var other = pool[random.Next(pool.Count)];
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other.AsSpan(random.Next(other.Length + 1)));
                break;
        }
    }

    private byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
