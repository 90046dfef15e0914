using Vigie.Core.Net;

namespace Vigie.Lab.Topologies;

//   alpha               beta                client
//   10.77.0.1           10.77.0.2           10.77.0.50
//   fd77::1             fd77::2             fd77::50
//     | eth0              | eth0              | eth0
//   ==+===================+===================+==  lan
//
//   The VIP 10.77.0.100/24, fd77::100/64 belongs to whoever wins it.

/// <summary>Two hosts that compete for a VIP, and a client that uses it, on one segment.</summary>
public sealed class TwoHostsAndClient : IDisposable
{
    public TwoHostsAndClient(LabRunOptions? options = null) => Run = LabRun.Build(options, run =>
    {
        Lan = run.AddSegment("lan");
        Alpha = OneSegment.AddHost(run, Lan, "alpha", 1);
        Beta = OneSegment.AddHost(run, Lan, "beta", 2);
        Client = OneSegment.AddHost(run, Lan, "client", 50);
    });

    public LabRun Run { get; }

    public Segment Lan { get; private set; } = null!;

    public LabHost Alpha { get; private set; } = null!;

    public LabHost Beta { get; private set; } = null!;

    public LabHost Client { get; private set; } = null!;

    /// <summary>The hosts that compete, without the client.</summary>
    public IReadOnlyList<LabHost> Competitors => [Alpha, Beta];

    public static IpPrefix Vip4 => OneSegment.Vip4;

    public static IpPrefix Vip6 => OneSegment.Vip6;

    public void Dispose() => Run.Dispose();
}
