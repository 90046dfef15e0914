using System.Collections.Immutable;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Daemon.ControlSide;
using Vigie.Daemon.GuardianSide;
using Vigie.Linux;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Vigie.Node.Routers;
using Xunit;
using NodeSidePeerFilter = Vigie.Daemon.NodeSide.PeerFilter;
using LatenessBucket = Vigie.Contract.LatenessBucket;

namespace Vigie.Daemon.Tests.ControlSide;

/// <summary>What the node tells becomes the document that is served.</summary>
public sealed class StatusTextTests
{
    private static readonly Dictionary<string, long> NothingFiltered = [];

    [Fact]
    public void What_the_node_counts_for_the_whole_host_is_shown()
    {
        var status = new StatusText(new WallClock(), () => default, () => NothingFiltered).Describe(Answer(Clock.Now()));

        Assert.Equal((4, 5), (status.UnknownVrid, status.LostMessages));
        Assert.Equal((7, 100, 2), (status.Lateness.Count, status.Lateness.Max, status.Lateness.Late));
        Assert.Equal(status.Started, status.Lateness.Since);
        Assert.Equal([new LatenessBucket(3, 6), new LatenessBucket(103, 1)], status.Lateness.Buckets);
    }

    [Fact]
    public void Both_processes_are_shown_with_what_they_used()
    {
        var status = new StatusText(new WallClock(), () => default, () => NothingFiltered).Describe(Answer(Clock.Now()));

        var node = status.NodeProcess!;
        Assert.Equal((Environment.ProcessId, 6L, 8), (node.Pid, node.AllocatedBytes, node.Collections));
        Assert.InRange(node.ResidentBytes, 1, long.MaxValue);
        Assert.InRange(node.CpuSeconds, 0.01, double.MaxValue);
        Assert.InRange(status.ControlProcess!.AllocatedBytes, 1, long.MaxValue);
    }

    [Fact]
    public void The_guardian_is_shown_once_it_has_reported()
    {
        var silent = new StatusText(new WallClock(), () => default, () => NothingFiltered).Describe(Answer(Clock.Now()));
        var told = new StatusText(new WallClock(), () => new GuardianSnapshot(10, 11, 1, 2, 3, true, 4), () => NothingFiltered).Describe(Answer(Clock.Now()));

        Assert.Null(silent.Guardian);
        Assert.Equal(
            new GuardianStatus { Pid = 10, NodePid = 11, NodeRestarts = 1, NodeKills = 2, AdvertisementsCovered = 3, Covering = true, ControlRestarts = 4 },
            told.Guardian);
    }

    [Fact]
    public void Strangers_that_the_kernel_threw_away_are_counted_with_those_that_the_node_dropped()
    {
        var asked = 0;
        var text = new StatusText(new WallClock(), () => default, () =>
        {
            asked++;
            return new Dictionary<string, long> { [NodeSidePeerFilter.Counter("db")] = 7 };
        });
        var answer = Answer(Clock.Now());
        Assert.Empty(text.Describe(answer).VirtualRouters[0].Advertisements.Dropped);
        Assert.Equal(0, asked); // without peers there are no rules

        var drops = new long[DropCounters.Length];
        drops[(int)DropReason.UnknownPeer] = 2;
        var router = answer.Routers[0] with { Peers = [Core.Net.IpAddress.Parse("10.77.0.2")], Drops = [.. drops] };
        var dropped = text.Describe(answer with { Routers = [router] }).VirtualRouters[0].Advertisements.Dropped;
        Assert.Equal([new("unknown_peer", 9)], dropped);
    }

    [Fact]
    public void A_hold_on_preemption_is_shown_while_it_lasts_and_not_for_an_Active()
    {
        var text = new StatusText(new WallClock(), () => default, () => NothingFiltered);
        var answer = Answer(Clock.Now());
        var held = answer.Routers[0] with { PreemptionHeldUntil = Clock.Now() + TimeSpan.FromMinutes(1) };
        VirtualRouterStatus Show(RouterStatus router) => text.Describe(answer with { Routers = [router] }).VirtualRouters[0];

        Assert.InRange(Show(held).PreemptionHeldUntil!.Value - DateTimeOffset.UtcNow, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));
        Assert.Contains("leaves it to whoever serves", Show(held).Reason, StringComparison.Ordinal);
        Assert.Null(Show(held with { State = RouterState.Active }).PreemptionHeldUntil);
        Assert.Null(Show(held with { PreemptionHeldUntil = Clock.Now() }).PreemptionHeldUntil);
        Assert.Null(Show(answer.Routers[0]).PreemptionHeldUntil);
    }

    [Fact]
    public void A_process_that_the_kernel_does_not_show_is_still_named()
    {
        var figures = ProcessFigures.Of(int.MaxValue, 1, 2);

        Assert.Equal(new ProcessStatus { Pid = int.MaxValue, AllocatedBytes = 1, Collections = 2 }, figures);
    }

    [Fact]
    public void The_time_of_a_change_is_the_same_in_every_status_and_in_its_event()
    {
        var clock = new WallClock();
        var text = new StatusText(clock, () => default, () => NothingFiltered);
        var since = Clock.Now();
        var told = EventText.Describe(new NodeEvent { Kind = NodeEventKind.StateChanged, At = since, State = RouterState.Backup }, "db", clock).Time;

        var seen = Enumerable.Range(0, 100).Select(_ => text.Describe(Answer(since)).VirtualRouters[0].Since).Distinct();

        Assert.Equal([told], seen);
    }

    [Fact]
    public void A_clock_that_is_asked_for_too_many_moments_forgets_those_that_nobody_asks_for()
    {
        var clock = new WallClock();
        var kept = clock.At(Instant.Zero);

        for (var i = 1; i < 5 * WallClock.Remembered; i++)
        {
            clock.At(new Instant(i));
            if (i % 1000 == 0)
                Assert.Equal(kept, clock.At(Instant.Zero));
        }

        Assert.InRange(clock.Count, WallClock.Remembered, 2 * WallClock.Remembered);
    }

    private static StatusAnswer Answer(Instant since)
    {
        var router = new RouterStatus
        {
            Name = "db", Interface = "eth0", State = RouterState.Backup, Since = since, Addresses = [], Families = [], Peers = [],
            Drops = ImmutableArray.Create(new long[DropCounters.Length]),
        };
        return new StatusAnswer(
            new NodeStatus("alpha", 1, true, true, since, since, 4, 5, 6, 8, Environment.ProcessId),
            new HostLateness(new LatenessStatus(7, 3, 100, 100, 100, 2), [new(3, 6), new(103, 1)]), [router]);
    }
}
