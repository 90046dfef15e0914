using System.Diagnostics;
using Vigie.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>A whole node in a namespace of its own, whose kernel cannot be read for a while.</summary>
public sealed class NodePumpResyncTests
{
    private const string Configuration = """
        node: alpha
        virtual_routers:
          - {name: db, vrid: 51, interface: v0, addresses: [10.77.0.100/24], advertisement_interval: 10ms}
        """;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public void A_kernel_that_cannot_be_read_is_asked_again_until_it_can_and_the_elections_begin_then()
    {
        using var fresh = NetworkNamespace.Create();
        NetworkNamespace.Run(fresh, () =>
        {
            Ip("link", "add", "v0", "type", "veth", "peer", "name", "v1");
            Ip("link", "set", "v1", "up");
            Ip("link", "set", "v0", "up");
            Ip("addr", "add", "10.77.0.1/24", "dev", "v0");
            var (control, node) = SeqPacketSocket.CreatePair();
            using var ours = control;
            using var sockets = new NodeSockets(node);
            using var work = new KernelWork(sockets.Routes, new Listeners(sockets.IPv4, sockets.IPv6, sockets.Arp, sockets.Neighbors));
            var kernel = new UnreadableKernel(work, refusals: 4);
            using var writer = new KernelWriter(kernel, () => { });
            var channel = new ControlChannel(sockets.Control);
            var network = new LinuxHostNetwork(writer, channel);
            var config = ConfigurationReader.Read(Configuration, "test", "alpha").Config!;
            var loop = new ElectionLoop(
                config, new LinuxAdvertisements(sockets.IPv4, sockets.IPv6), new LinuxFrames(sockets.Frames), network, channel);
            channel.Loop = loop;
            using var pump = new NodePump(sockets, network, channel, loop, _ => config, realTime: false, memoryLocked: false, []);
            var thread = new Thread(pump.Run) { IsBackground = true };
            thread.Start();
            List<NodeEvent> seen;
            try
            {
                seen = ReadUntil(ours, e => e is { Kind: NodeEventKind.StateChanged, State: RouterState.Active });
            }
            finally
            {
                pump.Stop();
                thread.Join();
            }

            // Said once, at the third failure; and nothing was done before the kernel was known.
            var failed = Assert.Single(seen, e => e.Kind == NodeEventKind.ResyncFailed);
            Assert.Equal((Errno.ENOBUFS, ResyncPolicy.FailuresUntilEvent), (failed.Error, failed.Count));
            Assert.DoesNotContain(seen.TakeWhile(e => e.Kind != NodeEventKind.ResyncFailed), e => e.Kind == NodeEventKind.StateChanged);
            Assert.Equal(5, kernel.Asked);
            Assert.Equal((true, false), (kernel.Applied, kernel.AppliedUnread));
        });
    }

    private static List<NodeEvent> ReadUntil(SeqPacketSocket socket, Predicate<NodeEvent> last)
    {
        var seen = new List<NodeEvent>();
        var buffer = new byte[Descriptors.LongestMessage];
        var since = Stopwatch.GetTimestamp();
        using var epoll = new Epoll();
        epoll.Add(socket, 0, EpollInterest.Readable);
        Span<EpollEvent> ready = stackalloc EpollEvent[1];
        while (seen.Count == 0 || !last(seen[^1]))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Deadline, string.Join(", ", seen.Select(e => e.Kind)));
            if (socket.TryReceive(buffer, out var length) != ReceiveResult.Data)
            {
                epoll.Wait(ready, (int)Deadline.TotalMilliseconds);
                continue;
            }

            if (buffer[0] != (byte)MessageKind.Event)
                continue;
            var reader = new SpanReader(buffer.AsSpan(1, length - 1));
            seen.Add(EventMessage.Read(ref reader, out _));
        }

        return seen;
    }

    private static void Ip(params string[] arguments)
    {
        using var ip = Process.Start("ip", arguments);
        ip.WaitForExit();
        Assert.Equal(0, ip.ExitCode);
    }

    /// <summary>The real kernel, of which so many readings fail first.</summary>
    private sealed class UnreadableKernel(IKernelWork kernel, int refusals) : IKernelWork
    {
        /// <summary>How often it was to be read.</summary>
        public int Asked { get; private set; }

        /// <summary>Addresses were changed.</summary>
        public bool Applied { get; private set; }

        /// <summary>Some of them before it had been read.</summary>
        public bool AppliedUnread { get; private set; }

        public AddressOutcome Apply(in AddressPlan plan)
        {
            Applied = true;
            AppliedUnread |= Asked <= refusals;
            return kernel.Apply(plan);
        }

        public object Answer(object request)
        {
            if (request is not SnapshotRequest || ++Asked > refusals)
                return kernel.Answer(request);
            return new KernelSnapshot([], [], Errno.ENOBUFS);
        }
    }
}
