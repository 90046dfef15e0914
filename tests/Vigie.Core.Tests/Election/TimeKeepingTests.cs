using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Election;

/// <summary>A host that cannot keep time leaves the role to one that can: docs/decisions/0011-time-that-cannot-be-kept.md.</summary>
public sealed class TimeKeepingTests
{
    private const string Resigns = "send 0, hush, Backup (CannotKeepTime)";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Span = TimeKeeping.Span(Interval);
    private static readonly Instant Beginning = new(1_000_000_000_000);

    [Theory]
    [InlineData(10, 500)]
    [InlineData(50, 500)]
    [InlineData(60, 600)]
    [InlineData(200, 2000)]
    [InlineData(1000, 2000)]
    [InlineData(1010, 2020)]
    public void A_span_is_ten_intervals_half_a_second_to_two_seconds_and_two_intervals_at_least(int interval, int expected) =>
        Assert.Equal(TimeSpan.FromMilliseconds(expected), TimeKeeping.Span(TimeSpan.FromMilliseconds(interval)));

    [Fact]
    public void Time_is_lost_with_fifteen_late_spans_of_twenty_and_kept_again_with_five()
    {
        var time = new TimeKeeping();
        var now = Beginning;
        for (var late = 1; late <= TimeKeeping.LostAt; late++, now += Span)
        {
            Assert.False(time.IsLost);
            time.OnLate(now, Interval, Interval);
        }

        Assert.True(time.IsLost);
        var lastLate = now - Span;
        for (var good = 1; good < TimeKeeping.Spans - TimeKeeping.KeptAgainAt; good++)
        {
            time.Look(lastLate + good * Span, Interval);
            Assert.True(time.IsLost);
        }

        time.Look(lastLate + (TimeKeeping.Spans - TimeKeeping.KeptAgainAt) * Span, Interval);
        Assert.False(time.IsLost);
    }

    [Fact]
    public void Another_process_goes_on_where_the_last_one_ended()
    {
        var time = new TimeKeeping();
        var now = Beginning;
        for (var late = 1; late < TimeKeeping.LostAt; late++, now += Span)
            time.OnLate(now, Interval, Interval);
        var record = time.Record(lastResort: true);
        time.Look(now + Span, Interval);
        Assert.Equal(record, time.Record(lastResort: true)); // two good spans are no other memory

        var successor = new TimeKeeping();
        successor.Remember(record);

        Assert.Equal((TimeKeeping.LostAt - 1, false), (successor.LateSpans, successor.IsLost));
        successor.OnLate(now + 2 * Span, Interval, Interval);
        time.OnLate(now + 2 * Span, Interval, Interval);
        Assert.True(successor.IsLost);
        Assert.Equal(time.Record(false), successor.Record(false));
        var third = new TimeKeeping();
        third.Remember(successor.Record(false));
        Assert.True(third.IsLost);
        third.Look(now + 30 * Span, Interval);
        Assert.Equal((0, false, default), (third.LateSpans, third.IsLost, third.Record(false)));
        third.Remember(default);
        Assert.Equal((0, false), (third.LateSpans, third.IsLost));
    }

    [Fact]
    public void One_span_is_late_once_however_often_it_was()
    {
        var time = new TimeKeeping();
        for (var i = 0; i < 100; i++)
            time.OnLate(Beginning + i * Span / 100, Interval, Interval);

        Assert.Equal((1, false), (time.LateSpans, time.IsLost));
    }

    [Fact]
    public void Late_spans_with_many_good_ones_between_them_are_never_too_many()
    {
        var time = new TimeKeeping();
        for (var i = 0; i < 1000; i++)
        {
            if (i % 3 != 0)
                time.OnLate(Beginning + i * Span, Interval, Interval);
            Assert.InRange(time.LateSpans, 0, 14);
        }

        Assert.False(time.IsLost);
    }

