using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Vigie.Contract;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Topologies;

namespace Vigie.Bench;

/// <summary>
/// How late advertisements leave while the control process allocates as fast as its clients can make it: its event ring is
/// filled by a flapping link, then read over and over. The node's own histogram says how late it was.
/// </summary>
internal static class LatenessBenchmark
{
    private const int Routers = 10;
    private const int Clients = 4;

    public static int Run(BenchmarkOptions options)
    {
        using var lab = new TwoHostsAndClient();
        var routers = Enumerable.Range(1, Routers).Select(i => new VirtualRouterSetup
        {
            Name = $"r{i}", Vrid = (byte)i, Priority = 150, Interval = TimeSpan.FromMilliseconds(10),
            Addresses = [Core.Net.IpPrefix.Parse($"10.77.1.{i}/16")],
        });
        var daemon = VigieDaemon.Start(lab.Alpha, routers);
        daemon.WaitForState("r1", VirtualRouterState.Active);
        for (var i = 0; i < 150; i++)
        {
            lab.Alpha.LinkDown();
            daemon.WaitForState("r1", VirtualRouterState.Fault);
            lab.Alpha.LinkUp();
            daemon.WaitForState("r1", VirtualRouterState.Active);
        }

        var before = Cpu(daemon);
        var seconds = options.Quick ? 5 : 60;
        long bytes = 0;
        var until = LabClock.Now + TimeSpan.FromSeconds(seconds);
        var clients = Enumerable.Range(0, Clients).Select(_ => new Thread(() => Interlocked.Add(ref bytes, ReadEvents(lab.Alpha.SocketPath, until)))).ToList();
        clients.ForEach(client => client.Start());
        clients.ForEach(client => client.Join());
        var router = daemon.Status().VirtualRouters[0];
        options.Publish(string.Create(CultureInfo.InvariantCulture,
            $"lateness of {router.Lateness.Count:N0} advertisements at 10 ms, {Routers} virtual routers, control serving {bytes / 1e6 / seconds:0} MB/s of JSON: p50 {router.Lateness.P50} us, p99 {router.Lateness.P99} us, p99.99 {router.Lateness.P9999} us, max {router.Lateness.Max} us; daemon used {100 * (Cpu(daemon) - before) / seconds:0} % of a core"));
        return 0;
    }

    private static double Cpu(VigieDaemon daemon) => ProcessUsage.Of(daemon.Process.Tree()).CpuSeconds;

    private static long ReadEvents(string path, Core.Instant until)
    {
        var request = Encoding.ASCII.GetBytes($"GET {ApiPaths.Events} HTTP/1.1\r\nHost: vigie\r\nConnection: close\r\n\r\n");
        var buffer = new byte[64 * 1024];
        long total = 0;
        while (LabClock.Now < until)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(request);
            for (int count; (count = socket.Receive(buffer)) > 0;)
                total += count;
        }

        return total;
    }
}
