using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Daemon.ControlSide;
using Vigie.Core;
using Vigie.Core.Election;
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
internal sealed partial class GuardianProcess : IDisposable
{
    private const int SignalHangUp = 1;
    private const int SignalQuit = 3;
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

    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SteadyTime = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LeaveTime = TimeSpan.FromSeconds(5);

    // Waiting for a successor, its announcements, and the kernel: see VirtualRouter and NodePump.
    private static readonly TimeSpan NodeLeaveTime =
        VirtualRouter.LongestSuccession + VirtualRouter.LongestAnnouncing + NodeSide.NodePump.LongestGoodbye + TimeSpan.FromSeconds(1);
    private const int HangLookMilliseconds = 50;
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
    private readonly RunningKeeper _running;
    private long _keptLive;
    private int _starting;
    private bool _controlStarting;
    private int _abandoned;
    private GuardianSnapshot _told;
    private Instant _toldAt;
    private long _steadyBytes;
    private bool _steady;
    private long _controlRestarts;
    private readonly SeqPacketSocket _nodeEnd;
    private readonly SeqPacketSocket _controlEnd;
    private readonly Epoll _epoll = new();
    private readonly EventFd _wake = new();
    private readonly EventFd _controlReady = new();
    private readonly EpollEvent[] _ready = new EpollEvent[8];
    private readonly LogWriter _log;
    private readonly List<ChildProcess> _killed = [];
    private readonly ServiceNotifier? _service = ServiceNotifier.FromEnvironment();
    private ChildProcess? _node;
    private ChildProcess? _control;
    private TimeSpan _backOff = FirstBackOff;
    private Instant _startControlAt = Instant.Never;
    private Instant _controlStartedAt;
    private bool _controlIsReady;
    private volatile int _stops;
    private volatile bool _reload;

    private GuardianProcess(RunOptions options, string configuration)
    {
        _options = options;
        _log = new LogWriter(Console.Error, options.LogFormat);
        _firstConfiguration = Encoding.UTF8.GetBytes(configuration);
        _board = new RoleBoard(new SharedBoard(_memory));
        _host = new GuardianHost(StartNode, KillNode, e =>
        {
            _steady = false;
            _reporter!.Tell(e);
        },
            e => Report(EventSeverity.Error, $"the kernel refused the guardian something: {e.Message}", null));
        _loop = new GuardianLoop(_board, _host, _host);
        (_nodeEnd, _controlEnd) = SeqPacketSocket.CreatePair();
        (_reports, _reportsEnd) = SeqPacketSocket.CreatePair();
        _reporter = new GuardianReporter(_reports, _log);
        _running = new RunningKeeper(new RunningStore(options.StateDirectory), _firstConfiguration, NotKept);
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
        var result = ConfigurationReader.Read(text, options.ConfigFile, Environment.MachineName, DaemonProcesses.CheckProgram);
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
        _running.Dispose();
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
        _service?.Dispose();
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
        while (_stops == 0 && failed is null)
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            _steady = true;
            var wake = Instant.Min(_loop.Step(Clock.Now()), _startControlAt);
            _timer.Arm(Instant.Min(wake, TellServiceManager(Clock.Now())));
            TellStatus();
            KeepRunning();
            var count = _epoll.Wait(_ready, -1);
            for (var i = 0; i < count; i++)
                failed ??= Handle(_ready[i].Token);
            if (_steady)
                _steadyBytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (Clock.Now() >= _startControlAt)
                StartControl();
            if (_reload && _controlIsReady)
            {
                _reload = false;
                SayReloading();
                _control?.Signal(SignalHangUp);
            }
        }

        SayStopping();
        KeepRunning();
        _ = Scheduling.ReturnToNormal();
        _loop.Stop();
        AwaitStarts();
        if (_node is null || !EndChild(_node, NodeToken, NodeLeaveTime, _loop.HangsWhileLeaving).IsSuccess)
            _loop.LeaveForNode(Clock.Now());
        if (_control is not null)
            EndChild(_control, ControlToken, LeaveTime, _ => false);
        if (failed is null || _stops > 0)
            return ExitCode.Ok;
        Report(EventSeverity.Error, $"the node process could not begin to work ({failed}); this host takes no part",
            "look for the cause in the log above; a service manager starts vigie again");
        return ExitCode.Failed;
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
                _controlReady.Acknowledge(); // it takes signals now, or has dealt with one
                _controlIsReady = true;
                _reloading = false;
                _told = default; // it knows nothing yet
                break;
            case NodeToken:
                _steady = false;
                return NodeEnded();
            case ControlToken:
                _steady = false;
                ControlEnded();
                break;
            case StarterToken:
                _steady = false;
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

    private void KeepRunning()
    {
        if (_board.Live == _keptLive)
            return;
        _keptLive = _board.Live;
        _steady = false; // another configuration has begun, and its text is copied
        _running.Keep(_board.Text);
    }

    private void NotKept(string reason) => Report(EventSeverity.Warning,
        $"the running configuration cannot be kept in the state directory: {reason}; `vigie release` would read the file instead",
        "see that the daemon may write to its --state-dir, and that the disk is not full");

    private void TellStatus()
    {
        var now = Clock.Now();
        var status = new GuardianSnapshot(
            Environment.ProcessId, _node?.Pid ?? 0, _loop.Restarts, _loop.Kills, _loop.Covered, _loop.IsCovering, _controlRestarts,
            _loop.Rounds, _steadyBytes, GC.CollectionCount(0));
        if (!_controlIsReady || (now - _toldAt < StatusInterval && status.SaysTheSame(_told)))
            return;
        if (_reporter.Tell(status))
            (_told, _toldAt) = (status, now);
    }

    private void Report(EventSeverity severity, string message, string? remedy) => _reporter.Log(severity, message, remedy);

    private void OnStop(PosixSignalContext context)
    {
        context.Cancel = true;
        Interlocked.Increment(ref _stops);
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
