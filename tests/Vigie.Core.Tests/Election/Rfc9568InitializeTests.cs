using Vigie.Core.Election;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>RFC 9568 6.4.1, the Initialize state: a test per clause.</summary>
public sealed class Rfc9568InitializeTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    [Fact]
    public void Nothing_happens_before_Startup()
    {
        var scene = ElectionScene.Initialize();

        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, null), scene.After(3600).WakeNow());
    }

    [Fact]
    public void An_advertisement_before_Startup_changes_nothing()
    {
        var scene = ElectionScene.Initialize();

        Assert.Equal(new Outcome(Outcome.Nothing, Initialize, null), scene.Hear(priority: 1));
    }

    [Fact]
    public void Startup_of_the_address_owner_sends_an_advertisement_sets_the_Adver_Timer_and_is_Active()
    {
        var scene = ElectionScene.Initialize(priority: 255, seconds: 0.1);

        Assert.Equal(new Outcome("send 255, Active (AddressOwner), acquire", Active, TimeSpan.FromMilliseconds(100)), scene.Start());
    }

    [Fact]
    public void The_address_owner_announces_every_address_once_the_kernel_holds_them()
    {
        var scene = ElectionScene.Initialize(priority: 255);
        scene.Start();

        Assert.Equal(new Outcome("announce", Active, OneSecond), scene.AddressesReady());
    }

    [Fact]
    public void Startup_of_any_other_router_is_Backup_for_Active_Down_Interval()
    {
        var scene = ElectionScene.Initialize(priority: 100);

        var outcome = scene.Start();

        // 3 s + (256 - 100) / 256 s
        Assert.Equal(new Outcome("Backup (Startup), release", Backup, TimeSpan.FromTicks(36_093_750)), outcome);
    }

    [Fact]
    public void Startup_takes_our_own_interval_for_that_of_the_Active()
    {
        var scene = ElectionScene.Initialize(priority: 100, seconds: 0.25);

        scene.Start();

        Assert.Equal(TimeSpan.FromMilliseconds(250), scene.Router.ActiveAdverInterval(Net.IpFamily.IPv4));
    }

    [Fact]
    public void What_was_heard_before_Startup_does_not_shorten_the_first_wait()
    {
        var scene = ElectionScene.Initialize(priority: 100);
        scene.Hear(priority: 0);
        scene.Hear(priority: 90, seconds: 0.01);

        Assert.Equal(TimeSpan.FromTicks(36_093_750), scene.Start().Wait);
    }

    [Fact]
    public void A_second_Startup_changes_nothing()
    {
        var scene = ElectionScene.Backup();

        Assert.Equal(new Outcome(Outcome.Nothing, Backup, TimeSpan.FromTicks(36_093_750) - OneSecond), scene.After(1).Start());
    }
}
