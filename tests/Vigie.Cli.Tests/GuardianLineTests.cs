// The guardian's line in the human view: quiet while nothing happened, complete when something did.
using Vigie.Cli.Rendering;
using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

public sealed class GuardianLineTests
{
    [Fact]
    public void A_guardian_that_had_nothing_to_do_says_that_it_watches() =>
        Assert.Equal("guardian: watches", GuardianLine.Describe(new GuardianStatus { Pid = 1, NodePid = 2 }));

    [Fact]
    public void What_it_did_is_counted() => Assert.Equal(
        "guardian: speaks for the node process, which is late, hung or dead, node started again 2 times, node killed once, "
        + "control started again once, 14 advertisements sent for the node",
        GuardianLine.Describe(new GuardianStatus
        {
            Covering = true, NodeRestarts = 2, NodeKills = 1, ControlRestarts = 1, AdvertisementsCovered = 14,
        }));
}
