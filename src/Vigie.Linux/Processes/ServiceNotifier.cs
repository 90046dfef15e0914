using System.Globalization;
using System.Net.Sockets;

namespace Vigie.Linux;

/// <summary>
/// Tells the service manager that started this process how it is doing: datagrams of "KEY=value" lines to the socket that
/// NOTIFY_SOCKET names, as sd_notify(3) describes. Never waits, and never fails: without a manager that listens, work goes on.
/// </summary>
public sealed class ServiceNotifier : IDisposable
{
    private readonly UnixDomainSocketEndPoint _manager;
    private Socket _socket;

    private ServiceNotifier(UnixDomainSocketEndPoint manager, TimeSpan watchdog)
    {
        (_manager, Watchdog) = (manager, watchdog);
        _socket = Connect();
    }

    /// <summary>Without a "WATCHDOG=1" for so long the manager kills this process; zero: it does not watch.</summary>
    public TimeSpan Watchdog { get; }

    /// <summary>Null when no manager wants to hear anything.</summary>
    public static ServiceNotifier? FromEnvironment() => Open(
        Environment.GetEnvironmentVariable("NOTIFY_SOCKET"),
        Environment.GetEnvironmentVariable("WATCHDOG_USEC"), Environment.GetEnvironmentVariable("WATCHDOG_PID"));

    /// <summary>The same of these values, which are the manager's own words.</summary>
    /// <param name="path">An absolute path, or '@' and an abstract name.</param>
    /// <param name="watchdogMicroseconds">How long the watchdog waits; null for none.</param>
    /// <param name="watchdogPid">Whom it watches; null for whoever is asked.</param>
    public static ServiceNotifier? Open(string? path, string? watchdogMicroseconds, string? watchdogPid)
    {
        if (path is not { Length: > 1 } || path[0] is not ('/' or '@'))
            return null;
        // '@' stands for the zero byte with which abstract names begin.
        var address = path[0] == '@' ? "\0" + path[1..] : path;
        return new ServiceNotifier(new UnixDomainSocketEndPoint(address), WatchdogOf(watchdogMicroseconds, watchdogPid));
    }

    /// <summary>Whether it was handed over; a manager that was restarted is connected to again.</summary>
    public bool Tell(ReadOnlySpan<byte> lines)
    {
        if (TrySend(lines))
            return true;
        _socket.Dispose();
        _socket = Connect();
        return TrySend(lines);
    }

    public void Dispose() => _socket.Dispose();

    private static TimeSpan WatchdogOf(string? microseconds, string? pid)
    {
        var isForUs = pid is null || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isForUs && long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? TimeSpan.FromMicroseconds(value)
            : TimeSpan.Zero;
    }

    private bool TrySend(ReadOnlySpan<byte> lines)
    {
        if (!_socket.Connected)
            return false;
        _socket.Send(lines, SocketFlags.None, out var error);
        return error == SocketError.Success;
    }

    private Socket Connect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(_manager);
        }
        catch (SocketException)
        {
            // Nobody there at the moment; the next word is another attempt.
        }

        return socket;
    }
}
