using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Vigie.Linux;

namespace Vigie.Lab;

/// <summary>
/// A thread that lives in one lab namespace for as long as the lab does. Whatever runs on it (a socket opened, a sysctl
/// written, a tool or daemon started) belongs to that namespace. Daemons are started from it because the kernel ends a
/// child with PR_SET_PDEATHSIG when the *thread* that started it ends, not the process.
/// </summary>
#pragma warning disable CA2213 // The queue outlives Dispose on purpose: a late caller gets its exception, not a disposed object.
internal sealed class NamespaceThread : IDisposable
#pragma warning restore CA2213
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly string _namespaceName;
    private readonly Thread _thread;

    internal NamespaceThread(string namespaceName)
    {
        _namespaceName = namespaceName;
        _thread = StartThread(namespaceName, $"lab {namespaceName}", Work);
    }

    internal static string PathOf(string namespaceName) => $"/run/netns/{namespaceName}";

    /// <summary>Runs the action on a thread of its own inside the namespace; returns once it is inside.</summary>
    internal static Thread StartThread(string namespaceName, string threadName, Action action)
    {
        Exception? failure = null;
        using var inside = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            try
            {
                Enter(namespaceName);
            }
            catch (Exception exception)
            {
                failure = exception;
                return;
            }
            finally
            {
                inside.Set();
            }

            action();
        })
        { Name = threadName, IsBackground = true };
        thread.Start();
        inside.Wait();
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        return thread;
    }

    /// <summary>Runs the function inside the namespace and waits for it; what it throws is thrown here.</summary>
    internal T Run<T>(Func<T> function)
    {
        if (Thread.CurrentThread == _thread)
            return function();
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
            finally
            {
                done.Set();
            }
        });
        done.Wait();
        done.Dispose();
        failure?.Throw();
        return result;
    }

    internal void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    /// <summary>Waits until the interface can carry frames: the kernel says so some time after it was switched on.</summary>
    internal void WaitForCarrier(string interfaceName)
    {
        using var route = Run(() => new RouteSocket());
        Condition.WaitFor($"{interfaceName} in {_namespaceName} to have a carrier",
            () => route.DumpLinks().Any(link => link.Name == interfaceName && link.HasCarrier), every: TimeSpan.FromMilliseconds(1));
    }

    internal string NamespaceName => _namespaceName;

    /// <summary>Ends the thread when it has done what it was given; a second call does nothing.</summary>
    public void Dispose()
    {
        if (_work.IsAddingCompleted)
            return;
        _work.CompleteAdding();
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
    }

    private static void Enter(string namespaceName)
    {
        NetworkNamespace.Enter(PathOf(namespaceName));
        RefuseTheMachinesOwnNamespace(namespaceName);
    }

    /// <summary>
    /// Faults, sysctls and firewall rules must never reach the machine itself: whoever is on this thread can rely on
    /// not being in the namespace of process 1, nor in the one that this program was started in.
    /// </summary>
    private static void RefuseTheMachinesOwnNamespace(string namespaceName)
    {
        var here = LinkOf("/proc/thread-self/ns/net");
        if (here is null || here == LinkOf("/proc/1/ns/net") || here == LinkOf("/proc/self/ns/net"))
            throw new LabException($"{namespaceName} is the machine's own network namespace; the lab does not work there");
    }

    internal static string? LinkOf(string path) => new FileInfo(path).LinkTarget;
}
