using Vigie.Core.Net;
using Xunit;

namespace Vigie.Linux.Tests;

/// <summary>
/// Nothing that is opened stays open. Runs when no other test does, so that the open descriptors are its own.
/// </summary>
[Collection(nameof(AloneDefinition))]
public sealed class LeakTests
{
    private static readonly Action[] s_everything =
    [
        () => new Epoll().Dispose(),
        () => new TimerFd().Dispose(),
        () => new EventFd().Dispose(),
        () => MemoryFile.Create("leak", [1, 2, 3]).Dispose(),
        () => new RouteSocket().Dispose(),
        () => new RouteEvents(neighbors: true).Dispose(),
        () => VrrpSocket.Open(IpFamily.IPv4).Dispose(),
        () => VrrpSocket.Open(IpFamily.IPv6).Dispose(),
        () => PacketSocket.Open().Dispose(),
        () => new ArpListener().Dispose(),
        () => new NeighborListener().Dispose(),
        () => NetworkNamespace.Create().Dispose(),
        () => NetworkNamespace.Run("/proc/self/ns/net", () => { }),
        () =>
        {
            var (first, second) = SeqPacketSocket.CreatePair();
            first.Dispose();
            second.Dispose();
        },
        () =>
        {
            using var bell = new EventFd();
            using var child = ProcessSpawner.Spawn("/bin/true", [], [], [(bell, 3), (bell, 4)]);
            Waiting.IsReadable(child.PidFd);
            Assert.True(child.TryReap(out _));
        },
        () =>
        {
            using var bell = new EventFd();
            Assert.Throws<LinuxException>(() => ProcessSpawner.Spawn("/nowhere/at/all", [], [], [(bell, 3)]));
        },
        () => Assert.Throws<LinuxException>(() => MemoryFile.FromInherited(9999)),
        ManyGroups,
    ];

    [Fact]
    public void Everything_that_is_opened_and_disposed_is_closed()
    {
        foreach (var action in s_everything)
            action();

        // What other tests forgot goes now; what we forget below must not be tidied up by a finalizer before it is seen.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = OpenDescriptors();

        for (var i = 0; i < 5; i++)
        {
            foreach (var action in s_everything)
                action();
        }

        Assert.Equal(before, OpenDescriptors());
    }

    [Fact]
    public void Every_descriptor_is_close_on_exec_and_does_not_block()
    {
        var (first, second) = SeqPacketSocket.CreatePair();
        FileDescriptor[] all =
        [
            new Epoll(), new TimerFd(), new EventFd(), MemoryFile.Create("leak", []), new RouteSocket(), new RouteEvents(),
            VrrpSocket.Open(IpFamily.IPv4), VrrpSocket.Open(IpFamily.IPv6), PacketSocket.Open(), new ArpListener(),
            new NeighborListener(), first, second,
        ];
        try
        {
            const int closeOnExec = 0x80000, nonBlocking = 0x800;
            foreach (var descriptor in all)
            {
                var line = File.ReadLines($"/proc/self/fdinfo/{descriptor.Number}").Single(line => line.StartsWith("flags:", StringComparison.Ordinal));
                var flags = Convert.ToInt32(line["flags:".Length..].Trim(), 8);

                // A read of memory and an epoll descriptor (which is only ever waited on) cannot block.
                var wanted = descriptor is Epoll or MemoryFile ? closeOnExec : closeOnExec | nonBlocking;
                Assert.Equal((descriptor.GetType(), wanted), (descriptor.GetType(), flags & wanted));
            }
        }
        finally
        {
            Array.ForEach(all, descriptor => descriptor.Dispose());
        }
    }

    // The holders of memberships beyond a socket's limit.
    private static void ManyGroups()
    {
        using var lab = NetworkNamespace.Create();
        NetworkNamespace.Run(lab, () =>
        {
            for (var i = 0; i < 25; i++)
                TestNetwork.Run("ip", "link", "add", $"b{i}", "type", "bridge");
            using var route = new RouteSocket();
            using var socket = VrrpSocket.Open(IpFamily.IPv4);
            foreach (var link in route.DumpLinks().Where(link => link.Kind == "bridge"))
                Assert.Equal(0, socket.Join(link.Index, IpAddress.Parse("224.0.0.18")));
        });
    }

    // Pipes are the framework's: its processes leave them to the finalizer. Nothing of ours makes one.
    // Besides ours: the runtime keeps each assembly open from its first use on.
    private static string[] OpenDescriptors() =>
        [.. Directory.EnumerateFileSystemEntries("/proc/self/fd")
            .Select(path => new FileInfo(path).LinkTarget ?? "/proc/gone") // a finalizer has just closed it
            .Where(target => !target.StartsWith("/proc/", StringComparison.Ordinal) && !target.StartsWith("pipe:", StringComparison.Ordinal)
                && !target.EndsWith(".dll", StringComparison.Ordinal))
            .Order()];
}
