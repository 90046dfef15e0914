using Vigie.Cli.Rendering;
using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

/// <summary>The line about scripts names only what has happened.</summary>
public sealed class NotifyLineTests
{
    [Fact]
    public void Only_what_has_happened_is_named()
    {
        Assert.Equal("notify: 0 runs", NotifyLine.Describe(new NotifyStatus(), CommandRun.Now));
        Assert.Equal("notify: 1 run, 1 running", NotifyLine.Describe(new NotifyStatus { Runs = 1, Running = 1, Waiting = 1 }, CommandRun.Now));
        Assert.Equal(
            "notify: 12 runs, 2 failed, 1 running, 3 waiting, 5 skipped; last failure 1m ago: db active, /opt/x: exit code 3 after 9 ms",
            NotifyLine.Describe(
                new NotifyStatus
                {
                    Runs = 12, Failures = 2, Running = 1, Waiting = 4, Skipped = 5,
                    LastFailure = new NotifyFailure
                    {
                        At = CommandRun.Now.AddMinutes(-1), VirtualRouter = "db", State = "active", Program = "/opt/x", Message = "exit code 3 after 9 ms",
                    },
                },
                CommandRun.Now));
    }
}
