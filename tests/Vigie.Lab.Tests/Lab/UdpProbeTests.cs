using Vigie.Core.Net;
using Vigie.Lab.Faults;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Lab;

/// <summary>The probe tells the truth: nothing where nothing was broken, and what was broken for as long as it was.</summary>
public sealed class UdpProbeTests
{
    // What a loaded two-core machine may add to a measured time, beyond what the probe itself reports as its stall.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(30);

    [Theory]
    [InlineData(IpFamily.IPv4, 1.0)]
    [InlineData(IpFamily.IPv6, 1.0)]
    [InlineData(IpFamily.IPv4, 0.5)]
    public void Without_a_fault_nothing_is_lost(IpFamily family, double milliseconds)
    {
        using var lab = new TwoHostsAndClient();
        var vip = GiveVipTo(lab.Alpha, family);
        UdpEcho.Start(lab.Alpha, vip);

        var probe = UdpProbe.Start(lab.Client, vip, new UdpProbeOptions { Interval = TimeSpan.FromMilliseconds(milliseconds) });
        Condition.WaitFor("500 answers", () => probe.AnswersFrom("alpha") >= 500);
        var seen = probe.Stop();

        Assert.Equal(seen.Sent, seen.Answered);
        Assert.Equal(0, seen.Duplicates);
        Assert.Equal(0, seen.Reordered);
        Assert.Equal(0, seen.SendErrors);
        Assert.Equal("alpha", Assert.Single(seen.Runs).Host);
        Assert.True(seen.LongestGap()!.Length < seen.LongestStall + Tolerance, seen.ToString());
    }

    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    public void A_port_blocked_for_a_known_time_shows_as_an_outage_of_that_time(int milliseconds)
    {
        using var lab = new TwoHostsAndClient();
        var vip = GiveVipTo(lab.Alpha, IpFamily.IPv4);
        UdpEcho.Start(lab.Alpha, vip);
        var port = lab.Alpha.Interface("eth0");
        var probe = UdpProbe.Start(lab.Client, vip);
        probe.WaitForAnswerFrom("alpha", count: 50);

        var before = LabClock.Now;
        lab.Lan.Faults.Block(port);
        var blocked = LabClock.Now;
        Condition.WaitFor("the time of the fault", () => LabClock.Now - blocked >= TimeSpan.FromMilliseconds(milliseconds), every: TimeSpan.FromMilliseconds(1));
        var beforeUndo = LabClock.Now;
        lab.Lan.Faults.Unblock(port);
        var undone = LabClock.Now;
        probe.WaitForAnswerFrom("alpha", count: 50);
        var seen = probe.Stop();

        var gap = seen.LongestGap()!;
        Assert.InRange(gap.Length, beforeUndo - blocked, undone - before + gap.LongestStall + Tolerance);
        Assert.InRange(gap.Lost, 1, (int)(gap.Length / seen.Interval) + 1);
        Assert.Equal(seen.Lost, gap.Lost);
        Assert.True(gap.From >= before - gap.LongestStall - Tolerance && gap.To <= undone + gap.LongestStall + Tolerance, $"{before} {gap} {undone}");
    }

    [Theory]
    [InlineData(Direction.FromHost)]
    [InlineData(Direction.ToHost)]
    public void A_one_way_block_stops_the_answers_too(Direction direction)
    {
        using var lab = new TwoHostsAndClient();
        var vip = GiveVipTo(lab.Alpha, IpFamily.IPv4);
        var echo = UdpEcho.Start(lab.Alpha, vip);
        var probe = UdpProbe.Start(lab.Client, vip);
        probe.WaitForAnswerFrom("alpha");

        lab.Lan.Faults.Block(lab.Alpha.Interface("eth0"), direction);
        var questions = echo.Answered;
        var asked = probe.Snapshot().Sent;
        Condition.WaitFor("questions without answers", () => probe.Snapshot().Sent > asked + 100);
        var heard = echo.Answered - questions;
        lab.Lan.Faults.UndoAll();
        probe.WaitForAnswerFrom("alpha");

        Assert.True(probe.Stop().LongestGap()!.Lost >= 50);
        // Only what the host sends is cut: the questions still reach it.
        if (direction == Direction.FromHost)
            Assert.InRange(heard, 50, long.MaxValue);
        else
            Assert.InRange(heard, 0, 5);
    }

    [Fact]
    public void The_share_of_lost_frames_is_the_one_asked_for()
    {
        using var lab = new TwoHostsAndClient();
        var vip = GiveVipTo(lab.Alpha, IpFamily.IPv4);
        UdpEcho.Start(lab.Alpha, vip);
        var probe = UdpProbe.Start(lab.Client, vip, new UdpProbeOptions { Interval = TimeSpan.FromMilliseconds(0.5) });
        probe.WaitForAnswerFrom("alpha");

        lab.Lan.Faults.Lose(lab.Alpha.Interface("eth0"), 20, Direction.FromHost);
        var sentBefore = probe.Snapshot();
        Condition.WaitFor("2,000 questions", () => probe.Snapshot().Sent >= sentBefore.Sent + 2000);
        var seen = probe.Stop();

        var share = 100.0 * (seen.Lost - sentBefore.Lost) / (seen.Sent - sentBefore.Sent);
        Assert.InRange(share, 14, 26); // Six standard deviations around 20 %.
    }

