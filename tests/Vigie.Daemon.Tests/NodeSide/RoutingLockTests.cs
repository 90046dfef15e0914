using System.Diagnostics;
using System.Text;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Vigie.Node;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>
/// The kernel has one lock for all changes of network settings in all namespaces. Another program that holds it for long
/// must not delay an advertisement, only our own changes.
/// <code>
///   namespace of the node: v0 10.77.0.1/24 ───── v0 10.77.0.2/24 :namespace of the listener
///   a third namespace: 2,000 links that are removed in one go, under the lock all the time
/// </code>
/// A kernel built without preemption lets nobody else run on the processor that removes the links, lock or not. So that the
/// lock alone is measured, the removal has one processor and everything else the other.
/// </summary>
public sealed class RoutingLockTests
{
    private const int Links = 2000;
    private const int Routers = 32;
    public static bool HasTwoProcessors => Environment.ProcessorCount > 1;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    [Fact(Skip = "needs two processors", SkipUnless = nameof(HasTwoProcessors))]
    public void Advertisements_keep_their_interval_while_another_program_holds_the_routing_lock()
    {
        using var host = NetworkNamespace.Create();
        using var listener = NetworkNamespace.Create();
        using var busy = NetworkNamespace.Create();
        var peer = string.Create(null, $"/proc/{Environment.ProcessId}/fd/{listener.Number}");
        NetworkNamespace.Run(host, () => Ip(
            $"link add v0 type veth peer name v0 netns {peer}\naddr add 10.77.0.1/24 dev v0\nlink set v0 up\nlink set lo up\n"));
        NetworkNamespace.Run(listener, () => Ip("addr add 10.77.0.2/24 dev v0\nlink set v0 up\n"));
        NetworkNamespace.Run(busy, () => Ip(ManyLinks()));
        Run("taskset", $"-a -p 2 {Environment.ProcessId}");
        NodePump? pump = null;
        using var started = new ManualResetEventSlim();
        var node = new Thread(() => NetworkNamespace.Run(host, () => RunNode(p =>
        {
            pump = p;
            started.Set();
        })));
        node.Start();
        Assert.True(started.Wait(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        try
        {
            var (longestWait, longestGap) = NetworkNamespace.Run(listener, () => Observe(busy));

            // Renewals of 32 routers, one every 16 ms, met the lock for certain.
            Assert.True(longestWait > TimeSpan.FromMilliseconds(100), $"the lock was held for {longestWait.TotalMilliseconds} ms only");
            Assert.True(longestGap < longestWait / 2,
                $"advertisements every {Interval.TotalMilliseconds} ms paused for {longestGap.TotalMilliseconds} ms, the lock was held for {longestWait.TotalMilliseconds} ms");
        }
        finally
        {
            pump!.Stop();
            node.Join();
            Run("taskset", $"-a -p ffffffff {Environment.ProcessId}");
        }

        Assert.Equal("", NetworkNamespace.Run(host, () => Run("ip", "address show dev v0 to 10.77.1.0/24")));
    }

    /// <summary>Waits for Actives, has the links removed, and returns how long the lock was waited for and an advertisement.</summary>
    private static (TimeSpan LongestWait, TimeSpan LongestGap) Observe(FileDescriptor busy)
    {
        using var socket = VrrpSocket.Open(IpFamily.IPv4);
        var index = LinkIndex("v0");
        Assert.Equal(0, socket.Join(index, VrrpCodec.MulticastIPv4));
        Assert.Equal(0, socket.SetFilter([index]));
        Scheduling.TryRealTime(38, TimeSpan.FromSeconds(2));
        var lastHeard = new Dictionary<byte, Instant>();
        Listen(socket, lastHeard, () => lastHeard.Count == Routers);
        Task removal;
        var longestWait = TimeSpan.Zero;
        removal = Task.Run(() => NetworkNamespace.Run(busy, () => Run("taskset", "1 ip link del group 42")));
        var probe = Task.Run(() => NetworkNamespace.Run(busy, () =>
        {
            using var routes = new RouteSocket();
            while (!removal.IsCompleted)
            {
                var asked = Clock.Now();
                routes.ApplyAddresses([new AddressChange { Operation = AddressOperation.Remove, InterfaceIndex = 1, Prefix = IpPrefix.Parse("10.1.1.1/32") }], new int[1]);
                longestWait = Clock.Now() - asked is var wait && wait > longestWait ? wait : longestWait;
            }
        }));
        lastHeard.Clear();
        var gap = Listen(socket, lastHeard, () => removal.IsCompleted && probe.IsCompleted);
        Task.WaitAll(removal, probe);
        return (longestWait, gap);
    }

    /// <summary>Listens until the condition holds and returns the longest time between two messages of one virtual router.</summary>
    private static TimeSpan Listen(VrrpSocket socket, Dictionary<byte, Instant> lastHeard, Func<bool> enough)
    {
        using var epoll = new Epoll();
        epoll.Add(socket, 0, EpollInterest.Readable);
        var events = new EpollEvent[1];
        var buffer = new byte[512];
        var longest = TimeSpan.Zero;
        for (var deadline = Clock.Now() + TimeSpan.FromSeconds(20); !enough();)
        {
            Assert.True(Clock.Now() < deadline, $"heard only {lastHeard.Count} virtual routers");
            epoll.Wait(events, 10);
            while (socket.TryReceive(buffer, out var received))
            {
                var now = Clock.Now();
                var vrid = buffer[received.PayloadOffset + 1];
                if (lastHeard.TryGetValue(vrid, out var before) && now - before > longest)
                    longest = now - before;
                lastHeard[vrid] = now;
            }
        }

        return longest;
    }

    /// <summary>The node as its process puts it together, on this thread.</summary>
    private static void RunNode(Action<NodePump> started)
    {
        var (near, far) = SeqPacketSocket.CreatePair();
        using (far)
        using (var sockets = new NodeSockets(near))
        {
            var channel = new ControlChannel(near);
            using var work = new KernelWork(sockets.Routes, new Listeners(sockets.IPv4, sockets.IPv6, sockets.Arp, sockets.Neighbors));
            using var writer = new KernelWriter(work, () => Scheduling.TryRealTime(39, TimeSpan.FromSeconds(2)));
            var network = new LinuxHostNetwork(writer, channel);
            var loop = new ElectionLoop(
                Configuration(), new LinuxAdvertisements(sockets.IPv4, sockets.IPv6), new LinuxFrames(sockets.Frames), network, channel);
            channel.Loop = loop;
            Scheduling.TryRealTime(40, TimeSpan.FromSeconds(2));
            using var pump = new NodePump(
                sockets, network, channel, loop, _ => throw new FormatException("no reload here"), realTime: true, memoryLocked: false);
            started(pump);
            pump.Run();
        }
    }

    private static NodeConfig Configuration() => new()
    {
        Node = "alpha",
        VirtualRouters =
        [
            .. Enumerable.Range(1, Routers).Select(vrid => new VirtualRouterConfig
            {
                Name = $"r{vrid}", Vrid = (byte)vrid, Interface = "v0", Priority = 200, AdvertisementInterval = Interval,
                Addresses = [IpPrefix.Parse($"10.77.1.{vrid}/32")],
            }),
        ],
    };

    private static string ManyLinks()
    {
        var batch = new StringBuilder();
        for (var i = 0; i < Links / 2; i++)
            batch.Append(null, $"link add a{i} group 42 type veth peer name b{i} group 42\n");
        return batch.ToString();
    }

    private static int LinkIndex(string name)
    {
        using var routes = new RouteSocket();
        return routes.DumpLinks().First(link => link.Name == name).Index;
    }

    private static void Ip(string batch)
    {
        using var process = Process.Start(new ProcessStartInfo("ip", "-batch -") { RedirectStandardInput = true, RedirectStandardError = true })!;
        process.StandardInput.Write(batch);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
    }

    private static string Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
