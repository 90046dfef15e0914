using System.Runtime.InteropServices;
using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Daemon.ControlSide;
using Vigie.Linux;

namespace Vigie.Daemon.Supervisor;

// `vigie run`: checks what can be checked, starts the two processes, and stays to pass signals on.
//
//   supervisor ──posix_spawn──► node      fd 3: channel   fd 4: the checked configuration
//       └───────posix_spawn──► control    fd 3: channel   fd 5: the bell for a reload
//
// It keeps both ends of the channel open, so that a control process that dies and is started again finds it as it was.
// The node is not restarted: without it nothing here owns an address, so everything ends and the service manager decides.

/// <summary>The parent process of one host's Vigie.</summary>
internal sealed class SupervisorProcess : IDisposable
{
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const ulong WakeToken = 1;
    private const ulong NodeToken = 2;
    private const ulong ControlToken = 3;

    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    private readonly RunOptions _options;
    private readonly MemoryFile _configuration;
    private readonly SeqPacketSocket _nodeEnd;
    private readonly SeqPacketSocket _controlEnd;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly EventFd _reloadBell = new();
    private readonly LogWriter _log;
    private readonly EpollEvent[] _ready = new EpollEvent[8];
    private ChildProcess? _node;
    private ChildProcess? _control;
    private TimeSpan _backOff = FirstBackOff;
    private volatile bool _stop;

    private SupervisorProcess(RunOptions options, string configuration)
    {
        _options = options;
        _log = new LogWriter(Console.Error, options.LogFormat);
        _configuration = MemoryFile.Create("vigie-configuration", Encoding.UTF8.GetBytes(configuration));
        (_nodeEnd, _controlEnd) = SeqPacketSocket.CreatePair();
        _epoll.Add(_wake, WakeToken, EpollInterest.Readable);
    }

    /// <summary>Runs until a signal ends it or the node fails. Returns one of <see cref="ExitCode"/>.</summary>
    public static int Run(RunOptions options)
    {
        if (StartChecks.Platform() is { } unfit)
            return Complain(ExitCode.Failed, unfit);
        if (StartChecks.ReadConfiguration(options.ConfigFile, out var text) is { } unreadable)
            return Complain(ExitCode.Configuration, unreadable);
        var result = ConfigurationReader.Read(text, options.ConfigFile, Environment.MachineName);
        if (result.Problems.Length > 0)
            Console.Error.Write(result.Render(color: !Console.IsErrorRedirected));
        if (result.Config is null)
            return ExitCode.Configuration;
        using var claim = SocketClaim.Take(options.Socket, out var taken);
        if (claim is null)
            return Complain(ExitCode.Failed, taken);
        using var supervisor = new SupervisorProcess(options, text);
        return supervisor.Supervise();
    }

    public void Dispose()
    {
        _node?.Dispose();
        _control?.Dispose();
        _nodeEnd.Dispose();
        _controlEnd.Dispose();
        _configuration.Dispose();
        _wake.Dispose();
        _reloadBell.Dispose();
        _epoll.Dispose();
    }

    private int Supervise()
    {
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload);
        _node = Start(DaemonProcesses.NodeVerb, [], (_nodeEnd, Descriptors.Channel), (_configuration, Descriptors.Configuration));
        _epoll.Add(_node.PidFd, NodeToken, EpollInterest.Readable);
        StartControl();
        while (!_stop)
        {
            var count = _epoll.Wait(_ready, -1);
            for (var i = 0; i < count; i++)
            {
                if (_ready[i].Token == WakeToken)
                    _wake.Acknowledge();
                else if (_ready[i].Token == NodeToken && _node.TryReap(out var status))
                    return NodeFailed(status);
                else if (_ready[i].Token == ControlToken)
                    RestartControl();
            }
        }

        EndChild(_node);
        EndChild(_control);
        return ExitCode.Ok;
    }

    private static ChildProcess Start(string verb, string[] args, params ReadOnlySpan<(FileDescriptor, int)> inherited)
    {
        // The children's collectors: the node hardly allocates and must not be paused, control should stay small.
        List<string> environment = ["DOTNET_gcConcurrent=0", "DOTNET_GCgen0size=0x400000", "DOTNET_TieredCompilation=0"];
        foreach (var name in (string[])["PATH", "LANG", "TZ", "NO_COLOR", "TERM"])
            if (Environment.GetEnvironmentVariable(name) is { } value)
                environment.Add($"{name}={value}");
        return ProcessSpawner.Spawn(Environment.ProcessPath ?? "/proc/self/exe", [verb, .. args], [.. environment], inherited);
    }

    private void StartControl()
    {
        _control = Start(DaemonProcesses.ControlVerb,
            [_options.ConfigFile, _options.Socket, _options.StateDirectory, _options.LogFormat.ToString()],
            (_controlEnd, Descriptors.Channel), (_reloadBell, Descriptors.ReloadBell));
        _epoll.Add(_control.PidFd, ControlToken, EpollInterest.Readable);
    }

    private void RestartControl()
    {
        if (_control is null || !_control.TryReap(out var status))
            return;
        _epoll.Remove(_control.PidFd);
        _control.Dispose();
        _control = null;
        if (_stop)
            return;
        Say("control_ended", EventSeverity.Warning, $"the control process ended ({status}); no role changes; it is started again in {_backOff.TotalMilliseconds:0} ms");
        // Waiting here delays nothing: the node works by itself. A signal ends the wait.
        var until = Clock.Now() + _backOff;
        for (var left = _backOff; left > TimeSpan.Zero && !_stop; left = until - Clock.Now())
            if (_epoll.Wait(_ready, (int)Math.Ceiling(left.TotalMilliseconds)) > 0 && _node!.TryReap(out _))
                break;
        _backOff = _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
        if (!_stop)
            StartControl();
    }

    private int NodeFailed(ExitStatus status)
    {
        Say("node_ended", EventSeverity.Error,
            $"the node process ended ({status}); this host leaves the cluster, and the kernel removes its virtual addresses when their lifetime is over");
        EndChild(_control);
        return ExitCode.Failed;
    }

    /// <summary>Asks a child to leave, and ends it when it does not in time.</summary>
    private void EndChild(ChildProcess? child)
    {
        if (child is null)
            return;
        child.Signal(SignalTerminate);
        var until = Clock.Now() + LeaveTime;
        while (!child.TryReap(out _))
        {
            var left = until - Clock.Now();
            if (left <= TimeSpan.Zero)
            {
                Say("child_killed", EventSeverity.Warning, $"process {child.Pid} did not leave within {LeaveTime.TotalSeconds:0} s and is killed");
                child.Signal(SignalKill);
                until = Clock.Now() + LeaveTime;
                continue;
            }

            if (_epoll.Wait(_ready, (int)Math.Ceiling(left.TotalMilliseconds)) > 0)
                _wake.Acknowledge();
        }

        _epoll.Remove(child.PidFd);
    }

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop = true;
        _wake.Signal();
    }

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        _reloadBell.Signal();
    }

    // To the log alone: the ring of events belongs to control.
    private void Say(string kind, EventSeverity severity, string message) => _log.Write(EventText.Own(kind, severity, message));

    private static int Complain(int exitCode, string message)
    {
        Console.Error.WriteLine($"vigie: {message}");
        return exitCode;
    }
}
