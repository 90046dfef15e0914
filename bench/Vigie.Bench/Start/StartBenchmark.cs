using System.Net.Sockets;
using System.Text;
using Vigie.Bench.Failover;
using Vigie.Bench.Reporting;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Topologies;

namespace Vigie.Bench.Start;

/// <summary>
/// From the command to an answer on the socket, which comes only when the node listens too, and to the first
/// advertisement that a client hears.
/// </summary>
internal static class StartBenchmark
{
    private const string Method =
        "One virtual router as address owner (priority 255), which advertises as soon as it can. *Answer*: `GET /v1/status` on the Unix socket succeeds; keepalived has nothing "
        + "like it. *Listening*: the VRRP group is joined. *First advertisement*: it arrives at another host. All from just before the command; the few milliseconds of "
        + "the lab's own launcher are in every figure.";

    private const double BoundMilliseconds = 100;
    private const string VrrpGroup = "120000E0"; // 224.0.0.18 as /proc/net/igmp writes it
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TimeSpan Estimate(BenchmarkOptions options) => TimeSpan.FromSeconds(5 + 4 * options.Repeat(15, quick: 3));

    public static Section Run(BenchmarkOptions options)
    {
        var cells = new Dictionary<(Contestant, string), Samples>();
        using var lab = new TwoHostsAndClient();
        using var watch = new AdvertisementWatch(lab.Client, IpFamily.IPv4);
        Measure(Contestant.Vigie, lab, watch); // the first one compiles what measures, and reads the executables from disk
        Measure(Contestant.Keepalived, lab, watch);
        for (var i = 0; i < options.Repeat(15, quick: 3); i++)
        {
            foreach (var contestant in Contestant.InTurns(i))
            {
                foreach (var (what, milliseconds) in Measure(contestant, lab, watch))
                {
                    if (!cells.TryGetValue((contestant, what), out var samples))
                        cells[(contestant, what)] = samples = new Samples();
                    samples.Add(milliseconds);
                    Runner.Say($"{contestant,-10} {what}: {milliseconds:0.0} ms");
                }
            }
        }

        return Report(cells);
    }

    private static IEnumerable<(string What, double Milliseconds)> Measure(Contestant contestant, TwoHostsAndClient lab, AdvertisementWatch watch)
    {
        var known = watch.Count;
        var start = LabClock.Now;
        var running = contestant.Start(lab.Alpha, new VirtualRouterSetup { Priority = 255 });
        Instant? listening = null;
        Instant? answered = null;
        Instant? advertised = null;
        while (listening is null || advertised is null || (running.Daemon is not null && answered is null))
        {
            advertised ??= watch.WaitForMore(known, TimeSpan.FromMilliseconds(1));
            listening ??= HasJoined(running.Process.Pid) ? LabClock.Now : null;
            if (running.Daemon is not null)
                answered ??= Answers(lab.Alpha.SocketPath) ? LabClock.Now : null;
            if (LabClock.Now - start > Patience)
                throw new LabException($"{contestant} did not start:\n{running.Process.Tail()}");
        }

        running.Process.Stop();
        if (answered is { } at)
            yield return ("answer", (at - start).TotalMilliseconds);
        yield return ("listening", (listening.Value - start).TotalMilliseconds);
        yield return ("first advertisement", (advertised.Value - start).TotalMilliseconds);
    }

    private static bool HasJoined(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/net/igmp").Contains(VrrpGroup, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool Answers(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 2000 };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(Encoding.ASCII.GetBytes($"GET {ApiPaths.Status} HTTP/1.1\r\nHost: vigie\r\nConnection: close\r\n\r\n"));
            Span<byte> answer = stackalloc byte[64];
            var length = socket.Receive(answer);
            return Encoding.ASCII.GetString(answer[..length]).StartsWith("HTTP/1.1 200", StringComparison.Ordinal);
        }
        catch (SocketException)
        {
            return false; // nobody listens yet
        }
    }

    private static Section Report(Dictionary<(Contestant, string), Samples> cells)
    {
        var section = new Section("Start", Method, "until", "program", "starts", "median ms", "worst ms");
        foreach (var ((contestant, what), samples) in cells.OrderBy(cell => cell.Key.Item2, StringComparer.Ordinal).ThenByDescending(cell => cell.Key.Item1.Name, StringComparer.Ordinal))
            section.Row(what, contestant.Name, $"{samples.Count}", Samples.Text(samples.Median), Samples.Text(samples.Worst));
        foreach (var what in new[] { "answer", "listening" })
        {
            var samples = cells[(Contestant.Vigie, what)];
            section.Bound($"Vigie, {what} below 100 ms: median {Samples.Text(samples.Median)} ms, worst {Samples.Text(samples.Worst)} ms", samples.Median < BoundMilliseconds);
        }

        return section;
    }
}
