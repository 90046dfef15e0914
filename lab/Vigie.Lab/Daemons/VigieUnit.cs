using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Vigie.Core;
using Vigie.Lab.Processes;

namespace Vigie.Lab.Daemons;

// What packaging/vigie.service asks of systemd, done by the lab, which has none:
//
//   start ──► running ──► ended, or killed by the watchdog ──► the rest is ended ──► vigie release ──► start again
//               ▲ READY=1, WATCHDOG=1, ... by datagram                              (ExecStopPost=)    (RestartSec=)

/// <summary>`vigie run` under a supervisor that behaves like its unit: notification, watchdog, ExecStopPost, restart, own user.</summary>
public sealed class VigieUnit : IDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly LabHost _host;
    private readonly VigieUnitOptions _options;
    private readonly Socket _notify;
    private readonly Thread _supervisor;
    private readonly Thread _listener;
    private readonly Lock _gate = new();
    private readonly List<string> _notifications = [];
    private readonly List<UnitRelease> _releases = [];
    private readonly ManualResetEventSlim _ended = new();
    private readonly string _address;
    private VigieDaemon _daemon;
    private Instant _fedAt;
    private Exception? _failure;
    private volatile bool _stop;

    private VigieUnit(LabHost host, VigieUnitOptions options)
    {
        (_host, _options) = (host, options);
        if (options.User is { } user)
            GiveTo(host, user);
        _address = options.AbstractSocket ? $"@{host.Namespace}-notify" : Path.Combine(host.Directory, "notify");
        // Abstract names belong to a network namespace.
        _notify = host.Inside(() => new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified));
        _notify.Bind(new UnixDomainSocketEndPoint(options.AbstractSocket ? "\0" + _address[1..] : _address));
        if (!options.AbstractSocket)
            File.SetUnixFileMode(_address, (UnixFileMode)0b110_110_110);
        _daemon = StartDaemon();
        _listener = new Thread(Listen) { Name = "unit notifications", IsBackground = true };
        _supervisor = new Thread(Supervise) { Name = "unit", IsBackground = true };
        _listener.Start();
        _supervisor.Start();
    }

    /// <summary>The daemon that runs, or ran last.</summary>
    public VigieDaemon Daemon => Volatile.Read(ref _daemon);

    /// <summary>How often it was started.</summary>
    public int Starts { get; private set; }

    /// <summary>How often the watchdog has killed it.</summary>
    public int WatchdogKills { get; private set; }

    /// <summary>Every datagram of every start, in order.</summary>
    public ImmutableArray<string> Notifications
    {
        get
        {
            lock (_gate)
                return [.. _notifications];
        }
    }

    /// <summary>What `vigie release` did after each end.</summary>
    public ImmutableArray<UnitRelease> Releases
    {
        get
        {
            lock (_gate)
                return [.. _releases];
        }
    }

    /// <summary>Writes the configuration and starts the unit; waits for nothing.</summary>
    public static VigieUnit Start(LabHost host, string yaml, VigieUnitOptions? options = null)
    {
        File.WriteAllText(VigieDaemon.ConfigPath(host), yaml);
        return host.Run.Own(new VigieUnit(host, options ?? new VigieUnitOptions()));
    }

    /// <summary>Waits until the daemon has said READY=1 so many times.</summary>
    public void WaitUntilReady(int times = 1) =>
        Condition.WaitFor($"READY=1 from {_host.Name}", () => Count("READY=1") >= times, explain: () => Daemon.Process.Tail());

    /// <summary>How many datagrams hold this line.</summary>
    public int Count(string line) => Notifications.Count(text => text.Split('\n').Contains(line));

    /// <summary>Waits for the end number so many of the daemon, with the release that follows it.</summary>
    public UnitRelease WaitForRelease(int number = 1)
    {
        Condition.WaitFor($"release {number} on {_host.Name}", () => Releases.Length >= number || _failure is not null, TimeSpan.FromSeconds(30));
        return _failure is null ? Releases[number - 1] : throw new LabException("the supervisor failed", _failure);
    }

    /// <summary>As `systemctl stop`: SIGTERM, the end awaited, ExecStopPost, no restart. Returns the daemon's exit code.</summary>
    public int Stop()
    {
        _stop = true;
        Daemon.Process.Signal(Signals.Terminate);
        _ended.Wait(StopLimit);
        return Daemon.Process.ExitCode;
    }

    public void Dispose()
    {
        _stop = true;
        Daemon.Process.Dispose(); // the run may have done so before
        _supervisor.Join(StopLimit);
        _notify.Dispose();
        _listener.Join(StopLimit);
        _ended.Dispose();
    }

    private void Supervise()
    {
        try
        {
            while (true)
            {
                WaitForEnd(Daemon.Process);
                EndTheRest(Daemon.Process.Pid);
                if (_options.Releases)
                    Release();
                if (_stop)
                    return;
                // Not a sleep for a test: the unit's RestartSec.
                _ended.Wait(_options.RestartDelay);
                if (_stop)
                    return;
                Volatile.Write(ref _daemon, StartDaemon());
            }
        }
        catch (Exception e) when (e is LabException or IOException or InvalidOperationException)
        {
            _failure = e;
        }
        finally
        {
            _ended.Set();
        }
    }

    private void WaitForEnd(LabProcess process)
    {
        while (!process.TryWaitForExit(LookEvery))
        {
            if (_options.Watchdog == TimeSpan.Zero || _stop)
                continue;
            Instant fed;
            lock (_gate)
                fed = _fedAt;
            if (LabClock.Now - fed <= _options.Watchdog)
                continue;
            WatchdogKills++;
            process.Kill();
        }
    }

    /// <summary>KillMode=control-group: who is left over is asked to end, and made to.</summary>
    private static void EndTheRest(int pid)
    {
        foreach (var member in ProcessTree.OfSession(pid))
            Signals.Send(member, Signals.Terminate);
        var until = LabClock.Now + StopLimit;
        while (ProcessTree.OfSession(pid) is { Count: > 0 } left)
        {
            if (LabClock.Now > until)
                left.ForEach(member => Signals.Send(member, Signals.Kill));
            Thread.Sleep(2);
        }
    }

    private void Release()
    {
        var began = LabClock.Now;
        string[] command = [.. Command(), "release", "--config", VigieDaemon.ConfigPath(_host), "--state-dir", _host.StateDirectory, "--socket", _host.SocketPath];
        var (exitCode, output, errors) = _host.TryExecute(command[0], command[1..]);
        lock (_gate)
            _releases.Add(new UnitRelease(began, LabClock.Now - began, exitCode, output + errors));
    }

    private VigieDaemon StartDaemon()
    {
        Starts++;
        lock (_gate)
            _fedAt = LabClock.Now;
        var environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = _address };
        if (_options.Watchdog > TimeSpan.Zero)
            environment["WATCHDOG_USEC"] = _options.Watchdog.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture);
        return VigieDaemon.StartAs(_host, Command(), environment);
    }

    /// <summary>How the unit's user runs the executable: with nothing but the capabilities and limits of the unit.</summary>
    private string[] Command()
    {
        if (_options.User is not { } user)
            return [VigieDaemon.FindExecutable()];
        var id = user.ToString(CultureInfo.InvariantCulture);
        string[] limits = ["prlimit", "--rtprio=50", "--memlock=unlimited", "--"];
        // Where even root may not raise limits, the capabilities that stand for them.
        var raises = _host.TryExecute(limits[0], [.. limits[1..], "true"]).ExitCode == 0;
        var capabilities = raises ? "-all,+net_admin,+net_raw" : "-all,+net_admin,+net_raw,+sys_nice,+ipc_lock";
        return
        [
            .. raises ? limits : [],
            "setpriv", "--reuid", id, "--regid", id, "--clear-groups", $"--bounding-set={capabilities}",
            $"--inh-caps={capabilities}", $"--ambient-caps={capabilities}", "--no-new-privs", "--",
            Path.Combine(_host.Directory, "vigie"),
        ];
    }

    /// <summary>The lab's folders are root's alone; this host's is the user's from now on, with a copy of the executable.</summary>
    private static void GiveTo(LabHost host, int user)
    {
        File.Copy(VigieDaemon.FindExecutable(), Path.Combine(host.Directory, "vigie"));
        File.SetUnixFileMode(host.Run.Directory, (UnixFileMode)0b111_001_001);
        host.Execute("chown", "-R", user.ToString(CultureInfo.InvariantCulture), host.Directory);
    }

    private void Listen()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var text = Encoding.UTF8.GetString(buffer, 0, _notify.Receive(buffer));
                lock (_gate)
                {
                    _notifications.Add(text);
                    if (text.Contains("WATCHDOG=1", StringComparison.Ordinal))
                        _fedAt = LabClock.Now;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The unit is being taken down.
        }
    }
}

/// <summary>What a unit file would say.</summary>
public sealed record VigieUnitOptions
{
    /// <summary>RestartSec=.</summary>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>WatchdogSec=; zero: none.</summary>
    public TimeSpan Watchdog { get; init; }

    /// <summary>ExecStopPost=vigie release.</summary>
    public bool Releases { get; init; } = true;

    /// <summary>User=, by its number, with the unit's ambient capabilities; null: root.</summary>
    public int? User { get; init; }

    /// <summary>The notification socket has an abstract name instead of a path.</summary>
    public bool AbstractSocket { get; init; }
}

/// <summary>One run of `vigie release`.</summary>
/// <param name="Began">When.</param>
/// <param name="Took">How long it took.</param>
/// <param name="ExitCode">How it ended.</param>
/// <param name="Output">What it said.</param>
public sealed record UnitRelease(Instant Began, TimeSpan Took, int ExitCode, string Output);
