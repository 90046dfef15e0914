using Vigie.Contract;

namespace Vigie.Bench.Lateness;

/// <summary>What was recorded between two readings of a daemon's lateness.</summary>
internal sealed class HistogramDifference
{
    private readonly List<LatenessBucket> _buckets;

    public HistogramDifference(HostLatenessSummary before, HostLatenessSummary after)
    {
        var known = before.Buckets.ToDictionary(bucket => bucket.Max, bucket => bucket.Count);
        _buckets = [.. after.Buckets.Select(bucket => bucket with { Count = bucket.Count - known.GetValueOrDefault(bucket.Max) }).Where(bucket => bucket.Count > 0)];
        Count = _buckets.Sum(bucket => bucket.Count);
    }

    public long Count { get; }

    /// <summary>The largest lateness of the bucket with the quantile (0 to 1): never too small, at most an eighth too large.</summary>
    public long Quantile(double quantile)
    {
        var rank = (long)Math.Ceiling(quantile * Count);
        long seen = 0;
        foreach (var bucket in _buckets)
            if ((seen += bucket.Count) >= rank)
                return bucket.Max;
        return 0;
    }
}
