using Vigie.Core.Election;
using Xunit;

namespace Vigie.Daemon.Tests.NotifySide;

/// <summary>Real scripts, in order, one at a time, and through the end of the process that runs them.</summary>
public sealed class NotifyOrderTests
{
    private const string Waiting = "echo begin $VIGIE_NAME $VIGIE_SEQUENCE $VIGIE_STATE >> OUT\nwhile [ ! -e DIR/$VIGIE_NAME.$VIGIE_SEQUENCE ]; do sleep 0.01; done\n"
        + "echo end $VIGIE_NAME $VIGIE_SEQUENCE >> OUT";

    [Fact]
    public void One_virtual_router_waits_for_its_own_script_and_not_for_those_of_another()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", Waiting);
        scene.Start();

        scene.Enter("db", RouterState.Backup);
        scene.Enter("db", RouterState.Active);
        scene.Enter("web", RouterState.Backup);
        scene.UntilLines(2);
        Assert.Equal(["begin db 1 backup", "begin web 1 backup"], scene.Lines.Order());
        scene.Open("web.1");
        NotifyScene.Until(() => scene.Lines.Contains("end web 1"), "web to end");
        Assert.DoesNotContain("begin db 2 active", scene.Lines);
        scene.Open("db.1");
        scene.Open("db.2");
        scene.UntilRuns(3);

        Assert.Equal(["begin db 1 backup", "end db 1", "begin db 2 active", "end db 2"], scene.Lines.Where(line => line.Contains(" db ", StringComparison.Ordinal)));
        Assert.Equal(0, scene.Service.Status!.Failures);
        Assert.Empty(scene.Events);
    }

    [Fact]
    public void Entries_hear_of_a_transition_in_the_order_of_the_file()
    {
        using var scene = new NotifyScene("- {run: [DIR/script, second], on: [active]}\n- {run: [DIR/script, first]}");
        scene.Script("script", "echo $1 $VIGIE_STATE >> OUT");
        scene.Start();

        scene.Enter("db", RouterState.Backup);
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(3);

        Assert.Equal(["first backup", "second active", "first active"], scene.Lines);
    }

    [Fact]
    public void A_service_that_is_started_again_repeats_nothing_and_loses_nothing()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", Waiting);
        scene.Start();
        scene.Open("db.1");
        scene.Enter("db", RouterState.Backup);
        scene.UntilRuns(1);
        scene.Enter("db", RouterState.Active);
        scene.Enter("db", RouterState.Fault);
        scene.UntilLines(3);
        Assert.Equal("begin db 2 active", scene.Lines[^1]);

        scene.Restart(); // in the middle of number 2
        scene.Open("db.2");
        scene.Open("db.3");
        scene.UntilRuns(2);
        scene.Find("db", RouterState.Fault, since: 3);
        scene.Find("web", RouterState.Backup, since: 9); // of this one nobody has heard
        scene.Open("web.1");
        scene.UntilRuns(3);

        Assert.Equal(
            ["begin db 1 backup", "end db 1", "begin db 2 active", "begin db 2 active", "end db 2", "begin db 3 fault", "end db 3", "begin web 1 backup", "end web 1"],
            scene.Lines);
        Assert.True(scene.StatusAsked >= 2, "each asks what it may have missed");
    }

    [Fact]
    public void In_another_life_of_the_daemon_the_first_state_is_told_again()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", "echo $VIGIE_SEQUENCE $VIGIE_PREVIOUS $VIGIE_STATE >> OUT");
        scene.Start();
        scene.Enter("db", RouterState.Backup);
        scene.UntilRuns(1);

        scene.Restart("another life");
        scene.Enter("db", RouterState.Backup);
        scene.UntilRuns(1);

        Assert.Equal(["1 initialize backup", "2 backup backup"], scene.Lines);
    }

    [Fact]
    public void At_the_end_what_waits_is_told_as_long_as_the_patience_lasts()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", "echo $VIGIE_STATE >> OUT");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.Enter("db", RouterState.Initialize);

        scene.Service.Leave(NotifyScene.Patience);

        Assert.Equal(["active", "initialize"], scene.Lines);
        Assert.Empty(scene.Events);
    }

    [Fact]
    public void At_the_end_nobody_waits_for_a_script_that_hangs_and_it_does_not_live_on()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", "echo $$ >> OUT\nwhile :; do sleep 0.01; done");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.Enter("db", RouterState.Initialize);
        scene.UntilLines(1);

        scene.Service.Leave(TimeSpan.FromMilliseconds(50));

        Assert.Equal(["notify_not_told"], scene.Events.Select(e => e.Kind));
        var pid = scene.Lines[0];
        NotifyScene.Until(() => !Directory.Exists($"/proc/{pid}"), "the script to be ended");
    }

    [Fact]
    public void A_reload_lets_a_running_script_go_on_and_the_next_transition_is_told_to_the_new_one()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", Waiting);
        scene.Script("other", "echo other $VIGIE_STATE >> OUT");
        scene.Start();
        scene.Enter("db", RouterState.Backup);
        scene.UntilLines(1);
        scene.Service.Configure(scene.Read("- {run: [DIR/other], on: [active]}"));
        scene.Enter("db", RouterState.Active);
        scene.Open("db.1");
        scene.UntilRuns(2);

        Assert.Equal(["begin db 1 backup", "end db 1", "other active"], scene.Lines);
    }
}
