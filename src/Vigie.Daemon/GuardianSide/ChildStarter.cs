using System.Collections.Concurrent;
using Vigie.Linux;

namespace Vigie.Daemon.GuardianSide;

/// <summary>
/// Starts and reaps child processes on a thread of its own, at normal priority. posix_spawn holds its caller until the child
/// has become the new program, which on a busy host takes longer than an advertisement may be late; reaping may, too (see
/// <see cref="ChildProcess.TryReap"/>). The thread lives as long as the children: the kernel takes its end for their parent's.
/// </summary>
internal sealed class ChildStarter : IDisposable
{
    /// <summary>Far more than a guardian ever asks for at once: two children, and those that it has ended.</summary>
    private const int LongestQueue = 1024;

    private readonly Mailbox<Request> _requests = new(LongestQueue);
    private readonly ConcurrentQueue<StartedChild> _started = new();
    private readonly Thread _thread;

    public ChildStarter()
    {
        _thread = new Thread(Work) { Name = "starter", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Readable when <see cref="TryTake"/> has something.</summary>
    public EventFd Done { get; } = new();

    /// <summary>Asks for a child; the outcome comes back with the token, in the order of the requests.</summary>
    public void Start(ulong token, Func<ChildProcess> start) => Ask(new Request(token, start, null));

    /// <summary>Reaps a child whose end was seen, and lets go of it.</summary>
    public void Reap(ChildProcess ended) => Ask(new Request(0, null, ended));

    public bool TryTake(out StartedChild started) => _started.TryDequeue(out started);

    /// <summary>Call it when the children have ended.</summary>
    public void Dispose()
    {
        _requests.Close();
        _thread.Join();
        while (_started.TryDequeue(out var late))
            late.Child?.Dispose();
        _requests.Dispose();
        Done.Dispose();
    }

    private void Ask(in Request request)
    {
        if (!_requests.TryPut(request))
            throw new InvalidOperationException($"more than {LongestQueue} children are being started and reaped");
    }

    private void Work()
    {
        while (_requests.TryTake(out var request))
        {
            if (request.Start is { } start)
                StartNow(request.Token, start);
            if (request.Ended is not { } ended)
                continue;
            _ = ended.TryReap(out _);
            ended.Dispose();
        }
    }

    private void StartNow(ulong token, Func<ChildProcess> start)
    {
        try
        {
            _started.Enqueue(new StartedChild(token, start(), null));
        }
        catch (LinuxException e)
        {
            _started.Enqueue(new StartedChild(token, null, e.Message));
        }

        Done.Signal();
    }

    private readonly record struct Request(ulong Token, Func<ChildProcess>? Start, ChildProcess? Ended);
}

/// <summary>A child that was asked for, or why there is none.</summary>
internal readonly record struct StartedChild(ulong Token, ChildProcess? Child, string? Error);
