using Vigie.Core.Net;
using Vigie.Lab.Probes;

namespace Vigie.Demo;

/// <summary>The small service that every host offers: over TCP and UDP it says on which host it runs. A program of its own, as a real service is.</summary>
internal static class HostService
{
    internal const string Ready = "service ready";

    internal static int Run(string name, IEnumerable<string> addresses)
    {
        var parsed = addresses.Select(IpAddress.Parse).ToArray();
        using var tcp = TcpNameService.StartHere(name, TcpNameService.DefaultPort, parsed);
        using var udp = UdpEcho.StartHere(name, UdpProbeOptions.DefaultPort, parsed);
        Console.WriteLine(Ready);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }
}
