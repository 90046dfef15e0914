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
    public static int Run(RunOptions options)
    {
        ParentDeath.SetSignal(15);
        using var stopping = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            // Not from the signal thread: cancelling runs what waits for it.
            ThreadPool.QueueUserWorkItem(_ => stopping.Cancel());
        });

        var log = new LogWriter(Console.Error, options.LogFormat);
        var events = new EventRing(log);
        using var channel = new NodeChannel(SeqPacketSocket.FromInherited(Descriptors.Channel), events);
        var reload = new ReloadService(options.ConfigFile, channel, events);
        // A terminal that closes tells the whole group; the supervisor is the one who rings for a reload.
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);
        channel.Start();
        new Thread(() => ReloadWhenRung(reload)) { IsBackground = true, Name = "reload" }.Start();
        return ApiServer.Run(options, channel, events, reload, stopping.Token);
    }

    private static void ReloadWhenRung(ReloadService reload)
    {
        using var bell = EventFd.FromInherited(Descriptors.ReloadBell);
        using var epoll = new Epoll();
        epoll.Add(bell, 0, EpollInterest.Readable);
        var ready = new EpollEvent[1];
        while (true)
        {
            epoll.Wait(ready, -1);
            if (bell.Acknowledge())
                reload.ReloadAsync().GetAwaiter().GetResult();
        }
    }
}
