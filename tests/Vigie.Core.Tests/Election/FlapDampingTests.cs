using Vigie.Core.Election;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>A host that keeps losing the role by its own fault leaves it to whoever serves, for a growing while.</summary>
public sealed class FlapDampingTests
{
    [Fact]
    public void Two_losses_cost_nothing_and_each_further_one_doubles_the_hold_up_to_ten_minutes()
    {
        var damping = new FlapDamping();
        var now = new Instant(1_000_000_000);
        var holds = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            damping.OnRoleLost(now);
            holds.Add(damping.HeldUntil == Instant.Zero ? 0 : (damping.HeldUntil - now).TotalSeconds);
            now += TimeSpan.FromSeconds(1);
        }

        Assert.Equal([0, 0, 30, 60, 120, 240, 480, 600, 600], holds);
    }

    [Fact]
    public void Another_process_goes_on_where_the_last_one_ended()
    {
        var damping = new FlapDamping();
        var now = new Instant(1_000_000_000);
        for (var i = 0; i < 3; i++)
            damping.OnRoleLost(now);

        var successor = new FlapDamping();
        successor.Remember(damping.Record);
        Assert.Equal(now + FlapDamping.FirstHold, successor.HeldUntil);
        successor.OnRoleLost(now);
        damping.OnRoleLost(now);

        Assert.Equal(now + 2 * FlapDamping.FirstHold, successor.HeldUntil);
        Assert.Equal(damping.Record, successor.Record);
        successor.Remember(default);
        Assert.Equal(new FlapDamping().Record, successor.Record);
    }

    [Fact]
    public void Half_an_hour_without_a_loss_forgets_them_all()
    {
        var damping = new FlapDamping();
        var now = Instant.Zero;
        for (var i = 0; i < 4; i++)
            damping.OnRoleLost(now);
        var held = damping.HeldUntil;

        damping.OnRoleLost(now + FlapDamping.Memory);

        Assert.Equal(held, damping.HeldUntil);
    }

    [Fact]
    public void A_refused_address_holds_preemption_at_once_and_longer_each_time()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 50);
        scene.Wake();
        scene.AddressesFailed();
        scene.Wake(); // the hold-down of the fault is over
        Assert.Equal(Backup, scene.State);

        // 25 s are left of the hold. Until then the lower Active is followed.
        for (var i = 0; i < 25; i++)
        {
            Assert.Equal(Outcome.Nothing, scene.Hear(priority: 50).Effects);
            Assert.True(scene.Wait > TimeSpan.FromSeconds(3));
            scene.After(1);
        }

        scene.Hear(priority: 50);
        Assert.Equal("send 100, Active (Preempted), acquire", scene.Wake().Effects);
        scene.AddressesFailed();
        Assert.Equal(scene.Now + TimeSpan.FromSeconds(60), scene.Router.PreemptionHeldUntil);
    }

    [Fact]
    public void A_hold_never_delays_a_takeover_from_an_Active_that_is_silent_or_resigns()
    {
        foreach (var resigns in new[] { false, true })
        {
            var scene = ElectionScene.Backup();
            scene.Wake();
            scene.AddressesFailed();
            scene.Wake();
            scene.Hear(priority: 50);
            var began = scene.Now;
            if (resigns)
                scene.Hear(priority: 0);

            Assert.Equal($"send 100, Active ({(resigns ? "ActiveResigned" : "ActiveSilent")}), acquire", scene.Wake().Effects);
            Assert.True(scene.Now - began < TimeSpan.FromSeconds(4));
            Assert.True(scene.Router.PreemptionHeldUntil > scene.Now);
        }
    }

    [Fact]
    public void A_link_that_flaps_is_damped_from_the_third_time()
    {
        var scene = ElectionScene.Backup();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(Instant.Zero, scene.Router.PreemptionHeldUntil);
            scene.Hear(priority: 50);
            Assert.Equal("send 100, Active (Preempted), acquire", scene.Wake().Effects);
            scene.LoseInterface(TransitionReason.InterfaceDown);
            scene.Start();
        }

        Assert.Equal(scene.Now + FlapDamping.FirstHold, scene.Router.PreemptionHeldUntil);
    }

    [Fact]
    public void Yielding_to_a_better_Active_is_no_fault_of_ours()
    {
        var scene = ElectionScene.Backup();
        for (var i = 0; i < 5; i++)
        {
            scene.Hear(priority: 200);
            scene.Wake();
            scene.AddressesReady();
            scene.Hear(priority: 200);
        }

        Assert.Equal((Backup, Instant.Zero), (scene.State, scene.Router.PreemptionHeldUntil));
    }

    [Fact]
    public void Other_settings_lift_the_hold()
    {
        var scene = ElectionScene.Backup();
        scene.Wake();
        scene.AddressesFailed();
        Assert.NotEqual(Instant.Zero, scene.Router.PreemptionHeldUntil);

        scene.Reconfigure(ElectionScene.Config(priority: 120));

        Assert.Equal(Instant.Zero, scene.Router.PreemptionHeldUntil);
    }

    [Fact]
    public void Also_where_a_lower_Active_was_heard_and_left_alone_before()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(priority: 50);
        scene.Wake();
        scene.AddressesFailed();
        scene.Wake(); // the hold-down of the fault is over
        scene.Hear(priority: 50);

        scene.After(0.5).Reconfigure(ElectionScene.Config(priority: 120));
        scene.After(0.5).Hear(priority: 50);

        Assert.Equal("send 120, Active (Preempted), acquire", scene.Wake().Effects);
    }
}