    [Fact]
    public void A_span_is_late_when_a_quarter_of_it_was()
    {
        var time = new TimeKeeping();
        var tick = TimeSpan.FromTicks(1);
        time.OnLate(Beginning, Span / 8, Interval);
        time.OnLate(Beginning + Span / 4, Span / 8 - tick, Interval);
        Assert.Equal(0, time.LateSpans);
        time.OnLate(Beginning + Span / 2, tick, Interval);
        Assert.Equal(1, time.LateSpans);
        time.OnLate(Beginning + Span, Span / 4 - tick, Interval);
        Assert.Equal(1, time.LateSpans);
    }

    [Fact]
    public void A_busy_host_that_is_late_by_a_little_all_the_time_keeps_its_role()
    {
        var scene = ElectionScene.Active(seconds: 0.01);
        for (var i = 0; i < 10_000; i++)
            Late(scene, i % 5 == 0 ? 0.008 : 0);

        Assert.Equal((Active, false), (scene.State, scene.Router.IsTimeLost));
    }

    [Theory]
    [InlineData(0.6)]
    [InlineData(30)]
    [InlineData(86_400)]
    public void A_single_stall_however_long_is_one_late_span(double seconds)
    {
        var scene = ElectionScene.Active();
        Late(scene, seconds);

        Assert.Equal((Active, false), (scene.State, scene.Router.IsTimeLost));
        for (var i = 0; i < 100; i++)
            Assert.Equal("send 100", Awake(scene, 0).Effects);
    }

    [Fact]
    public void A_stall_that_ends_a_bad_time_ends_it_for_good()
    {
        var scene = ElectionScene.Active();
        LoseTime(scene, 14);
        Late(scene, 100);

        Assert.Equal((Active, false), (scene.State, scene.Router.IsTimeLost));
    }

    [Fact]
    public void An_Active_that_is_late_in_fifteen_spans_leaves_as_planned_and_holds_preemption()
    {
        var scene = ElectionScene.Active();
        LoseTime(scene, TimeKeeping.LostAt - 1);
        Assert.Equal((Active, false), (scene.State, scene.Router.IsLeaving));

        Assert.Equal(new Outcome(Resigns, Backup, TimeSpan.FromSeconds(3)), Late(scene));
        Assert.True(scene.Router.IsLeaving);
        Assert.Equal(scene.Now + FlapDamping.FirstHold, scene.Router.PreemptionHeldUntil);
        Assert.Equal(TransitionReason.CannotKeepTime, scene.Router.Reason);
        Assert.Equal("mute IPv4", scene.After(0.6).Hear(priority: 50).Effects);
        Assert.Equal("close, release", scene.Wake().Effects);
    }

    [Fact]
    public void Half_an_interval_late_is_in_time()
    {
        var scene = ElectionScene.Active();
        for (var i = 0; i < 200; i++)
            Assert.Equal("send 100", Awake(scene, 0.5).Effects);
    }

    [Fact]
    public void With_nobody_else_it_keeps_the_role_and_does_not_ask_again_while_it_is_late()
    {
        var scene = ElectionScene.Active();
        LoseTime(scene, TimeKeeping.LostAt);
        Assert.Equal("send 100, Active (NoSuccessor), acquire", Awake(scene, 0).Effects);

        // Longer than the hold, and than the longest one.
        for (var i = 0; i < 500; i++)
            Assert.Equal(Active, Late(scene).State);
    }

    [Fact]
    public void When_it_has_been_in_time_for_long_it_may_leave_again_but_not_before_the_hold_is_over()
    {
        var scene = ElectionScene.Active(seconds: 0.01);
        while (scene.State == Active)
            Late(scene, 0.24);
        Awake(scene, 0);
        var held = scene.Router.PreemptionHeldUntil;
        while (scene.Router.IsTimeLost)
            Awake(scene, 0);
        while (scene.State == Active)
            Late(scene, 0.24);

        Assert.True(scene.Now >= held);
        Assert.Equal(TransitionReason.CannotKeepTime, scene.Router.Reason);
        Assert.Equal(scene.Now + 2 * FlapDamping.FirstHold, scene.Router.PreemptionHeldUntil);
    }

