using Vigie.Contract;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Xunit;

namespace Vigie.Lab.Tests.Interop;

/// <summary>keepalived sends unicast over IPv6 with the kernel's hop limit of 64 unless it is told otherwise.</summary>
public sealed class UnicastHopLimitTests
{
    [Fact]
    public void Unicast_of_keepalived_over_IPv6_is_dropped_without_unicast_ttl_and_Vigie_says_why()
    {
        var setup = new VirtualRouterSetup().OnlyFamily(IpFamily.IPv6);
        using var scene = new InteropScene(PeerKind.Keepalived, setup, unicast: true);
        var text = VirtualRouterSetup.ToKeepalived(scene.Beta, setup with { Priority = 200, Peers = [scene.Alpha.IPv6] });
        Assert.Contains("unicast_ttl 255", text, StringComparison.Ordinal);

        KeepalivedDaemon.Start(scene.Beta, text.Replace("unicast_ttl 255", "", StringComparison.Ordinal)).WaitForState("db6", "MASTER");
        scene.StartVigie(100);

        // Whom it does not hear it sees: it leaves the address to the one that answers for it.
        scene.Vigie!.WaitForState("db", VirtualRouterState.Fault);
        Assert.Contains(scene.Beta.Interface("eth0").Mac.ToString(), scene.Status.Reason, StringComparison.Ordinal);
        Assert.True(scene.Status.Advertisements.Dropped["ttl"] > 0);
        Assert.Contains("hop limit", Assert.Single(scene.Vigie!.Events().Events, e => e.Kind == "advertisement_dropped").Message, StringComparison.Ordinal);
        Assert.Contains(scene.Ear.Advertisements, heard => heard.Source == scene.Beta.IPv6 && heard.HopLimit == 64);
    }
}
