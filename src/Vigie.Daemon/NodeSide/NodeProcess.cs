using System.Runtime.InteropServices;
using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Core.Configuration;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Guarding;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// The node process: elections, kernel addresses, announcements, on one thread that no log, file, check or garbage of
/// others can delay.
/// </summary>
internal static class NodeProcess
{
    // Below the kernel's own threads (50 and up, typically), above everything ordinary.
    private const int RealTimePriority = 40;

    // Addresses must not wait for ordinary work, or a takeover would take longer on a busy host; but on a host with one
    // processor an advertisement goes before an address.
    private const int WriterPriority = RealTimePriority - 1;

    // Runs away for that long without ever sleeping: the kernel ends it, and the host stays usable.
    private static readonly TimeSpan RuntimeLimit = TimeSpan.FromSeconds(2);

    public static int Run(int supervisor, string stateDirectory)
    {
        // Without its supervisor nobody would end or restart it: it leaves as on SIGTERM.
        ParentDeath.SetSignal(15);
        if (ParentDeath.ParentPid != supervisor)
            return ExitCode.Failed; // it has died already
        using var wakeForSignal = PosixSignalRegistration.Create(PosixSignal.SIGINT, Ignore);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Ignore);

        using var sockets = new NodeSockets(SeqPacketSocket.FromInherited(Descriptors.Channel));
        var channel = new ControlChannel(sockets.Control);
        byte[] text;
        using (var file = MemoryFile.FromInherited(Descriptors.Configuration))
            text = file.ReadAll();
        var config = Read(Encoding.UTF8.GetString(text));
        using var memory = SharedMemory.FromInherited(Descriptors.Board);
        var listeners = new Listeners(sockets.IPv4, sockets.IPv6, sockets.Arp, sockets.Neighbors);
        using var work = new KernelWork(sockets.Routes, listeners);
        using var writer = new KernelWriter(work, ScheduleWriter);
        var network = new LinuxHostNetwork(writer, channel);
        var loop = new ElectionLoop(
            config, new LinuxAdvertisements(sockets.IPv4, sockets.IPv6), new LinuxFrames(sockets.Frames), network, channel);
        channel.Loop = loop;
        loop.Guard(new RoleBoard(new SharedBoard(memory)));
        var aside = new AsideStore(stateDirectory).Load(out var unread);
        loop.StandAside(aside.Drained, aside.MovedAway);
        if (unread is not null)
            channel.Report(new NodeEvent { Kind = NodeEventKind.AsideUnread, At = Clock.Now(), Router = -1 });
        channel.Report(new NodeEvent { Kind = NodeEventKind.Started, At = Clock.Now(), Router = -1, Count = config.VirtualRouters.Length });
        var memoryLocked = Try(channel, NodeEventKind.MemoryLockRefused, MemoryLock.TryLockAll());
        // Last, so that start-up work is done at ordinary priority; signal and collector threads stay ordinary.
        var realTime = Try(channel, NodeEventKind.RealTimeRefused, Scheduling.TryRealTime(RealTimePriority, RuntimeLimit));

        using var pump = new NodePump(sockets, network, channel, loop, Read, realTime, memoryLocked, text);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            pump.Leave();
        });
        // From the guardian, when somebody does not want to wait.
        using var quit = PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context =>
        {
            context.Cancel = true;
            pump.Stop();
        });
        pump.Run();
        return ExitCode.Ok;
    }

    // Refused for one thread it is refused for the other, which says so.
    private static void ScheduleWriter() => _ = Scheduling.TryRealTime(WriterPriority, RuntimeLimit);

    private static NodeConfig Read(string text)
    {
        var result = ConfigurationReader.Read(text, "configuration", Environment.MachineName);
        return result.Config ?? throw new FormatException($"{result.Problems.Length} problems in the configuration");
    }

    private static bool Try(ControlChannel channel, NodeEventKind refusal, int error)
    {
        if (error == 0)
            return true;
        channel.Report(new NodeEvent { Kind = refusal, At = Clock.Now(), Router = -1, Error = error });
        return false;
    }

    // Ctrl-C reaches the whole group; the supervisor ends us in order.
    private static void Ignore(PosixSignalContext context) => context.Cancel = true;
}
