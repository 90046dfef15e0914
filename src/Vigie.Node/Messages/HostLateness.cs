using System.Collections.Immutable;
using Vigie.Node.Routers;

namespace Vigie.Node.Messages;

/// <summary>
/// How late the advertisements of all virtual routers of a host left since it began to work, also of those that are gone:
/// it only ever grows, so that the difference of two is what happened in between. Writing allocates nothing; reading does.
/// </summary>
public sealed record HostLateness(LatenessStatus Summary, ImmutableArray<LatenessBucket> Buckets)
{
    internal static void Write(ref SpanWriter writer, LatenessHistogram histogram)
    {
        writer.Write(histogram.Count);
        writer.Write(histogram.Quantile(0.5));
        writer.Write(histogram.Quantile(0.99));
        writer.Write(histogram.Quantile(0.9999));
        writer.Write(histogram.MaxMicroseconds);
        writer.Write(histogram.Late);
        var used = 0;
        for (var i = 0; i < histogram.Length; i++)
            used += histogram.CountIn(i) > 0 ? 1 : 0;
        writer.Write(used);
        for (var i = 0; i < histogram.Length; i++)
        {
            if (histogram.CountIn(i) == 0)
                continue;
            writer.Write(LatenessHistogram.LimitOf(i));
            writer.Write(histogram.CountIn(i));
        }
    }

    /// <summary>Reads what <see cref="NodeStatus.Read"/> leaves.</summary>
    public static HostLateness Read(ref SpanReader reader)
    {
        var summary = new LatenessStatus(
            reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        var buckets = new LatenessBucket[reader.ReadInt32()];
        for (var i = 0; i < buckets.Length; i++)
            buckets[i] = new LatenessBucket(reader.ReadInt64(), reader.ReadInt64());
        return new HostLateness(summary, ImmutableArray.Create(buckets));
    }
}

/// <summary>Advertisements that left at most that late, and later than the limit of the bucket before.</summary>
/// <param name="LimitMicroseconds">The largest lateness in the bucket.</param>
/// <param name="Count">How many; never zero.</param>
public readonly record struct LatenessBucket(long LimitMicroseconds, long Count);
