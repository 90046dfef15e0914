using Vigie.Contract;
using Vigie.Core.Election;
using Vigie.Linux;
using Xunit;

namespace Vigie.Daemon.Tests.NotifySide;

/// <summary>Each way in which a script can fail: one event with its reason and a remedy, a counter, and nothing else.</summary>
public sealed class NotifyFailureTests
{
    [Fact]
    public void An_exit_code_is_told_with_the_end_of_what_was_printed()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", "echo nothing; printf 'cannot \\033[31m reach\\n' >&2; exit 3");
        var failure = OnlyEvent(scene);

        Assert.Equal("notify_failed", failure.Kind);
        Assert.Equal(EventSeverity.Warning, failure.Severity);
        Assert.Equal("db", failure.VirtualRouter);
        Assert.StartsWith($"{scene.Folder}/script (entry 1 of `notify`), told that it is active: exit code 3 after ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("; it printed: nothing cannot  [31m reach", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Remedy);
        Assert.Equal(("exited", "3", "active", "1"), (failure.Data["outcome"], failure.Data["code"], failure.Data["state"], failure.Data["sequence"]));
        var last = scene.Service.Status!.LastFailure!;
        Assert.Equal(("db", "active", $"{scene.Folder}/script"), (last.VirtualRouter, last.State, last.Program));
        Assert.Equal((1, 1), (scene.Service.Status.Runs, scene.Service.Status.Failures));
    }

    [Fact]
    public void A_signal_is_told() => Assert.Contains("signal 9 ended it", Failure("kill -9 $$").Message, StringComparison.Ordinal);

    [Fact]
    public void A_script_that_takes_too_long_is_ended()
    {
        using var scene = new NotifyScene("- {run: [DIR/script], timeout: 200ms}");
        scene.Script("script", "echo before; while :; do sleep 0.01; done");

        Assert.Contains("it took longer than 0.2 s and was ended; it printed: before", OnlyEvent(scene).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("script", "755", null, "not run: DIR/nothing does not exist", "install it there")]
    [InlineData("nothing", "644", null, "not run: DIR/nothing is not executable", "chmod a+rx")]
    [InlineData("nothing", "775", null, "not run: DIR/nothing may be written to by its group", "chmod go-w")]
    [InlineData("nothing", "757", null, "not run: DIR/nothing may be written to by its group or by everybody", "chmod go-w")]
    [InlineData("nothing", "755", "daemon DIR/nothing", "not run: DIR/nothing does not belong to root", "chown root")]
    [InlineData("nothing", "755", "daemon DIR", "not run: DIR does not belong to root", "chown root")]
    [InlineData("nothing", "711", null, "exit code", null)] // the interpreter may not read it
    public void A_program_that_cannot_be_trusted_or_run_is_not_run(string name, string mode, string? owner, string message, string? remedy)
    {
        using var scene = new NotifyScene("- {run: [DIR/nothing], user: nobody}");
        scene.Script(name, "echo run >> OUT", mode);
        if (owner is not null)
            Command("/bin/chown", owner.Replace("DIR", scene.Folder, StringComparison.Ordinal).Split(' '));
        var failure = OnlyEvent(scene);

        Assert.Contains(message.Replace("DIR", scene.Folder, StringComparison.Ordinal), failure.Message, StringComparison.Ordinal);
        if (remedy is not null)
            Assert.Contains(remedy, failure.Remedy, StringComparison.Ordinal);
        Assert.Empty(scene.Lines);
    }

    [Fact]
    public void A_link_leads_to_what_is_judged()
    {
        using var scene = new NotifyScene("- {run: [DIR/good]}\n- {run: [DIR/bad]}");
        scene.Script("script", "echo $0 >> OUT");
        var elsewhere = Directory.CreateDirectory(Path.Combine(scene.Folder, "open"));
        File.WriteAllText(Path.Combine(elsewhere.FullName, "script"), "#!/bin/sh\necho bad >> /dev/null\n");
        File.SetUnixFileMode(Path.Combine(elsewhere.FullName, "script"), (UnixFileMode)Convert.ToInt32("755", 8));
        elsewhere.UnixFileMode = (UnixFileMode)Convert.ToInt32("1777", 8);
        File.CreateSymbolicLink(Path.Combine(scene.Folder, "good"), "../" + Path.GetFileName(scene.Folder) + "/./script");
        File.CreateSymbolicLink(Path.Combine(scene.Folder, "bad"), "open/script");

        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(2);

        Assert.Equal([$"{scene.Folder}/script"], scene.Lines); // an interpreter opens its script by name
        Assert.Contains($"{scene.Folder}/open may be written to", Assert.Single(scene.Events).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no-such-user-here", "there is no user 'no-such-user-here'", "`user:`")]
    [InlineData("4000000000", "there is no user '4000000000'", "`user:`")]
    public void A_user_that_does_not_exist_is_told(string user, string message, string remedy)
    {
        using var scene = new NotifyScene($"- {{run: [DIR/script], user: {user}}}");
        scene.Script("script", "echo run >> OUT");
        var failure = OnlyEvent(scene);

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, failure.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_script_without_a_first_line_or_with_a_missing_interpreter_is_told()
    {
        using var scene = new NotifyScene("- {run: [DIR/plain]}\n- {run: [DIR/missing]}");
        File.WriteAllText(scene.Script("plain", ""), "echo no first line\n");
        File.WriteAllText(scene.Script("missing", ""), "#!/nowhere/interpreter\n");
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(2);

        Assert.Equal(2, scene.Events.Count);
        Assert.Contains("ENOEXEC", scene.Events[0].Message, StringComparison.Ordinal);
        Assert.Contains("#!/bin/sh", scene.Events[0].Remedy, StringComparison.Ordinal);
        Assert.Contains("ENOENT", scene.Events[1].Message, StringComparison.Ordinal);
        Assert.Contains("interpreter", scene.Events[1].Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_does_not_keep_the_next_transition_from_being_told()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", "echo $VIGIE_STATE >> OUT; [ $VIGIE_STATE = active ]");
        scene.Start();
        scene.Enter("db", RouterState.Fault);
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(2);

        Assert.Equal(["fault", "active"], scene.Lines);
        Assert.Equal(1, scene.Service.Status!.Failures);
    }

    [Fact]
    public void A_state_directory_that_cannot_be_written_to_is_told_once_and_scripts_run()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", "echo $VIGIE_STATE >> OUT");
        File.WriteAllText(Path.Combine(scene.Folder, "state"), "a file where the folder should be");
        scene.Start();
        scene.Enter("db", RouterState.Backup);
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(2);

        Assert.Equal(["backup", "active"], scene.Lines);
        Assert.All(scene.Events, e => Assert.Equal("notify_not_kept", e.Kind));
        Assert.InRange(scene.Events.Count, 1, 3); // the memory, its lock, and what is kept
    }

    private static EventDocument Failure(string body)
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        scene.Script("script", body);
        return OnlyEvent(scene);
    }

    private static EventDocument OnlyEvent(NotifyScene scene)
    {
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(1);
        return Assert.Single(scene.Events);
    }

    private static void Command(string file, params string[] arguments)
    {
        using var child = ProcessSpawner.Spawn(file, arguments, ["PATH=/usr/bin:/bin"], []);
        ExitStatus status = default;
        NotifyScene.Until(() => child.TryReap(out status), file);
        Assert.True(status.IsSuccess);
    }
}
