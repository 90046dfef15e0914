using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;

namespace Vigie.Bench.Steady;

//   alpha (150)         beta (100)          gamma (50)          client
//     | eth0              | eth0              | eth0              | eth0: asks, records
//   ==+===================+===================+===================+==  lan

/// <summary>Three hosts with one of the programs and nothing that happens to them, and what is seen of them.</summary>
internal sealed class SteadyScene : IDisposable
{
    private static readonly byte[] Priorities = [150, 100, 50];

    private readonly ThreeHostsAndClient _lab = new();
    private readonly List<Contestant.Running> _running = [];
    private readonly TimeSpan _interval;
    private readonly TimeSpan _duration;
    private UdpProbe? _probe;
    private WireCapture? _capture;
    private Instant _from;
    private long _transitions;

    public SteadyScene(Contestant contestant, TimeSpan interval, TimeSpan duration)
    {
        (_interval, _duration) = (interval, duration);
        var setup = new VirtualRouterSetup { Interval = interval }.OnlyFamily(IpFamily.IPv4);
        foreach (var (host, priority) in _lab.Competitors.Zip(Priorities))
        {
            UdpEcho.Start(host, TwoHostsAndClient.Vip4.Address);
            _running.Add(contestant.Start(host, setup with { Priority = priority }));
        }
    }

    public LabHost Client => _lab.Client;

    /// <summary>Waits until the first host serves, then watches.</summary>
    public void Begin()
    {
        _probe = UdpProbe.Start(Client, TwoHostsAndClient.Vip4.Address, new UdpProbeOptions { MaximumDuration = _duration + TimeSpan.FromMinutes(2) });
        // Whoever was faster at the start has given the role away by then.
        _probe.WaitForAnswerFrom(_lab.Alpha.Name, count: 1000);
        Condition.WaitFor("alpha alone to hold the VIP", () => _lab.Competitors.All(host => host.Holds(TwoHostsAndClient.Vip4.Address) == (host == _lab.Alpha)));
        _capture = WireCapture.Start(Client, "proto 112");
        _from = LabClock.Now;
        _transitions = Transitions();
    }

    public SteadySeen End()
    {
        if (_probe is null || _capture is null)
            throw new InvalidOperationException("it has not begun");
        var to = LabClock.Now;
        var frames = _capture.Stop();
        var seen = _probe.Stop();
        var owner = _lab.Alpha.Interface("eth0").Mac;
        var (takeovers, gaps, longest, last) = (0, 0, TimeSpan.Zero, owner);
        Instant? before = null;
        foreach (var frame in frames)
        {
            if (Sightings.Advertisement(frame) is not (_, > 0))
                continue;
            if (frame.Source != last && frame.Source != owner)
                takeovers++;
            last = frame.Source;
            if (before is { } earlier)
            {
                var gap = frame.At - earlier;
                gaps += gap > 3 * _interval ? 1 : 0;
                longest = gap > longest ? gap : longest;
            }

            before = frame.At;
        }

        var silence = seen.LongestGap(_from, to) is { } quiet ? quiet.Length - quiet.LongestStall : to - _from;
        return new SteadySeen(frames.Count, takeovers, gaps, longest, seen.Sent, seen.Lost, silence > TimeSpan.Zero ? silence : TimeSpan.Zero)
        {
            OwnTransitions = Transitions() - _transitions,
            Covered = Documents().Sum(document => document.Guardian?.AdvertisementsCovered ?? 0),
        };
    }

    public void Dispose() => _lab.Dispose();

    private long Transitions() => Documents().Sum(document => document.VirtualRouters.Sum(router => router.Transitions));

    private IEnumerable<StatusDocument> Documents() => _running.Select(running => running.Daemon?.Status()).OfType<StatusDocument>();
}
