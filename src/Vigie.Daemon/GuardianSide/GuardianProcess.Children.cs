using System.Globalization;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Linux;

namespace Vigie.Daemon.GuardianSide;

// The node and control processes: started, watched, ended.
internal sealed partial class GuardianProcess
{
    /// <summary>Whom the starter has started: the node, control, or one that nobody wants any more.</summary>
    private void TakeStarted()
    {
        _starter.Done.Acknowledge();
        while (_starter.TryTake(out var started))
        {
            if (started.Token == ControlToken)
                ControlStarted(started);
            else
                NodeStarted(started.Child);
        }
    }

    // In the order in which they were asked for: those that were given up meanwhile come first, started or not.
    private void NodeStarted(ChildProcess? node)
    {
        _starting--;
        if (node is not null)
            _epoll.Add(node.PidFd, NodeToken, EpollInterest.Readable);
        if (_abandoned == 0 && node is null)
        {
            _loop.OnStartFailed(Clock.Now());
        }
        else if (_abandoned == 0)
        {
            _node = node;
        }
        else
        {
            _abandoned--;
            if (node is null)
                return;
            node.Signal(SignalKill);
            _killed.Add(node);
        }
    }

    /// <summary>A process that goes on where the last one was: with the configuration that ran last, and the roles on the board.</summary>
    private void StartNode()
    {
        var text = RunningText();
        _starting++;
        _starter.Start(NodeToken, () =>
        {
            using var configuration = MemoryFile.Create("vigie-configuration", text);
            return Start(DaemonProcesses.NodeVerb, [_options.StateDirectory],
                (_nodeEnd, Descriptors.Channel), (configuration, Descriptors.Configuration), (_memory.Descriptor, Descriptors.Board));
        });
    }

    private byte[] RunningText() => _board.Text.IsEmpty ? _firstConfiguration : _board.Text.ToArray();

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
            if (!_killed[i].TrySeeEnd(out _))
                continue;
            LetGo(_killed[i]);
            _killed.RemoveAt(i);
        }

        if (_node is null || !_node.TrySeeEnd(out var status))
            return null;
        LetGo(_node);
        _node = null;
        if (_board.Serving == 0)
            return status; // what keeps the first from working will keep the second, too
        if (_stops == 0 && !status.IsSuccess)
            Report(EventSeverity.Error, $"the node process ended ({status})", null);
        _loop.OnNodeEnded(Clock.Now());
        return null;
    }

    private void LetGo(ChildProcess ended)
    {
        _epoll.Remove(ended.PidFd);
        _starter.Reap(ended);
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
        var text = RunningText();
        var restarts = _controlRestarts.ToString(CultureInfo.InvariantCulture);
        _starter.Start(ControlToken, () =>
        {
            using var configuration = MemoryFile.Create("vigie-configuration", text);
            return Start(DaemonProcesses.ControlVerb,
                [_options.ConfigFile, _options.Socket, _options.StateDirectory, _options.LogFormat.ToString(), restarts],
                (_controlEnd, Descriptors.Channel), (_controlReady, Descriptors.ControlReady), (_reportsEnd, Descriptors.GuardianReports),
                (configuration, Descriptors.ControlConfiguration));
        });
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
        if (_control is null || !_control.TrySeeEnd(out var status))
            return;
        LetGo(_control);
        _control = null;
        _controlIsReady = false;
        if (_stops > 0)
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

    /// <summary>Asks a child to leave, at once when we are told to stop again, and ends it when it does not in time.</summary>
    private ExitStatus EndChild(ChildProcess child, ulong token, TimeSpan leaveTime, Func<Instant, bool> hangs)
    {
        child.Signal(SignalTerminate);
        using var only = new Epoll(); // other descriptors may be ready all the time
        only.Add(child.PidFd, token, EpollInterest.Readable);
        only.Add(_wake, WakeToken, EpollInterest.Readable);
        var until = Clock.Now() + leaveTime;
        ExitStatus status;
        while (!child.TryReap(out status))
        {
            var left = until - Clock.Now();
            if (left > TimeSpan.Zero && !hangs(Clock.Now()))
            {
                only.Wait(_ready, (int)Math.Ceiling(Math.Min(left.TotalMilliseconds, HangLookMilliseconds)));
                _wake.Acknowledge();
                if (_stops > 1)
                    child.Signal(SignalQuit);
                continue;
            }

            Report(EventSeverity.Warning, left > TimeSpan.Zero
                ? $"process {child.Pid} hangs and cannot leave; it is killed"
                : $"process {child.Pid} did not leave within {leaveTime.TotalSeconds:0} s and is killed", null);
            child.Signal(SignalKill);
            hangs = _ => false;
            until = Clock.Now() + leaveTime;
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
}