    [Fact]
    public void A_move_from_one_host_to_another_shows_who_answered_when()
    {
        using var lab = new TwoHostsAndClient();
        var vip = GiveVipTo(lab.Alpha, IpFamily.IPv4);
        UdpEcho.Start(lab.Alpha, vip);
        UdpEcho.Start(lab.Beta, vip);
        var probe = UdpProbe.Start(lab.Client, vip);
        probe.WaitForAnswerFrom("alpha");

        lab.Alpha.Ip($"addr del {vip}/24 dev eth0");
        lab.Beta.Ip($"addr add {vip}/24 dev eth0");
        lab.Client.Ip("neigh flush dev eth0");
        probe.WaitForAnswerFrom("beta");
        var seen = probe.Stop();

        Assert.Equal(["alpha", "beta"], seen.Runs.Select(run => run.Host));
        Assert.Equal(0, seen.TwoOwnerMoments(TimeSpan.FromSeconds(1)));
        Assert.Equal(("alpha", "beta"), (seen.LongestGap()!.Before, seen.LongestGap()!.After));
        Assert.Equal(seen.Sent, seen.Runs.Sum(run => run.Answers) + seen.Lost);
    }

    [Fact]
    public void Two_hosts_that_answer_for_one_address_are_noticed()
    {
        using var lab = new TwoHostsAndClient();
        var vip = GiveVipTo(lab.Alpha, IpFamily.IPv4);
        GiveVipTo(lab.Beta, IpFamily.IPv4);
        UdpEcho.Start(lab.Alpha, vip);
        UdpEcho.Start(lab.Beta, vip);
        var probe = UdpProbe.Start(lab.Client, vip);

        foreach (var owner in new[] { lab.Alpha, lab.Beta, lab.Alpha, lab.Beta })
        {
            lab.Client.Ip($"neigh replace {vip} lladdr {owner.Interface("eth0").Mac} dev eth0");
            probe.WaitForAnswerFrom(owner.Name);
        }

        Assert.True(probe.Stop().TwoOwnerMoments(TimeSpan.FromSeconds(5)) >= 1);
    }

    [Fact]
    public void Each_side_of_a_partition_still_talks_within_itself()
    {
        using var lab = new ThreeHostsAndClient();
        var vip = GiveVipTo(lab.Alpha, IpFamily.IPv4);
        GiveVipTo(lab.Gamma, IpFamily.IPv4);
        UdpEcho.Start(lab.Alpha, vip);
        UdpEcho.Start(lab.Gamma, vip);

        lab.Lan.Faults.Partition([lab.Alpha.Interface("eth0"), lab.Beta.Interface("eth0")], [lab.Gamma.Interface("eth0"), lab.Client.Interface("eth0")]);
        var left = UdpProbe.Start(lab.Beta, vip);
        var right = UdpProbe.Start(lab.Client, vip);
        left.WaitForAnswerFrom("alpha", count: 100);
        right.WaitForAnswerFrom("gamma", count: 100);

        Assert.Equal("alpha", Assert.Single(left.Stop().Runs).Host);
        Assert.Equal("gamma", Assert.Single(right.Stop().Runs).Host);
    }

    [Fact]
    public void A_link_that_goes_down_and_up_keeps_the_real_addresses()
    {
        using var lab = new TwoHostsAndClient();
        UdpEcho.Start(lab.Alpha, lab.Alpha.IPv6);
        var probe = UdpProbe.Start(lab.Client, lab.Alpha.IPv6);
        probe.WaitForAnswerFrom("alpha");

        lab.Alpha.LinkDown();
        var down = probe.AnswersFrom("alpha");
        lab.Alpha.LinkUp();
        probe.WaitForAnswerFrom("alpha");
        lab.Lan.Faults.LinkDown(lab.Alpha.Interface("eth0"));
        lab.Lan.Faults.UndoAll();
        probe.WaitForAnswerFrom("alpha");

        Assert.True(probe.AnswersFrom("alpha") > down);
    }

    private static IpAddress GiveVipTo(LabHost host, IpFamily family)
    {
        var vip = family == IpFamily.IPv4 ? TwoHostsAndClient.Vip4 : TwoHostsAndClient.Vip6;
        host.Ip($"addr add {vip} dev eth0{(family == IpFamily.IPv6 ? " nodad" : "")}");
        return vip.Address;
    }
}
