using System.Globalization;
using System.Text;
using System.Text.Json;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Linux;

namespace Vigie.Daemon.NotifySide;

//   control ──spawn──► runner ──spawn──► stepper ══exec══► script ──► whatever it starts
//      ◄── outcome ──     ◄── refusal ──                     │ stdout, stderr
//                          ◄───────────────────────────────── pipe
//
// All that the script leaves behind becomes the runner's child and is killed by it: on timeout, when the script is over,
// and when control is gone. It is a process of its own so that this holds when control crashes.

/// <summary>The process that watches over one run of a script.</summary>
internal sealed class NotifyRunner(SeqPacketSocket control, MemoryFile file, NotifyJob job) : IDisposable
{
    /// <summary>Between SIGTERM and SIGKILL.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>For what is left behind to be killed.</summary>
    public static readonly TimeSpan Cleaning = TimeSpan.FromSeconds(2);

    private const int SignalKill = 9;
    private const int SignalTerminate = 15;
    private const ulong ControlToken = 1;
    private const ulong OutputToken = 2;
    private const ulong ChildToken = 3;
    private const int ReadsAtOnce = 16;
    private const int LastReads = 64; // more than a pipe holds

    private readonly Epoll _epoll = new();
    private readonly byte[] _buffer = new byte[32 * 1024];
    private readonly byte[] _tail = new byte[NotifyOutcome.LongestOutput];
    private int _tailLength;
    private bool _outputEnded;
    private NotifyOutcomeKind? _cause;
    private bool _isAsked;
    private Instant _deadline;

    public static int Run(int parent)
    {
        using var control = SeqPacketSocket.FromInherited(Descriptors.Outcome);
        using var file = MemoryFile.FromInherited(Descriptors.Job);
        var job = JsonSerializer.Deserialize(file.ReadAll(), NotifyJson.Default.NotifyJob) ?? throw new InvalidDataException("an empty job");
        if (ParentDeath.ParentPid != parent)
            return ExitCode.Failed; // control has died already
        using var runner = new NotifyRunner(control, file, job);
        var outcome = runner.Watch();
        _ = control.Send(JsonSerializer.SerializeToUtf8Bytes(outcome, NotifyJson.Default.NotifyOutcome));
        return ExitCode.Ok;
    }

    public void Dispose() => _epoll.Dispose();

    private NotifyOutcome Watch()
    {
        var started = Clock.Now();
        _deadline = started + TimeSpan.FromMilliseconds(job.TimeoutMilliseconds);
        try
        {
            if (Subreaper.Become() is var errno and not 0)
                throw new LinuxException("prctl(PR_SET_CHILD_SUBREAPER)", new LinuxError(errno));
            var (output, outputEnd) = Pipe.Create();
            var (refusals, refusalsEnd) = SeqPacketSocket.CreatePair();
            using (output)
            using (refusals)
            {
                using var child = Start(outputEnd, refusalsEnd);
                var status = Await(child, output);
                var outcome = Clean(child, output, status) with { Milliseconds = (Clock.Now() - started).TotalMilliseconds };
                return Refusal(refusals) is { } refusal && outcome.Kind != NotifyOutcomeKind.Cancelled ? refusal : outcome;
            }
        }
        catch (LinuxException e)
        {
            _ = Subreaper.KillAll(Cleaning, out _);
            return new NotifyOutcome { Kind = NotifyOutcomeKind.NotStarted, Message = $"it cannot be started: {e.Message}" };
        }
    }

    private ChildProcess Start(FileDescriptor outputEnd, SeqPacketSocket refusalsEnd)
    {
        using (outputEnd)
        using (refusalsEnd)
        {
            using var nothing = FileDescriptor.Open("/dev/null");
            return ProcessSpawner.Spawn(
                "/proc/self/exe", [DaemonProcesses.StepperVerb, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)], [],
                [(nothing, 0), (outputEnd, 1), (outputEnd, 2), (refusalsEnd, Descriptors.Outcome), (file, Descriptors.Job)], ownSession: true);
        }
    }

    /// <summary>Until the first process of the script is over; the pipe may stay open in the hands of others.</summary>
    private ExitStatus Await(ChildProcess child, Pipe output)
    {
        _epoll.Add(control, ControlToken, EpollInterest.Readable);
        _epoll.Add(output, OutputToken, EpollInterest.Readable);
        _epoll.Add(child.PidFd, ChildToken, EpollInterest.Readable);
        var ready = new EpollEvent[4];
        ExitStatus status;
        while (!child.TrySeeEnd(out status))
        {
            var left = _deadline - Clock.Now();
            if (left <= TimeSpan.Zero)
            {
                End(child, NotifyOutcomeKind.TimedOut);
                continue;
            }

            var count = _epoll.Wait(ready, (int)Math.Ceiling(left.TotalMilliseconds));
            for (var i = 0; i < count; i++)
            {
                if (ready[i].Token == OutputToken)
                {
                    Read(output, ReadsAtOnce);
                }
                else if (ready[i].Token == ControlToken)
                {
                    _epoll.Remove(control); // it never says anything: it is gone
                    End(child, NotifyOutcomeKind.Cancelled);
                }
            }
        }

        return status;
    }

    /// <summary>Asks first; whoever has been asked and is still there is killed.</summary>
    private void End(ChildProcess child, NotifyOutcomeKind cause)
    {
        _cause ??= cause;
        _ = Subreaper.SignalGroup(child, _isAsked ? SignalKill : SignalTerminate);
        _isAsked = true;
        _deadline = Clock.Now() + Grace;
    }

    /// <summary>The script is over: what it has left behind goes with it.</summary>
    private NotifyOutcome Clean(ChildProcess child, Pipe output, ExitStatus status)
    {
        _ = Subreaper.SignalGroup(child, SignalKill); // while its number is still its own
        _ = child.TryReap(out _);
        var isClean = Subreaper.KillAll(Cleaning, out var killed);
        Read(output, LastReads);
        return new NotifyOutcome
        {
            Kind = _cause ?? (status.Kind == ExitKind.Exited ? NotifyOutcomeKind.Exited : NotifyOutcomeKind.Signaled),
            Code = status.Code,
            Output = Encoding.UTF8.GetString(_tail, 0, _tailLength),
            LeftBehind = killed,
            Stuck = !isClean,
        };
    }

    private static NotifyOutcome? Refusal(SeqPacketSocket refusals)
    {
        var buffer = new byte[Descriptors.LongestMessage];
        return refusals.TryReceive(buffer, out var length) == ReceiveResult.Data
            ? JsonSerializer.Deserialize(buffer.AsSpan(0, length), NotifyJson.Default.NotifyOutcome)
            : null;
    }

    /// <summary>What is read is mostly forgotten, but it is read: a script that prints much must not stand still for it.</summary>
    private void Read(Pipe output, int times)
    {
        for (var i = 0; i < times && !_outputEnded; i++)
        {
            var count = output.TryRead(_buffer);
            if (count < 0)
                return;
            if (count == 0)
            {
                _outputEnded = true;
                _epoll.Remove(output);
                return;
            }

            Keep(_buffer.AsSpan(0, count));
        }
    }

    private void Keep(ReadOnlySpan<byte> text)
    {
        if (text.Length > _tail.Length)
            text = text[^_tail.Length..];
        var stay = Math.Min(_tailLength, _tail.Length - text.Length);
        _tail.AsSpan(_tailLength - stay, stay).CopyTo(_tail);
        text.CopyTo(_tail.AsSpan(stay));
        _tailLength = stay + text.Length;
    }
}
