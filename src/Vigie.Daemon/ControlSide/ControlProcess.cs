using System.Runtime.InteropServices;
using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Core.Configuration;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>
/// The control process: the API on the Unix socket, events and log, reloads. It may allocate, wait and crash: no role
/// changes because of it.
/// </summary>
internal static class ControlProcess
{
    // The guardian waits for five seconds, of which the API may take one.
    private const int StatusAttempts = 3;
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(3.5);

    /// <param name="supervisor">The guardian.</param>
    /// <param name="options">Its options.</param>
    /// <param name="restarts">How many control processes it had before this one.</param>
    public static int Run(int supervisor, RunOptions options, long restarts)
    {
        ParentDeath.SetSignal(15);
        if (ParentDeath.ParentPid != supervisor)
            return ExitCode.Failed; // it has died already
        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            // Not from the signal thread: cancelling runs what waits for it.
            ThreadPool.QueueUserWorkItem(_ => stopping.Cancel());
        });

        using var log = new LogWriter(Console.Error, options.LogFormat);
        var events = new EventRing(log, restarts * EventRing.NumbersOfOneProcess);
        var clock = new WallClock();
        using var channel = new NodeChannel(SeqPacketSocket.FromInherited(Descriptors.Channel), events, clock);
        var aside = new AsideService(channel, new AsideStore(options.StateDirectory), events);
        var running = new RunningConfiguration(ReadRunning());
        using var notify = new NotifyService(
            "/proc/self/exe", running.Current, new NotifyStore(options.StateDirectory), DaemonLife.Current(), events, clock, () => _ = AskStatus(channel));
        running.OnChanged = notify.Configure;
        channel.OnStatus = notify.OnStatus;
        channel.OnBurst = () => _ = AskStatus(channel);
        channel.OnEvent = (e, router) =>
        {
            aside.OnEvent(e, router);
            notify.OnEvent(e, router);
        };
        using var reload = new ReloadService(options.ConfigFile, channel, events, running);
        using var ready = EventFd.FromInherited(Descriptors.ControlReady);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _ = ReloadForSignal(reload, ready);
        });
        using var guardian = new GuardianChannel(SeqPacketSocket.FromInherited(Descriptors.GuardianReports), events);
        guardian.Start();
        channel.Start();
        notify.Start();
        ready.Signal();
        var status = new StatusText(clock, () => guardian.Status, FilteredCounts.Read, () => notify.Status);
        var exitCode = ApiServer.Run(options, channel, status, events, reload, aside, stopping.Token);
        // The node has ended by now: its last words are on the channel, and scripts are to hear of them.
        channel.DrainAsync().GetAwaiter().GetResult();
        notify.Leave(LongestGoodbye);
        return exitCode;
    }

    private static NodeConfig ReadRunning()
    {
        using var file = MemoryFile.FromInherited(Descriptors.ControlConfiguration);
        var read = ConfigurationReader.Read(Encoding.UTF8.GetString(file.ReadAll()), "configuration", Environment.MachineName);
        return read.Config ?? throw new FormatException($"{read.Problems.Length} problems in the configuration");
    }

    // The answer goes to whoever listens to the channel, also when it comes too late for this question.
    private static async Task AskStatus(NodeChannel channel)
    {
        for (var i = 0; i < StatusAttempts; i++)
        {
            try
            {
                await channel.StatusAsync(CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (IOException)
            {
                // A part of the answer found no room beside the events, or the node is not there at the moment.
            }
            catch (Exception e) when (e is TimeoutException or ObjectDisposedException)
            {
                return; // what changes with the node's return comes as events
            }
        }
    }

    // The guardian hears when it is over, and tells the service manager.
    private static async Task ReloadForSignal(ReloadService reload, EventFd ready)
    {
        await reload.ReloadAsync(planOnly: false).ConfigureAwait(false);
        ready.Signal();
    }
}
