using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Election;

/// <summary>An address that another station holds when a router listens first, and what ends that.</summary>
public sealed class AddressConflictTests
{
    /// <summary>The lifetime of an address at an interval of one second, and the second in which the kernel sweeps.</summary>
    private const double StaleSeconds = 7;

    [Fact]
    public void A_router_that_listens_first_asks_three_times_before_it_takes_the_role()
    {
        var scene = ElectionScene.Backup();
        var began = scene.Now;
        var downAt = TimeSpan.FromSeconds(3) + ElectionTimers.SkewTime(VrrpVersion.V3, 100, TimeSpan.FromSeconds(1));

        foreach (var quarter in (int[])[1, 2, 3])
        {
            Assert.Equal("ask", scene.Ask().Effects);
            // Not in the first interval, in which a live Active would be heard.
            Assert.Equal((1000 + (downAt.TotalMilliseconds - 1000) * quarter / 4), (scene.Now - began).TotalMilliseconds, 0.001);
        }

        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
        Assert.Equal(downAt, scene.Now - began);
    }

    [Fact]
    public void At_long_intervals_it_asks_in_the_last_three_seconds()
    {
        var scene = ElectionScene.Backup(seconds: 40.95);
        var downAt = scene.Router.DecidesAt;
        foreach (var second in (int[])[3, 2, 1])
        {
            Assert.Equal("ask", scene.Ask().Effects);
            Assert.Equal(TimeSpan.FromSeconds(second), downAt - scene.Now);
        }
    }

