using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Wire;
using Vigie.Daemon.GuardianSide;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Vigie.Node.Ports;
using Vigie.Node.Releasing;

namespace Vigie.Daemon.ReleaseSide;

/// <summary>
/// <c>vigie release</c>: what a service manager runs when every process of ours is dead. It needs nothing of them but the
/// configuration that ran and the kernel's addresses, and is over within a second.
/// </summary>
internal static class ReleaseCommand
{
    private const ulong TimerToken = 1;
    private const ulong SocketToken = 2;

    public static int Run(ReleaseOptions options, TextWriter output, TextWriter error)
    {
        if (StartChecks.Platform() is { } unfit)
            return Complain(error, ExitCode.Refused, unfit);
        // Held until the end: a daemon that starts meanwhile would have its addresses taken away.
        using var claim = SocketClaim.Hold(Path.GetFullPath(options.Socket), out var refusal);
        if (refusal.Length > 0 && !options.Force)
            return Complain(error, ExitCode.Refused, $"{refusal}; stop it, and it resigns by itself, or say --force (one that lives takes its addresses back)");

        var config = ReadRunning(options, error) ?? ReadConfiguration(options.ConfigFile, error);
        try
        {
            using var host = new ReleaseHost(output);
            if (config is null && !options.Force)
                return Unreadable(host, error);
            var loop = new ReleaseLoop(config ?? new NodeConfig { Node = "", VirtualRouters = [] }, host.Links.AsSpan(), host.Addresses.AsSpan(), host, host);
            if (loop.IsEmpty)
                output.WriteLine("nothing to release: no address here was put there by Vigie");
            Pump(loop, host);
            // Packets for addresses that are gone need not be refused any more.
            if (new AcceptFilter().Apply([]) is { } filter)
                error.WriteLine($"vigie: the rules of accept: false stay: {filter}");
            if (new PeerFilter().Apply([]) is { } peers)
                error.WriteLine($"vigie: the rules of peers: stay: {peers}");
            if (MuteFilter.RemoveLeftOvers() is { } mute)
                error.WriteLine($"vigie: the rules of a host that is leaving stay: {mute}");
            if (host.Refusal is { } kept)
                return Complain(error, ExitCode.Failed, kept);
            return config is null ? ExitCode.Configuration : ExitCode.Ok;
        }
        catch (LinuxException e)
        {
            return Complain(error, ExitCode.Failed, e.Message);
        }
    }

    /// <summary>What ran; null when the daemon has kept nothing that can be read.</summary>
    private static NodeConfig? ReadRunning(ReleaseOptions options, TextWriter error)
    {
        var store = new RunningStore(options.StateDirectory);
        var text = store.Load(out var failure);
        if (failure is not null)
            error.WriteLine($"vigie: the configuration that ran cannot be read: {failure}; {options.ConfigFile} is used");
        if (text is null)
            return null;
        var config = ConfigurationReader.Read(text, store.FilePath, Environment.MachineName).Config;
        if (config is null)
            error.WriteLine($"vigie: {store.FilePath} is no configuration of this version; {options.ConfigFile} is used");
        return config;
    }

    private static NodeConfig? ReadConfiguration(string file, TextWriter error)
    {
        if (StartChecks.ReadConfiguration(file, out var text) is { } unreadable)
        {
            error.WriteLine($"vigie: {unreadable}");
            return null;
        }

        var result = ConfigurationReader.Read(text, file, Environment.MachineName);
        if (result.Config is null)
            error.Write(result.Render(color: false));
        return result.Config;
    }

    // Removing the addresses without a word to the others would leave clients alone until these miss us. The kernel
    // removes them too, a little later than that.
    private static int Unreadable(ReleaseHost host, TextWriter error)
    {
        var ours = host.Addresses.Where(address => address.Ours).Select(address => address.Prefix).ToList();
        if (ours.Count > 0)
            error.WriteLine($"vigie: without the configuration nobody can be told; the kernel removes {string.Join(' ', ours)} by itself when peers have"
                + " had the time to take over; --force removes them now");
        return ExitCode.Configuration;
    }

    private static void Pump(ReleaseLoop loop, ReleaseHost host)
    {
        host.Listen(loop.Listening());
        using var epoll = new Epoll();
        using var timer = new TimerFd();
        epoll.Add(timer, TimerToken, EpollInterest.Readable);
        epoll.Add(host.IPv4, SocketToken, EpollInterest.Readable);
        epoll.Add(host.IPv6, SocketToken, EpollInterest.Readable);
        Span<EpollEvent> ready = stackalloc EpollEvent[4];
        loop.Start(Clock.Now());
        while (!loop.IsFinished)
        {
            timer.Arm(loop.Step(Clock.Now()));
            if (loop.IsFinished)
                return;
            epoll.Wait(ready, -1);
            timer.Acknowledge();
            Hear(loop, host.IPv4);
            Hear(loop, host.IPv6);
        }
    }

    private static void Hear(ReleaseLoop loop, VrrpSocket socket)
    {
        Span<byte> message = stackalloc byte[VrrpCodec.MaximumLength + 64];
        while (socket.TryReceive(message, out var received))
            loop.OnMessage(
                Clock.Now(), new ReceivedMessage(received.InterfaceIndex, received.Source, received.Destination, received.HopLimit),
                message.Slice(received.PayloadOffset, received.Length));
    }

    private static int Complain(TextWriter error, int exitCode, string message)
    {
        error.WriteLine($"vigie: {message}");
        return exitCode;
    }
}
