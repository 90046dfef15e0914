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
    private const int Pairs = 2000;
    private const int Rounds = 3;
    // Three intervals: whoever was silent for as long would have lost the role.
    private static readonly TimeSpan LongEnough = TimeSpan.FromMilliseconds(300);

    [Fact]
    public void Nobody_is_late_while_another_program_holds_the_routing_lock()
    {
        using var scene = new VipScene();
        var (alpha, beta) = scene.StartPair();
        var mac = scene.Alpha.Interface("eth0").Mac;
        var began = LabClock.Now;
        var longestHold = TimeSpan.Zero;
        for (var round = 0; round < Rounds; round++)
        {
            // A group of devices is deleted under one hold of the lock.
            scene.Gamma.Ip([.. Enumerable.Range(0, Pairs).Select(i => $"link add v{i} group 7 type veth peer name w{i} group 7")]);
            var delete = new Thread(() => scene.Gamma.Ip("link del group 7"));
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