    [Fact]
    public void An_address_owner_and_a_drained_host_do_not_leave_for_it()
    {
        var owner = ElectionScene.Active(priority: 255);
        LoseTime(owner, 100);
        Assert.Equal((Active, true), (owner.State, owner.Router.IsTimeLost));

        var drained = ElectionScene.Active();
        drained.StandAside(AsideCause.Drain);
        Assert.Equal("send 1, Active (NoSuccessor), acquire", drained.Wake().Effects);
        LoseTime(drained, 100);
        Assert.Equal((Active, true), (drained.State, drained.Router.IsTimeLost));
    }

    [Fact]
    public void A_Backup_that_cannot_keep_time_does_not_preempt_until_it_can()
    {
        var scene = LateBackup();
        for (var i = 0; i < 10; i++)
        {
            scene.Router.OnUnattended(scene.After(2).Now, Interval);
            scene.Hear(priority: 50);
            Assert.True(scene.Wait > TimeSpan.FromSeconds(3));
        }

        for (var i = 0; scene.Router.IsTimeLost; i++)
        {
            Assert.True(i < 2 * TimeKeeping.Spans);
            scene.Router.OnAwake(scene.After(1).Now);
            scene.Hear(priority: 50);
        }

        while (scene.Wait > TimeSpan.FromSeconds(1))
        {
            scene.Router.OnAwake(scene.After(1).Now);
            scene.Hear(priority: 50);
        }

        Assert.Equal("send 100, Active (Preempted), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_Backup_that_cannot_keep_time_lets_every_other_one_go_first()
    {
        var scene = LateBackup(priority: 254);

        Assert.Equal(TimeSpan.FromTicks(9_960_937), scene.Hear(priority: 0).Wait); // Skew_Time of priority 1
        Assert.Equal(TimeSpan.FromTicks(39_960_937), scene.Hear(priority: 255).Wait); // its Active_Down_Interval
    }

    [Fact]
    public void A_role_that_nobody_in_time_wanted_is_taken_and_kept()
    {
        var scene = LateBackup();
        scene.Hear(priority: 0);
        Assert.Equal("send 100, Active (ActiveResigned), acquire", scene.Wake().Effects);

        for (var i = 0; i < 500; i++)
            Assert.Equal(Active, Late(scene).State);
    }

    [Fact]
    public void Other_settings_begin_a_new_reckoning()
    {
        var scene = ElectionScene.Active();
        LoseTime(scene, TimeKeeping.LostAt - 1);
        scene.Reconfigure(ElectionScene.Config(seconds: 2));
        Late(scene, 1.5);

        Assert.Equal((Active, false), (scene.State, scene.Router.IsTimeLost));
    }

    [Fact]
    public void What_an_operator_asks_for_comes_before_it()
    {
        var scene = LateBackup(priority: 150, preempt: PreemptConfig.Never);
        scene.Return();
        scene.Hear(priority: 100, from: ElectionScene.Lower);

        Assert.Equal("send 150, Active (Preempted), acquire", scene.Wake().Effects);
    }

    private static ElectionScene LateBackup(byte priority = 100, PreemptConfig? preempt = null)
    {
        var scene = ElectionScene.Backup(priority, preempt: preempt);
        for (var i = 0; i < TimeKeeping.Spans; i++)
        {
            scene.Router.OnUnattended(scene.After(Span).Now, Interval);
            scene.Hear(priority: 255);
        }

        Assert.True(scene.Router.IsTimeLost);
        scene.Router.OnAwake(scene.Now);
        return scene;
    }

    /// <summary>Late once in each of so many spans that follow each other.</summary>
    private static void LoseTime(ElectionScene scene, int spans)
    {
        for (var span = 0; span < spans; span++)
            Late(scene);
    }

    /// <summary>Wakes so much later than was due; with an interval, a span in all.</summary>
    private static Outcome Late(ElectionScene scene, double late = 1) => Awake(scene, late);

    private static Outcome Awake(ElectionScene scene, double late)
    {
        scene.After(scene.Wait!.Value).After(late);
        scene.Router.OnAwake(scene.Now);
        return scene.WakeNow();
    }
}
