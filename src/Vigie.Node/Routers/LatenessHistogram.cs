using System.Numerics;

namespace Vigie.Node.Routers;

/// <summary>
/// How late advertisements left, in microseconds: eight buckets to each power of two, so that a quantile is at most an
/// eighth too large. Fixed size, no allocation.
/// </summary>
public sealed class LatenessHistogram
{
    private const int BucketsPerOctave = 8;
    private const int OctaveShift = 3;
    private readonly long[] _buckets = new long[BucketsPerOctave * 40];

    public long Count { get; private set; }

    /// <summary>The largest lateness seen, exactly.</summary>
    public long MaxMicroseconds { get; private set; }

    /// <summary>How many left later than was tolerated.</summary>
    public long Late { get; private set; }

    public void Record(TimeSpan lateness, TimeSpan tolerance)
    {
        Late += lateness > tolerance ? 1 : 0;
        var microseconds = Math.Max(0, lateness.Ticks / TimeSpan.TicksPerMicrosecond);
        Count++;
        if (microseconds > MaxMicroseconds)
            MaxMicroseconds = microseconds;
        _buckets[Math.Min(BucketOf(microseconds), _buckets.Length - 1)]++;
    }

    /// <summary>The upper bound of the bucket that holds the quantile (0 to 1); 0 when nothing was recorded.</summary>
    public long Quantile(double quantile)
    {
        if (Count == 0)
            return 0;
        var rank = (long)Math.Ceiling(quantile * Count);
        long seen = 0;
        for (var i = 0; i < _buckets.Length; i++)
        {
            seen += _buckets[i];
            if (seen >= rank)
                return Math.Min(UpperBound(i), MaxMicroseconds);
        }

        return MaxMicroseconds;
    }

    /// <summary>How many buckets there are; most of them are empty.</summary>
    internal int Length => _buckets.Length;

    /// <summary>How many measurements fell into a bucket.</summary>
    internal long CountIn(int bucket) => _buckets[bucket];

    /// <summary>The largest lateness that a bucket takes, in microseconds.</summary>
    internal static long LimitOf(int bucket) => UpperBound(bucket);

    private static int BucketOf(long value)
    {
        if (value < BucketsPerOctave)
            return (int)value;
        var octave = 63 - BitOperations.LeadingZeroCount((ulong)value) - OctaveShift;
        return octave * BucketsPerOctave + (int)(value >> octave);
    }

    private static long UpperBound(int bucket)
    {
        if (bucket < 2 * BucketsPerOctave)
            return bucket;
        var octave = bucket / BucketsPerOctave - 1;
        var mantissa = bucket % BucketsPerOctave + BucketsPerOctave;
        return ((long)mantissa + 1 << octave) - 1;
    }
}
