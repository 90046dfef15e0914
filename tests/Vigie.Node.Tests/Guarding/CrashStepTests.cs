using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Guarding;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>
/// A node that dies at any step of what it is doing, be it a word on the board or a message to send: every step is tried. The
/// guardian never sees half of anything, and the host comes to rest as if nothing had happened, or as after a leave.
/// </summary>
public sealed class CrashStepTests
{
    private static readonly IpPrefix Vip = IpPrefix.Parse("10.77.0.100/24");
    private static readonly IpPrefix Other = IpPrefix.Parse("10.77.0.101/24");
    private readonly byte[] _memory = new byte[RoleBoard.Size];

    /// <summary>What the node is doing, and the fewest steps that this must have taken, so that the test is not about nothing.</summary>
    public enum Deed
    {
        Begins,
        TakesTheRole,
        Advertises,
        ChangesItsPriority,
        Reloads,
        LosesARouterToAReload,
        IsSwitchedOver,
        IsDrained,
        Yields,
        LosesTheLink,
    }

    [Theory]
    [InlineData(Deed.Begins, 20)]
    [InlineData(Deed.TakesTheRole, 20)]
    [InlineData(Deed.Advertises, 4)]
    [InlineData(Deed.ChangesItsPriority, 20)]
    [InlineData(Deed.Reloads, 40)]
    [InlineData(Deed.LosesARouterToAReload, 30)]
    [InlineData(Deed.IsSwitchedOver, 10)]
    [InlineData(Deed.IsDrained, 10)]
    [InlineData(Deed.Yields, 10)]
    [InlineData(Deed.LosesTheLink, 10)]
    public void Dying_at_any_step_leaves_one_whole_state(Deed deed, int fewest)
    {
        var steps = 0;
        for (var died = true; died; steps++)
        {
            Array.Clear(_memory);
            var host = new GuardedHost(_memory, Routers(deed));
            if (deed is not (Deed.Begins or Deed.TakesTheRole))
                host.Run(TimeSpan.FromSeconds(12));
            host.StepsToLive = steps;
            var struck = host.Now;
            Do(host, deed);
            died = host.StepsToLive is null;
            host.StepsToLive = null;
            host.Run(TimeSpan.FromSeconds(9));

            AssertAtRest(host, deed, struck, $"{deed}, step {steps}{(died ? "" : " (alive)")}");
        }

        Assert.True(steps > fewest, $"{deed} has only {steps} steps");
    }

    private static Vigie.Core.Configuration.VirtualRouterConfig[] Routers(Deed deed) => deed switch
    {
        Deed.LosesARouterToAReload =>
            [Host.Router(intervalMilliseconds: 100), Host.Router("web", 52, intervalMilliseconds: 100, addresses: "10.77.0.101/24")],
        _ => [Host.Router(intervalMilliseconds: 100)],
    };

    private static void Do(GuardedHost host, Deed deed)
    {
        switch (deed)
        {
            case Deed.Begins:
                host.Run(TimeSpan.FromMilliseconds(100));
                break;
            case Deed.TakesTheRole:
                host.Run(TimeSpan.FromMilliseconds(600));
                break;
            case Deed.Advertises:
                host.Run(TimeSpan.FromMilliseconds(101));
                break;
            case Deed.ChangesItsPriority:
                host.Reload(Host.Router(intervalMilliseconds: 100, priority: 170));
                break;
            case Deed.Reloads:
                host.Reload(Host.Router("web", 52, intervalMilliseconds: 10, addresses: "10.77.0.101/24"), Host.Router(intervalMilliseconds: 100));
                break;
            case Deed.LosesARouterToAReload:
                host.Reload(Host.Router(intervalMilliseconds: 100));
                break;
            case Deed.IsSwitchedOver:
                host.Tell(node => node.Switchover(host.Now, "db"));
                break;
            case Deed.IsDrained:
                host.Drained = true;
                host.Tell(node => node.Drain(host.Now, drained: true));
                break;
            case Deed.Yields:
                host.Hear(200);
                break;
            case Deed.LosesTheLink:
                host.LinkRuns = false;
                host.Tell(node => node.OnLink(host.Now, new(Host.Eth0, "eth0", Host.OwnMac, false, false)));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(deed));
        }
    }

    private static void AssertAtRest(GuardedHost host, Deed deed, Instant struck, string what)
    {
        Assert.True(host.Node is not null && host.Guardian.IsNodeWell(host.Now) && !host.Guardian.IsCovering, $"{what}: not at rest");
        Assert.True(host.GuardianListens.IsEmpty, $"{what}: the guardian still listens");
        HashSet<string> onBoard = [];
        for (var i = 0; i < host.Board.RouterCount; i++)
        {
            Assert.True(host.Board.TryGet(i, out var slot) & slot.TryCopyRecord(out var bytes), $"{what}: no record");
            onBoard.Add(RoleRecord.TryRead(bytes)!.Name);
        }

        // A router that left after a reload stands there until the next one.
        Assert.True(onBoard.IsSupersetOf(host.Config.VirtualRouters.Select(router => router.Name)), $"{what}: {string.Join(", ", onBoard)} on the board");

        // Alone, so the role is its own again in the end; unless nobody could hear it. A node that begins drained takes none, but
        // keeps one that nobody else wants.
        var holds = deed is Deed.IsDrained && host.Guardian.Restarts > 0 ? host.StateOf() == RouterState.Active : deed is not Deed.LosesTheLink;
        Assert.True(host.Held.Contains(Vip) == holds, $"{what}: the address is {(holds ? "missing" : "held")}");
        Assert.True(host.Held.Contains(Other) == host.Config.VirtualRouters.Any(router => router.Name == "web"), $"{what}: the other address");

        // What asks for no change of role loses none, whichever step was the last.
        if (deed is Deed.Advertises or Deed.ChangesItsPriority or Deed.Reloads or Deed.LosesARouterToAReload)
        {
            Assert.True(host.LongestSilenceOf(51, struck - TimeSpan.FromMilliseconds(100)) <= TimeSpan.FromMilliseconds(156), $"{what}: silent for {host.LongestSilenceOf(51, struck)}");
            Assert.DoesNotContain(host.NodeEvents, e => e is { Kind: NodeEventKind.StateChanged, State: RouterState.Backup, Router: 0 } && e.At > struck);
        }
    }
}
