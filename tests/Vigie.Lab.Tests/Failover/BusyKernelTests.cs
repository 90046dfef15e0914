using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab.Tests.Scenes;
using Xunit;

namespace Vigie.Lab.Tests.Failover;

/// <summary>
/// The kernel's one lock for all network settings (rtnl), of every namespace, in the hands of another program for long:
/// whoever waited for it would be late with its advertisements.
/// </summary>
public sealed class BusyKernelTests
{
    // More in each round, until the lock was held for long enough: how many that takes depends on the machine.
    private const int Pairs = 2000;
    private const int MorePairsPerRound = 1000;
    private const int MostRounds = 6;
    // Whoever waits for so long is silent for longer than is allowed below.
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(250);

    [Fact]
    public void Nobody_is_late_while_another_program_holds_the_routing_lock()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        // A kernel that does not preempt itself removes them without a break, and keeps that processor from everybody, real-time or
        // not, for as long. What is tested is the lock, so that the two get a processor each.
        foreach (var (host, daemon) in new[] { (scene.Alpha, alpha), (scene.Beta, beta) })
            foreach (var pid in daemon.Process.Tree())
                host.Execute("taskset", "-a", "-p", "-c", $"{Environment.ProcessorCount - 1}", $"{pid}");
        var mac = scene.Alpha.Interface("eth0").Mac;
        var began = LabClock.Now;
        var longestHold = TimeSpan.Zero;
        for (var round = 0; round < MostRounds && longestHold < LongEnough; round++)
        {
            // A group of devices is deleted under one hold of the lock.
            scene.Gamma.Ip([.. Enumerable.Range(0, Pairs + round * MorePairsPerRound).Select(i => $"link add v{i} group 7 type veth peer name w{i} group 7")]);
            var delete = new Thread(() => scene.Gamma.Execute("taskset", "-c", "0", "ip", "link", "del", "group", "7"));
            delete.Start();
            while (delete.IsAlive)
                longestHold = Max(longestHold, Time(() => scene.Beta.Ip("link set lo up"))); // waits for the lock
        }

        Assert.True(longestHold >= LongEnough, $"the lock was never held for longer than {longestHold.TotalMilliseconds:0} ms, so that nothing was tested");
        var heard = scene.Ear.Since(began).Where(advertisement => advertisement.Mac == mac).ToList();
        var longestSilence = heard.Zip(heard.Skip(1), (one, next) => next.At - one.At).Max();
        Assert.True(longestSilence < 2.5 * scene.Setup.Interval, $"silent for {longestSilence.TotalMilliseconds:0} ms while the lock was held for {longestHold.TotalMilliseconds:0} ms");
        Assert.Equal(VirtualRouterState.Active, alpha.TryRouter("db")!.State);
        Assert.Equal(1, beta.TryRouter("db")!.Transitions);
        scene.AssertOnlyOwner(scene.Alpha);
    }

    private static TimeSpan Time(Action act)
    {
        var began = LabClock.Now;
        act();
        return LabClock.Now - began;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
