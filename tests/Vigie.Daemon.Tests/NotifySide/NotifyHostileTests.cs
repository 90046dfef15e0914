using System.Diagnostics;
using Vigie.Core.Election;
using Xunit;

namespace Vigie.Daemon.Tests.NotifySide;

/// <summary>Scripts that do what they can to stay, to fill, and to hold on.</summary>
public sealed class NotifyHostileTests
{
    /// <summary>Leaves its session, its parents and SIGTERM behind, and holds the pipes.</summary>
    private const string Escape = "setsid sh -c 'trap \"\" TERM HUP; (trap \"\" TERM HUP; echo $$ >> OUT; while :; do sleep 0.01; done) & echo escaped >> OUT; exit 0' &\n"
        + "while ! grep -q escaped OUT; do sleep 0.01; done\n";

    [Fact]
    public void A_script_that_ignores_SIGTERM_and_its_descendants_that_hide_are_all_ended()
    {
        using var scene = new NotifyScene("- {run: [DIR/script], timeout: 500ms}");
        scene.Script("script", "trap '' TERM\necho $$ >> OUT\n" + Pids(Escape) + "while :; do sleep 0.01; done");
        scene.Start();
        var watch = Stopwatch.StartNew();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(1);

        Assert.InRange(watch.Elapsed.TotalSeconds, 2.4, 15); // the timeout and two seconds of grace
        Assert.Contains("took longer", Assert.Single(scene.Events).Message, StringComparison.Ordinal);
        AssertAllGone(scene, atLeast: 2);
    }

    [Fact]
    public void What_a_script_leaves_behind_is_ended_with_it_and_the_run_is_a_success()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", Pids(Escape) + "exit 0");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(1);

        var left = Assert.Single(scene.Events);
        Assert.Equal("notify_left_behind", left.Kind);
        Assert.Equal(0, scene.Service.Status!.Failures);
        AssertAllGone(scene, atLeast: 1);
    }

    [Fact]
    public void A_flood_of_output_neither_stops_the_script_nor_is_it_kept()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", "head -c 50000000 /dev/zero | tr '\\0' x\necho; echo the end >&2\nexit 1");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(1);

        var message = Assert.Single(scene.Events).Message;
        Assert.EndsWith("x the end", message, StringComparison.Ordinal);
        Assert.InRange(message.Length, 100, 1000);
    }

    [Fact]
    public void A_flood_without_end_is_ended_by_the_timeout()
    {
        using var scene = new NotifyScene("- {run: [/usr/bin/yes, \"{state}\"], timeout: 300ms}");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.Enter("db", RouterState.Backup);
        scene.UntilRuns(2);

        Assert.Equal(2, scene.Events.Count);
        Assert.All(scene.Events, e => Assert.Contains("took longer", e.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_script_that_stops_itself_is_ended()
    {
        using var scene = new NotifyScene("- {run: [DIR/script], timeout: 200ms}");
        scene.Script("script", "echo $$ >> OUT; kill -STOP $$");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(1);

        AssertAllGone(scene, atLeast: 1);
    }

    [Fact]
    public void A_runner_that_is_killed_takes_its_script_with_it_and_the_next_transition_is_told()
    {
        using var scene = new NotifyScene("- {run: [DIR/script], user: root}");
        scene.Script("script", "echo $$ >> OUT\n[ $VIGIE_STATE = backup ] || kill -9 $PPID\nwhile [ $VIGIE_STATE = active ]; do sleep 0.01; done");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.Enter("db", RouterState.Backup);
        scene.UntilRuns(2);

        Assert.Contains("watched over it was killed", Assert.Single(scene.Events).Message, StringComparison.Ordinal);
        NotifyScene.Until(() => scene.Lines.All(pid => !Directory.Exists($"/proc/{pid}")), "all scripts to be gone");
    }

    // $$ of a subshell is its parent's; this asks the kernel.
    private static string Pids(string body) => body.Replace("echo $$", "sh -c \"echo \\$PPID\"", StringComparison.Ordinal);

    private static void AssertAllGone(NotifyScene scene, int atLeast)
    {
        var pids = scene.Lines.Where(line => line.All(char.IsAsciiDigit)).ToList();
        Assert.InRange(pids.Count, atLeast, 10);
        Assert.All(pids, pid => Assert.False(Directory.Exists($"/proc/{pid}"), $"{pid} lives"));
    }
}
