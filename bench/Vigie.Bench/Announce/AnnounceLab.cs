using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;

namespace Vigie.Bench.Announce;

//   alpha               beta                client
//   10.80.0.1/16        10.80.0.2/16        10.80.0.50/16
//   fd80::1/64          fd80::2/64          fd80::50/64
//     | eth0              | eth0              | eth0
//   ==+===================+===================+==  lan
//
//   IPv4: virtual router r has 10.80.r.1 to 10.80.r.200, r from 1 to 5
//   IPv6: virtual router r has fd80::r:1 to fd80::r:50,  r from 1 to 20

/// <summary>Two hosts that compete for a thousand addresses of a family, and a client that sees it.</summary>
internal sealed class AnnounceLab : IDisposable
{
    public AnnounceLab() => Run = LabRun.Build(null, run =>
    {
        Lan = run.AddSegment("lan");
        Alpha = Add(run, "alpha", 1);
        Beta = Add(run, "beta", 2);
        Client = Add(run, "client", 50);
    });

    public LabRun Run { get; }

    public Segment Lan { get; private set; } = null!;

    public LabHost Alpha { get; private set; } = null!;

    public LabHost Beta { get; private set; } = null!;

    public LabHost Client { get; private set; } = null!;

    /// <summary>The addresses of each virtual router; a thousand together.</summary>
    public static IEnumerable<IEnumerable<IpPrefix>> Addresses(IpFamily family) => family == IpFamily.IPv4
        ? Enumerable.Range(1, 5).Select(router => Enumerable.Range(1, 200).Select(n => IpPrefix.Parse($"10.80.{router}.{n}/16")))
        : Enumerable.Range(1, 20).Select(router => Enumerable.Range(1, 50).Select(n => IpPrefix.Parse($"fd80::{router}:{n}/64")));

    public static IEnumerable<VirtualRouterSetup> Routers(IpFamily family, byte priority) => Addresses(family).Select((addresses, i) => new VirtualRouterSetup
    {
        Name = $"r{i + 1}", Vrid = (byte)(i + 1), Priority = priority, Interval = TimeSpan.FromMilliseconds(100), Addresses = [.. addresses],
    });

    public void Dispose() => Run.Dispose();

    private LabHost Add(LabRun run, string name, int number)
    {
        var host = run.AddHost(name);
        host.Plug(Lan, "eth0", $"10.80.0.{number}/16", $"fd80::{number}/64");
        return host;
    }
}
