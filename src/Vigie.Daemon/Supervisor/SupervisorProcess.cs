using System.Globalization;
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
//       └───────posix_spawn──► control    fd 3: channel
//
// It keeps both ends of the channel open, so that a control process that dies and is started again finds it as it was.
// The node is not restarted: without it nothing here owns an address, so everything ends and the service manager decides.

/// <summary>The parent process of one host's Vigie.</summary>
internal sealed class SupervisorProcess : IDisposable
{
    private const int SignalHangUp = 1;
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const ulong WakeToken = 1;
    private const ulong NodeToken = 2;
    private const ulong ControlToken = 3;
    private const ulong ControlReadyToken = 4;

    private static readonly TimeSpan SteadyTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    private readonly RunOptions _options;
    private readonly MemoryFile _configuration;
    private readonly SeqPacketSocket _nodeEnd;
    private readonly SeqPacketSocket _controlEnd;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly EventFd _controlReady = new();
    private readonly EpollEvent[] _ready = new EpollEvent[8];
    private readonly LogWriter _log;
    private ChildProcess? _node;
    private ChildProcess? _control;
    private TimeSpan _backOff = FirstBackOff;
    private Core.Instant _startControlAt = Core.Instant.Never;
    private Core.Instant _controlStartedAt;
    private bool _controlIsReady;
    private volatile bool _stop;
    private volatile bool _reload;

    private SupervisorProcess(RunOptions options, string configuration)
    {
        _options = options;
        _log = new LogWriter(Console.Error, options.LogFormat);
        _configuration = MemoryFile.Create("vigie-configuration", Encoding.UTF8.GetBytes(configuration));
        (_nodeEnd, _controlEnd) = SeqPacketSocket.CreatePair();
        _epoll.Add(_wake, WakeToken, EpollInterest.Readable);
        _epoll.Add(_controlReady, ControlReadyToken, EpollInterest.Readable);
    }

    /// <summary>Runs until a signal ends it or the node fails. Returns one of <see cref="ExitCode"/>.</summary>
    public static int Run(RunOptions options)
    {
        options = options with { Socket = Path.GetFullPath(options.Socket), ConfigFile = Path.GetFullPath(options.ConfigFile) };
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
        _controlReady.Dispose();
        _log.Dispose();
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
        ExitStatus? nodeEnded = null;
        while (!_stop && nodeEnded is null)
        {
            var count = _epoll.Wait(_ready, Patience());
            for (var i = 0; i < count; i++)
                nodeEnded ??= Handle(_ready[i].Token);
            if (Clock.Now() >= _startControlAt)
                StartControl();
            if (_reload && _controlIsReady)
            {
                _reload = false;
                _control?.Signal(SignalHangUp);
            }
        }

        EndChild(_node, NodeToken);
        EndChild(_control, ControlToken);
        // A service manager may end all processes of a unit at once: the node leaves in order then, before we have heard of it.
        if (nodeEnded is not { IsSuccess: false } failed || _stop)
            return ExitCode.Ok;
        Report(EventSeverity.Error,
            $"the node process ended ({failed}); this host leaves the cluster, and the kernel removes its virtual addresses when their lifetime is over",
            "look for the cause in the log above; a service manager starts vigie again");
        return ExitCode.Failed;
    }

    /// <summary>Deals with one event; the node's status when it was its end.</summary>
    private ExitStatus? Handle(ulong token)
    {
        switch (token)
        {
            case WakeToken:
                _wake.Acknowledge();
                break;
            case ControlReadyToken:
                _controlReady.Acknowledge();
                _controlIsReady = true;
                break;
            case NodeToken when _node!.TryReap(out var status):
                return status;
            case ControlToken:
                ControlEnded();
                break;
            default:
                break;
        }

        return null;
    }

    private int Patience()
    {
        if (_startControlAt == Core.Instant.Never)
            return -1;
        var left = _startControlAt - Clock.Now();
        return left <= TimeSpan.Zero ? 0 : (int)Math.Ceiling(left.TotalMilliseconds);
    }

    private static ChildProcess Start(string verb, string[] args, params ReadOnlySpan<(FileDescriptor, int)> inherited)
    {
        // The children's collectors: the node hardly allocates and must not be paused, control should stay small.
        List<string> environment = ["DOTNET_gcConcurrent=0", "DOTNET_GCgen0size=0x400000", "DOTNET_TieredCompilation=0"];
        foreach (var name in (string[])["PATH", "LANG", "TZ", "NO_COLOR", "TERM"])
            if (Environment.GetEnvironmentVariable(name) is { } value)
                environment.Add($"{name}={value}");
        // The very program that runs, also when the file was replaced meanwhile: the processes must speak one language.
        return ProcessSpawner.Spawn("/proc/self/exe", [verb, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), .. args], [.. environment], inherited);
    }

    private void StartControl()
    {
        _startControlAt = Core.Instant.Never;
        try
        {
            _control = Start(DaemonProcesses.ControlVerb,
                [_options.ConfigFile, _options.Socket, _options.StateDirectory, _options.LogFormat.ToString()],
                (_controlEnd, Descriptors.Channel), (_controlReady, Descriptors.ControlReady));
        }
        catch (LinuxException e)
        {
            // No memory or no process number left at the moment: the node works on, and it is tried again.
            Report(EventSeverity.Error, $"the control process cannot be started ({e.Message}); no role changes", null);
            TryControlLater();
            return;
        }

        _controlStartedAt = Clock.Now();
        _epoll.Add(_control.PidFd, ControlToken, EpollInterest.Readable);
    }

    private void ControlEnded()
    {
        if (_control is null || !_control.TryReap(out var status))
            return;
        _epoll.Remove(_control.PidFd);
        _control.Dispose();
        _control = null;
        _controlIsReady = false;
        if (_stop)
            return;
        if (Clock.Now() - _controlStartedAt >= SteadyTime)
            _backOff = FirstBackOff;
        Report(EventSeverity.Error,
            $"the control process ended ({status}); no role changes; it is started again in {_backOff.TotalMilliseconds:0} ms", null);
        TryControlLater();
    }

    private void TryControlLater()
    {
        _startControlAt = Clock.Now() + _backOff;
        _backOff = _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
    }

    /// <summary>Asks a child to leave, and ends it when it does not in time.</summary>
    private void EndChild(ChildProcess? child, ulong token)
    {
        if (child is null)
            return;
        child.Signal(SignalTerminate);
        using var only = new Epoll(); // other descriptors may be ready all the time
        only.Add(child.PidFd, token, EpollInterest.Readable);
        var until = Clock.Now() + LeaveTime;
        while (!child.TryReap(out _))
        {
            var left = until - Clock.Now();
            if (left > TimeSpan.Zero)
            {
                only.Wait(_ready, (int)Math.Ceiling(left.TotalMilliseconds));
                continue;
            }

            Report(EventSeverity.Warning, $"process {child.Pid} did not leave within {LeaveTime.TotalSeconds:0} s and is killed", null);
            child.Signal(SignalKill);
            until = Clock.Now() + LeaveTime;
        }

        only.Remove(child.PidFd);
        _epoll.Remove(child.PidFd);
    }

    private void Report(EventSeverity severity, string message, string? remedy) =>
        _log.Write(EventText.Own("supervisor", severity, message, remedy));

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        _stop = true;
        _wake.Signal();
    }

    private void OnReload(PosixSignalContext context)
    {
        context.Cancel = true;
        _reload = true;
        _wake.Signal();
    }

    private static int Complain(int exitCode, string message)
    {
        Console.Error.WriteLine($"vigie: {message}");
        return exitCode;
    }
}
