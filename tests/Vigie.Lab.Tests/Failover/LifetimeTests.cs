using System.Collections.Immutable;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Probes;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// Everything of ours is killed on the owner and nothing releases its addresses: the kernel lets them go by itself, not
/// before the slowest of all Backups (priority 1) serves, and not long after. Most of the time is waiting, so that many
/// intervals are tried at once.
/// </summary>
public sealed class LifetimeTests
{
    private static readonly TimeSpan Sweep = TimeSpan.FromMilliseconds(500);

    /// <summary>The kernel sweeps at most once a second, and a busy machine is no fault of the product.</summary>
    private const int Slack = 10;

    [Fact]
    public void At_short_intervals() => Together(new(3, 0.01, 2), new(3, 0.02, 2), new(3, 0.05, 2), new(3, 0.1, 2), new(3, 0.25, 2));

    [Fact]
    public void At_long_intervals() => Together(new(3, 0.5, 4), new(3, 1, 6), new(2, 1, 6), new(3, 2, 10), new(3, 5, 22));

    [Fact]
    [Trait("Category", "long")]
    public void At_the_longest_intervals() => Together(new(3, 10, 42), new(2, 10, 42), new(3, 20, 82), new(3, 40.95, 166));

    private static void Together(params Case[] cases)
    {
        var drills = new List<Drill>();
        try
        {
            foreach (var one in cases)
                drills.Add(new Drill(one));
            Task.WaitAll([.. drills.Select(drill => Task.Factory.StartNew(drill.WaitUntilSettled, TaskCreationOptions.LongRunning))]);
            Task.WaitAll([.. drills.Select(drill => Task.Factory.StartNew(drill.KillAndJudge, TaskCreationOptions.LongRunning))]);
        }
        finally
        {
            foreach (var drill in drills)
                drill.Dispose();
        }
    }

    /// <summary>The lifetime is said here once more, so that a mistake in it does not excuse itself.</summary>
    private sealed record Case(int Version, double Interval, int Lifetime);

    private sealed class Drill : IDisposable
    {
        private readonly Case _case;
        private readonly VipScene _scene;
        private readonly VigieDaemon _alpha;
        private readonly VigieDaemon _beta;
        private ImmutableArray<UdpProbe> _probes = [];

        public Drill(Case one)
        {
            _case = one;
            string[] addresses = one.Version == 2 ? ["10.77.0.100/24", "10.77.0.101/24"]
                : ["10.77.0.100/24", "10.77.0.101/24", "fd77::100/64", "fd77::101/64"];
            _scene = new VipScene(new VirtualRouterSetup
            {
                Version = one.Version, Interval = TimeSpan.FromSeconds(one.Interval), Addresses = [.. addresses.Select(IpPrefix.Parse)],
            });
            // The owner does not listen first: at the longest intervals that would take two minutes.
            _alpha = _scene.Start(_scene.Alpha, 255);
            _beta = _scene.Start(_scene.Beta, 1);
        }

        public void WaitUntilSettled()
        {
            _alpha.WaitForState("db", VirtualRouterState.Active, TimeSpan.FromSeconds(30));
            _beta.WaitForRouter("db", "to know the Active", router => router is { State: VirtualRouterState.Backup, Active: not null },
                TimeSpan.FromSeconds(30) + 2 * _scene.Setup.Interval);
            // One for each family is enough, and slowly: there are many of these.
            _probes =
            [
                .. _scene.Vips.GroupBy(vip => vip.Family).Select(family => UdpProbe.Start(_scene.Client, family.First(), new UdpProbeOptions
                {
                    Interval = TimeSpan.FromMilliseconds(10), MaximumDuration = TimeSpan.FromMinutes(10),
                })),
            ];
            foreach (var probe in _probes)
                probe.WaitForAnswerFrom("alpha");
        }

        public void KillAndJudge()
        {
            var beta = _scene.Beta.Interface("eth0").Mac;
            var killed = LabClock.Now;
            _alpha.Kill();
            Assert.Equal(_scene.Vips.Order(), _scene.Alpha.Addresses().Where(vip => _scene.Vips.Contains(vip)).Order());

            var lastSeen = new Dictionary<IpAddress, Instant>();
            Condition.WaitFor("the kernel to remove the VIPs", () => !See(lastSeen), TimeSpan.FromSeconds(_case.Lifetime + 10), TimeSpan.FromMilliseconds(10));

            var word = _scene.Ear.Since(killed).FirstOrDefault(heard => heard.Mac == beta);
            Assert.True(word is not null, $"{_case}: gone, and no Backup has taken over");
            foreach (var (vip, at) in lastSeen)
            {
                Assert.True(at >= word.At, $"{_case}: {vip} was gone {(word.At - at).TotalMilliseconds} ms before the Backup took over");
                Assert.True(at - killed <= TimeSpan.FromSeconds(_case.Lifetime) + Slack * Sweep, $"{_case}: {vip} stood {at - killed} after the kill");
            }

            foreach (var probe in _probes)
            {
                probe.WaitForAnswerFrom("beta");
                var seen = probe.Snapshot();
                var gap = seen.LongestGap(killed, Instant.Never)!;
                Assert.True(gap.Length <= TimeSpan.FromMilliseconds(200) + 2 * gap.LongestStall, $"{_case}: {gap}; {seen}");
            }

            Assert.Equal(_scene.Vips.Order(), _scene.Beta.Addresses().Where(vip => _scene.Vips.Contains(vip)).Order());
        }

        public void Dispose() => _scene.Dispose();

        private bool See(Dictionary<IpAddress, Instant> lastSeen)
        {
            var now = LabClock.Now;
            var held = _scene.Alpha.Addresses().Where(vip => _scene.Vips.Contains(vip)).ToList();
            foreach (var vip in held)
                lastSeen[vip] = now;
            return held.Count > 0;
        }
    }
}
