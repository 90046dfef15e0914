using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Daemon.ControlSide;
using Vigie.Core;
using Vigie.Core.Wire;
using Vigie.Linux;
using Vigie.Node.Guarding;
using Vigie.Node.Ports;

namespace Vigie.Daemon.GuardianSide;

// `vigie run`: checks what can be checked, starts the two processes, and watches over them.
//
//   guardian ──posix_spawn──► node      fd 3: channel   fd 4: the configuration   fd 5: the role board
//       └─────posix_spawn──► control    fd 3: channel   fd 4: "I am ready"        fd 5: reports of the guardian
//
// It keeps all ends of the channels open, so that a process that dies and is started again finds them as they were.
// What it does about the node is decided by GuardianLoop (docs/decisions/0006-guardian.md).

/// <summary>The parent process of one host's Vigie.</summary>
internal sealed class GuardianProcess : IDisposable
{
    private const int SignalHangUp = 1;
    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const ulong WakeToken = 1;
    private const ulong NodeToken = 2;
    private const ulong ControlToken = 3;
    private const ulong ControlReadyToken = 4;
    private const ulong TimerToken = 5;
    private const ulong IPv4Token = 6;
    private const ulong IPv6Token = 7;
    private const ulong StarterToken = 8;

    // Above the node's: it must run when the node runs away.
    private const int RealTimePriority = 41;
    private static readonly TimeSpan RuntimeLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan SteadyTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FirstBackOff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);

    private readonly RunOptions _options;
    private readonly byte[] _firstConfiguration;
    private readonly SharedMemory _memory = SharedMemory.Create("vigie-roles", RoleBoard.Size);
    private readonly RoleBoard _board;
    private readonly GuardianHost _host;
    private readonly GuardianLoop _loop;
    private readonly TimerFd _timer = new();
    private readonly SeqPacketSocket _reports;
    private readonly SeqPacketSocket _reportsEnd;
    private readonly byte[] _message = GC.AllocateArray<byte>(VrrpCodec.MaximumLength + 64, pinned: true);
    private readonly ChildStarter _starter = new();
    private readonly GuardianReporter _reporter;
    private int _starting;
    private bool _controlStarting;
    private int _abandoned;
    private GuardianSnapshot _told;
    private long _controlRestarts;
    private readonly SeqPacketSocket _nodeEnd;
    private readonly SeqPacketSocket _controlEnd;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly EventFd _controlReady = new();
    private readonly EpollEvent[] _ready = new EpollEvent[8];
    private readonly LogWriter _log;
    private readonly List<ChildProcess> _killed = [];
    private ChildProcess? _node;
    private ChildProcess? _control;
    private TimeSpan _backOff = FirstBackOff;
    private Instant _startControlAt = Instant.Never;
    private Instant _controlStartedAt;
    private bool _controlIsReady;
    private volatile bool _stop;
    private volatile bool _reload;

    private GuardianProcess(RunOptions options, string configuration)
    {
        _options = options;
        _log = new LogWriter(Console.Error, options.LogFormat);
        _firstConfiguration = Encoding.UTF8.GetBytes(configuration);
        _board = new RoleBoard(new SharedBoard(_memory));
        _host = new GuardianHost(StartNode, KillNode, e => _reporter!.Tell(e),
            e => Report(EventSeverity.Error, $"the kernel refused the guardian something: {e.Message}", null));
        _loop = new GuardianLoop(_board, _host, _host);
        (_nodeEnd, _controlEnd) = SeqPacketSocket.CreatePair();
        (_reports, _reportsEnd) = SeqPacketSocket.CreatePair();
        _reporter = new GuardianReporter(_reports, _log);
        _epoll.Add(_starter.Done, StarterToken, EpollInterest.Readable);
        _epoll.Add(_timer, TimerToken, EpollInterest.Readable);
        _epoll.Add(_host.IPv4, IPv4Token, EpollInterest.Readable);
        _epoll.Add(_host.IPv6, IPv6Token, EpollInterest.Readable);
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
        using var guardian = new GuardianProcess(options, text);
        return guardian.Watch();
    }

    public void Dispose()
    {
        _node?.Dispose();
        foreach (var killed in _killed)
            killed.Dispose();
        _control?.Dispose();
        _nodeEnd.Dispose();
        _controlEnd.Dispose();
        _reporter.Dispose();
        _starter.Dispose();
        _reports.Dispose();
        _reportsEnd.Dispose();
        _host.Dispose();
        _timer.Dispose();
        _memory.Dispose();
        _wake.Dispose();
        _controlReady.Dispose();
        _log.Dispose();
        _epoll.Dispose();
    }

    private int Watch()
    {
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnStop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnStop);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnReload);
        _loop.Start(Clock.Now());
        StartControl();
        // Refusals are the node's to report: it asks for the same, and for more.
        _ = MemoryLock.TryLockAll();
        _ = Scheduling.TryRealTime(RealTimePriority, RuntimeLimit);
        ExitStatus? failed = null;
        while (!_stop && failed is null)
        {
            _timer.Arm(Instant.Min(_loop.Step(Clock.Now()), _startControlAt));
            TellStatus();
            var count = _epoll.Wait(_ready, -1);
            for (var i = 0; i < count; i++)
                failed ??= Handle(_ready[i].Token);
            if (Clock.Now() >= _startControlAt)
                StartControl();
            if (_reload && _controlIsReady)
            {
                _reload = false;
                _control?.Signal(SignalHangUp);
            }
        }

        _ = Scheduling.ReturnToNormal();
        _loop.Stop();
        AwaitStarts();
        if (_node is null || !EndChild(_node, NodeToken).IsSuccess)
            _loop.LeaveForNode(Clock.Now());
        if (_control is not null)
            EndChild(_control, ControlToken);
        if (failed is null || _stop)
            return ExitCode.Ok;
        Report(EventSeverity.Error, $"the node process could not begin to work ({failed}); this host takes no part",
            "look for the cause in the log above; a service manager starts vigie again");
        return ExitCode.Failed;
    }

    /// <summary>Whom the starter has started: the node, control, or one that nobody wants any more.</summary>
    private void TakeStarted()
    {
        _starter.Done.Acknowledge();
        while (_starter.TryTake(out var started))
        {
            if (started.Token == NodeToken)
                _starting--;
            if (started.Token == ControlToken)
                ControlStarted(started);
            else if (started.Child is not { } node)
                _loop.OnStartFailed(Clock.Now());
            else
                NodeStarted(node);
        }
    }

    private void NodeStarted(ChildProcess node)
    {
        _epoll.Add(node.PidFd, NodeToken, EpollInterest.Readable);
        if (_abandoned > 0)
        {
            _abandoned--;
            node.Signal(SignalKill);
            _killed.Add(node);
            return;
        }

        _node = node;
    }

    /// <summary>Deals with one event; the node's status when it failed before it had ever worked.</summary>
    private ExitStatus? Handle(ulong token)
    {
        switch (token)
        {
            case WakeToken:
                _wake.Acknowledge();
                break;
            case TimerToken:
                _timer.Acknowledge();
                break;
            case ControlReadyToken:
                _controlReady.Acknowledge();
                _controlIsReady = true;
                _told = default; // it knows nothing yet
                break;
            case NodeToken:
                return NodeEnded();
            case ControlToken:
                ControlEnded();
                break;
            case StarterToken:
                TakeStarted();
                break;
            case IPv4Token:
                Hear(_host.IPv4);
                break;
            case IPv6Token:
                Hear(_host.IPv6);
                break;
            default:
                break;
        }

        return null;
    }

    private void Hear(VrrpSocket socket)
    {
        var now = Clock.Now();
        while (socket.TryReceive(_message, out var received))
            _loop.OnMessage(
                now, new ReceivedMessage(received.InterfaceIndex, received.Source, received.Destination, received.HopLimit),
                _message.AsSpan(received.PayloadOffset, received.Length));
    }

    /// <summary>A process that goes on where the last one was: with the configuration that ran last, and the roles on the board.</summary>
    private void StartNode()
    {
        byte[] text = _board.Text.IsEmpty ? _firstConfiguration : _board.Text.ToArray();
        _starting++;
        _starter.Request(NodeToken, () =>
        {
            using var configuration = MemoryFile.Create("vigie-configuration", text);
            return Start(DaemonProcesses.NodeVerb, [],
                (_nodeEnd, Descriptors.Channel), (configuration, Descriptors.Configuration), (_memory.Descriptor, Descriptors.Board));
        });
    }

    private void KillNode()
    {
        if (_node is null)
        {
            _abandoned = _starting; // it is only being started: ended on arrival
            return;
        }

        _node.Signal(SignalKill);
        _killed.Add(_node);
        _node = null;
    }

    private ExitStatus? NodeEnded()
    {
        for (var i = _killed.Count - 1; i >= 0; i--)
        {
            if (!_killed[i].TryReap(out _))
                continue;
            _epoll.Remove(_killed[i].PidFd);
            _killed[i].Dispose();
            _killed.RemoveAt(i);
        }

        if (_node is null || !_node.TryReap(out var status))
            return null;
        _epoll.Remove(_node.PidFd);
        _node.Dispose();
        _node = null;
        if (_board.Serving == 0)
            return status; // what keeps the first from working will keep the second, too
        if (!_stop && !status.IsSuccess)
            Report(EventSeverity.Error, $"the node process ended ({status})", null);
        _loop.OnNodeEnded(Clock.Now());
        return null;
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
        _startControlAt = Instant.Never;
        _controlStarting = true;
        _starter.Request(ControlToken, () => Start(DaemonProcesses.ControlVerb,
            [_options.ConfigFile, _options.Socket, _options.StateDirectory, _options.LogFormat.ToString()],
            (_controlEnd, Descriptors.Channel), (_controlReady, Descriptors.ControlReady), (_reportsEnd, Descriptors.GuardianReports)));
    }

    private void ControlStarted(in StartedChild started)
    {
        _controlStarting = false;
        if (started.Child is null)
        {
            // No memory or no process number left at the moment: the node works on, and it is tried again.
            Report(EventSeverity.Error, $"the control process cannot be started ({started.Error}); no role changes", null);
            TryControlLater();
            return;
        }

        _control = started.Child;
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
        _controlRestarts++;
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
    private ExitStatus EndChild(ChildProcess child, ulong token)
    {
        child.Signal(SignalTerminate);
        using var only = new Epoll(); // other descriptors may be ready all the time
        only.Add(child.PidFd, token, EpollInterest.Readable);
        var until = Clock.Now() + LeaveTime;
        ExitStatus status;
        while (!child.TryReap(out status))
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
        return status;
    }

    /// <summary>A child that is just being started must be ended like the others.</summary>
    private void AwaitStarts()
    {
        var until = Clock.Now() + LeaveTime;
        using var only = new Epoll();
        only.Add(_starter.Done, StarterToken, EpollInterest.Readable);
        while ((_starting > 0 || _controlStarting) && Clock.Now() < until)
        {
            only.Wait(_ready, 100);
            TakeStarted();
        }
    }

    private void TellStatus()
    {
        var status = new GuardianSnapshot(
            Environment.ProcessId, _node?.Pid ?? 0, _loop.Restarts, _loop.Kills, _loop.Covered, _loop.IsCovering, _controlRestarts);
        if (status == _told || !_controlIsReady)
            return;
        if (_reporter.Tell(status))
            _told = status;
    }

    private void Report(EventSeverity severity, string message, string? remedy) => _reporter.Log(severity, message, remedy);

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