    [Fact]
    public void Somebody_who_answers_until_the_end_is_a_conflict_and_the_role_is_not_taken()
    {
        var scene = InConflict();

        Assert.True(scene.Router.IsInConflict);
        Assert.Equal(("192.0.2.100", "02:00:00:00:00:66"), (scene.Router.ConflictAddress.ToString(), scene.Router.ConflictMac.ToString()));
        Assert.Equal(TimeSpan.FromMilliseconds(800), scene.Wait);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public void An_answer_to_the_first_round_alone_is_forgotten_and_one_to_a_later_round_is_not(int answered, bool taken)
    {
        var scene = ElectionScene.Backup();
        for (var round = 1; round <= 3; round++)
        {
            scene.Ask();
            if (round == answered)
                scene.After(0.001).Claimed();
        }

        scene.Wake();

        Assert.Equal(taken ? RouterState.Active : RouterState.Fault, scene.State);
    }

    [Fact]
    public void A_claim_before_the_first_question_is_no_answer()
    {
        var scene = ElectionScene.Backup();
        scene.After(0.1).Claimed();
        scene.Wake();
        Assert.Equal(RouterState.Active, scene.State);
    }

    [Theory]
    [InlineData("00:00:5e:00:01:33")]
    [InlineData("00:00:5e:00:02:33")]
    public void The_hardware_address_of_the_virtual_router_itself_is_no_conflict(string mac)
    {
        var scene = ElectionScene.Backup();
        Answered(scene, mac);
        scene.Wake();
        Assert.Equal(RouterState.Active, scene.State);
    }

    [Fact]
    public void The_hardware_address_of_another_virtual_router_is_one()
    {
        var scene = ElectionScene.Backup();
        Answered(scene, "00:00:5e:00:01:34");
        scene.Wake();
        Assert.True(scene.Router.IsInConflict);
    }

    [Theory]
    [InlineData(200, RouterState.Backup)]
    [InlineData(50, RouterState.Active)]
    public void An_Active_heard_later_than_its_answer_ends_the_questions(byte priority, RouterState then)
    {
        var scene = ElectionScene.Backup();
        Answered(scene);
        Assert.Equal(Outcome.Nothing, scene.After(0.5).Hear(priority).Effects);
        Assert.False(scene.Router.IsProbing);
        // A better one is followed; a lower one is outranked: taking the role from it must not wait for its address to go.
        Assert.Equal(then == RouterState.Backup, scene.Wait > TimeSpan.FromSeconds(3));
        if (then == RouterState.Active)
            Assert.Equal("send 100, Active (Preempted), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_takeover_from_an_Active_that_died_asks_nothing()
    {
        var scene = ElectionScene.Backup();
        scene.Hear(200);
        Assert.Equal(RouterState.Active, scene.Wake().State);
        Assert.False(scene.Router.IsProbing);
    }

    [Fact]
    public void The_owner_asks_nothing_and_a_role_that_is_taken_up_is_not_asked_about()
    {
        var owner = ElectionScene.Initialize(255);
        Assert.Equal(RouterState.Active, owner.Start().State);
        Assert.False(owner.Router.IsProbing);

        var successor = ElectionScene.Initialize();
        successor.Router.Adopt(new AdoptedRole { State = RouterState.Active, AdvertiseAt = successor.Now });
        Assert.Equal(RouterState.Active, successor.Start().State);
        Assert.False(successor.Router.IsProbing);
    }

    [Fact]
    public void A_conflict_is_asked_about_every_half_second_while_a_peer_that_died_may_still_hold_the_address()
    {
        var scene = InConflict();
        var began = scene.Now;
        while (scene.Now - began < TimeSpan.FromSeconds(StaleSeconds - 1))
        {
            var asked = scene.Now;
            Assert.Equal("ask", scene.Ask().Effects);
            Assert.Equal(500, (scene.Now - asked).TotalMilliseconds, 1.5);
            scene.After(0.001).Claimed();
        }
    }

    [Fact]
    public void Later_it_is_asked_after_five_seconds_then_ten_and_at_most_sixty()
    {
        var scene = InConflict();
        var began = scene.Now;
        List<double> pauses = [];
        scene.Ask();
        while (pauses.Count < 7)
        {
            scene.After(0.001).Claimed();
            var claimed = scene.Now;
            scene.Ask();
            if (claimed - began >= TimeSpan.FromSeconds(StaleSeconds))
                pauses.Add((scene.Now - claimed).TotalSeconds);
        }

        Assert.Equal([5, 10, 20, 40, 60, 60, 60], pauses);
    }

    [Fact]
    public void The_role_is_taken_when_three_questions_stay_without_an_answer()
    {
        var scene = InConflict();
        var began = scene.Now;
        for (var i = 0; i < 3; i++)
            Assert.Equal(("ask", RouterState.Fault), (scene.Ask() is var asked ? asked.Effects : "", scene.State));
        Assert.Equal("send 100, Active (ActiveSilent), acquire", scene.Wake().Effects);
        Assert.Equal(TimeSpan.FromMilliseconds(800), scene.Now - began);
    }

    [Fact]
    public void An_answer_to_any_question_keeps_the_conflict()
    {
        var scene = InConflict();
        scene.Ask();
        scene.Ask();
        scene.After(0.001).Claimed();
        scene.After(0.2).WakeNow();
        Assert.True(scene.Router.IsInConflict);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(50)]
    public void An_Active_that_is_heard_in_a_conflict_is_followed_or_outranked(byte priority)
    {
        var scene = InConflict();
        Assert.Equal("Backup (Startup)", scene.After(0.1).Hear(priority).Effects);
        Assert.False(scene.Router.IsProbing);
        Assert.Equal(ElectionScene.Higher, scene.Router.ActiveSource(Core.Net.IpFamily.IPv4));
        Assert.True(scene.Wait > TimeSpan.FromSeconds(3));
        if (priority < 100)
            Assert.Equal("send 100, Active (Preempted), acquire", scene.Wake().Effects);
    }

    [Fact]
    public void A_resignation_says_nothing_about_who_holds_the_address()
    {
        var scene = InConflict();
        Assert.Equal(Outcome.Nothing, scene.After(0.1).Hear(0).Effects);
        Assert.True(scene.Router.IsInConflict);
    }

    [Fact]
    public void A_host_that_did_not_run_asks_again_before_it_believes_that_nobody_answers()
    {
        var scene = InConflict();
        scene.Ask();
        scene.After(5).WakeNow();
        Assert.True(scene.Router.IsInConflict);
        Assert.True(scene.Router.NextDeadline > scene.Now);

        scene = InConflict();
        scene.Ask();
        scene.Router.OnUnattended(scene.Now, TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromMilliseconds(800), scene.Wait);
    }

    [Fact]
    public void Other_settings_begin_anew()
    {
        var scene = InConflict();
        Assert.Equal("Backup (Startup), release", scene.Reconfigure(ElectionScene.Config(addresses: "192.0.2.101/24")).Effects);
        Assert.True(scene.Router.IsProbing);
        Assert.Equal(RouterState.Active, scene.Wake().State);
    }

    [Fact]
    public void Losing_the_interface_ends_it_and_having_it_again_begins_anew()
    {
        var scene = InConflict();
        scene.LoseInterface(TransitionReason.InterfaceDown);
        Assert.False(scene.Router.IsProbing);
        Assert.Equal(RouterState.Backup, scene.Start().State);
        Answered(scene);
        scene.Wake();
        Assert.True(scene.Router.IsInConflict);
    }

    [Fact]
    public void A_drained_host_asks_nothing_and_leaves_a_conflict_as_Backup()
    {
        var scene = ElectionScene.Initialize();
        scene.StandAside(AsideCause.Drain);
        scene.Start();
        Assert.Null(scene.Router.NextDeadline);

        scene = InConflict();
        scene.StandAside(AsideCause.Drain);
        scene.Wake();
        Assert.Equal((RouterState.Backup, false), (scene.State, scene.Router.IsProbing));
    }

    [Fact]
    public void Leaving_in_a_conflict_is_leaving_without_a_word()
    {
        var scene = InConflict();
        Assert.Equal("Initialize (Shutdown), release", scene.Leave().Effects);
        Assert.Null(scene.Router.NextDeadline);
    }

    private static void Answered(ElectionScene scene, string by = "02:00:00:00:00:66")
    {
        for (var round = 0; round < 3; round++)
        {
            scene.Ask();
            scene.After(0.001).Claimed(by);
        }
    }

    private static ElectionScene InConflict()
    {
        var scene = ElectionScene.Backup();
        Answered(scene);
        Assert.Equal("Fault (AddressConflict)", scene.Wake().Effects);
        return scene;
    }
}
