namespace Vigie.Lab.Probes;

/// <summary>How a <see cref="UdpProbe"/> sends.</summary>
public sealed record UdpProbeOptions
{
    /// <summary>The port that <see cref="UdpEcho"/> answers on.</summary>
    public const int DefaultPort = 7077;

    /// <summary>The time between two datagrams: 0.5 to 10 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>The probe stops by itself after this time: 1 s to 15 min.</summary>
    public TimeSpan MaximumDuration { get; init; } = TimeSpan.FromMinutes(3);

    public int Port { get; init; } = DefaultPort;

    internal void Check()
    {
        if (Interval < TimeSpan.FromMilliseconds(0.5) || Interval > TimeSpan.FromMilliseconds(10))
            throw new LabException($"a probe sends every 0.5 to 10 ms, not every {Interval.TotalMilliseconds} ms");
        if (MaximumDuration < TimeSpan.FromSeconds(1) || MaximumDuration > TimeSpan.FromMinutes(15))
            throw new LabException($"a probe lasts 1 s to 15 min, not {MaximumDuration}");
    }
}
