using System.Runtime.InteropServices;
using Vigie.Contract;
using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>
/// The control process: the API on the Unix socket, events and log, reloads. It may allocate, wait and crash: no role
/// changes because of it.
/// </summary>
internal static class ControlProcess
{
    public static int Run(int supervisor, RunOptions options)
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
        var events = new EventRing(log);
        var clock = new WallClock();
        using var channel = new NodeChannel(SeqPacketSocket.FromInherited(Descriptors.Channel), events, clock);
        var aside = new AsideService(channel, new AsideStore(options.StateDirectory), events);
        channel.OnEvent = aside.OnEvent;
        using var reload = new ReloadService(options.ConfigFile, channel, events);
        using var ready = EventFd.FromInherited(Descriptors.ControlReady);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            _ = ReloadForSignal(reload, ready);
        });
        using var guardian = new GuardianChannel(SeqPacketSocket.FromInherited(Descriptors.GuardianReports), events);
        guardian.Start();
        channel.Start();
        ready.Signal();
        return ApiServer.Run(options, channel, new StatusText(clock, () => guardian.Status, FilteredCounts.Read), events, reload, aside, stopping.Token);
    }

    // The guardian hears when it is over, and tells the service manager.
    private static async Task ReloadForSignal(ReloadService reload, EventFd ready)
    {
        await reload.ReloadAsync(planOnly: false).ConfigureAwait(false);
        ready.Signal();
    }
}
