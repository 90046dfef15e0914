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
    private readonly BlockingCollection<Action> _requests = [];
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
    public void Request(ulong token, Func<ChildProcess> start) => _requests.Add(() => Start(token, start));

    /// <summary>Reaps a child whose end was seen, and lets go of it.</summary>
    public void Reap(ChildProcess ended) => _requests.Add(() =>
    {
        _ = ended.TryReap(out _);
        ended.Dispose();
    });

    public bool TryTake(out StartedChild started) => _started.TryDequeue(out started);

    /// <summary>Call it when the children have ended.</summary>
    public void Dispose()
    {
        _requests.CompleteAdding();
        _thread.Join();
        while (_started.TryDequeue(out var late))
            late.Child?.Dispose();
        _requests.Dispose();
        Done.Dispose();
    }

    private void Work()
    {
        foreach (var request in _requests.GetConsumingEnumerable())
            request();
    }

    private void Start(ulong token, Func<ChildProcess> start)
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
}

/// <summary>A child that was asked for, or why there is none.</summary>
internal readonly record struct StartedChild(ulong Token, ChildProcess? Child, string? Error);
