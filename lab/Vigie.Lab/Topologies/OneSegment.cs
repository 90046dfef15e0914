using Vigie.Core.Net;

namespace Vigie.Lab.Topologies;

/// <summary>The addresses that the topologies on a single segment have in common.</summary>
internal static class OneSegment
{
    internal static readonly IpPrefix Vip4 = IpPrefix.Parse("10.77.0.100/24");

    internal static readonly IpPrefix Vip6 = IpPrefix.Parse("fd77::100/64");

    /// <summary>A host with 10.77.0.N and fd77::N (N as written in decimal) on eth0.</summary>
    internal static LabHost AddHost(LabRun run, Segment lan, string name, int number)
    {
        var host = run.AddHost(name);
        host.Plug(lan, "eth0", $"10.77.0.{number}/24", $"fd77::{number}/64");
        return host;
    }
}
