using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;

namespace Vigie.Bench.Scale;

//   alpha   eth0 eth1 eth2 eth3        each interface on a segment of its own, 10.(80+n).0.0/16,
//   beta    eth0 eth1 eth2 eth3        at most 250 virtual routers on each: a VRID has one byte

/// <summary>Two hosts on as many segments as the number of virtual routers needs.</summary>
internal sealed class ScaleLab : IDisposable
{
    public const int RoutersPerSegment = 250;

    public ScaleLab(int routers)
    {
        Segments = (routers + RoutersPerSegment - 1) / RoutersPerSegment;
        Run = LabRun.Build(null, run =>
        {
            Alpha = run.AddHost("alpha");
            Beta = run.AddHost("beta");
            for (var n = 0; n < Segments; n++)
            {
                var segment = run.AddSegment($"lan{n}");
                Alpha.Plug(segment, $"eth{n}", $"10.{80 + n}.0.1/16");
                Beta.Plug(segment, $"eth{n}", $"10.{80 + n}.0.2/16");
            }
        });
    }

    public int Segments { get; }

    public LabRun Run { get; }

    public LabHost Alpha { get; private set; } = null!;

    public LabHost Beta { get; private set; } = null!;

    /// <summary>That many virtual routers, spread over the segments, with some addresses each.</summary>
    public static IEnumerable<VirtualRouterSetup> Routers(int count, int addressesEach, byte priority, TimeSpan interval) =>
        Enumerable.Range(0, count).Select(i => new VirtualRouterSetup
        {
            Name = $"r{i}",
            Vrid = (byte)(i % RoutersPerSegment + 1),
            Interface = $"eth{i / RoutersPerSegment}",
            Priority = priority,
            Interval = interval,
            Addresses = [.. Enumerable.Range(0, addressesEach).Select(n =>
                IpPrefix.Parse($"10.{80 + i / RoutersPerSegment}.{1 + n}.{i % RoutersPerSegment + 1}/16"))],
        });

    public void Dispose() => Run.Dispose();
}
