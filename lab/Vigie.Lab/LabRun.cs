using System.Runtime.InteropServices;

namespace Vigie.Lab;

/// <summary>
/// One run of the lab: owns the namespaces, processes and files that carry its name, and removes them at the end
/// whatever the end looks like: Dispose, a failed construction, Ctrl-C, SIGTERM, the program's exit. A runner that is
/// killed outright is cleaned up after by the next run (<see cref="LabSweep"/>).
/// </summary>
public sealed class LabRun : IDisposable
{
    private const int MaximumNameLength = 12;

    private readonly List<Segment> _segments = [];
    private readonly List<LabHost> _hosts = [];
    private readonly List<IDisposable> _belongings = [];
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly Lock _cleanup = new();
    private bool _cleaned;
    private bool _left;

    public LabRun(LabRunOptions? options = null)
    {
        Options = options ?? new LabRunOptions();
        LabSweep.RemoveLeftovers();
        Name = LabName.ForThisProcess();
        Directory = Path.Combine(Path.GetTempPath(), Name.ToString());
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
            _signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
        Grow(() => System.IO.Directory.CreateDirectory(Directory));
    }

    public LabRunOptions Options { get; }

    /// <summary>What every namespace and folder of this run is called first.</summary>
    public LabName Name { get; }

    /// <summary>The run's own folder; removed at the end.</summary>
    public string Directory { get; }

    public IReadOnlyList<LabHost> Hosts => _hosts;

    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>A new Ethernet segment: a bridge in a namespace of its own.</summary>
    public Segment AddSegment(string name)
    {
        CheckName(name);
        return Grow(() =>
        {
            var segment = new Segment(this, name);
            _segments.Add(segment);
            return segment;
        });
    }

    /// <summary>A new host without any interface but lo.</summary>
    public LabHost AddHost(string name)
    {
        CheckName(name);
        return Grow(() =>
        {
            var host = new LabHost(this, name, _hosts.Count + 1);
            _hosts.Add(host);
            return host;
        });
    }

    public LabHost Host(string name) => _hosts.Find(host => host.Name == name) ?? throw new LabException($"no host is called {name}");

    /// <summary>Something that must be ended before the namespaces go (probes, services); ended in reverse order.</summary>
    public T Own<T>(T belonging)
        where T : IDisposable
    {
        lock (_belongings)
            _belongings.Add(belonging);
        return belonging;
    }

    /// <summary>Builds a topology, and removes everything again when that fails half-way.</summary>
    public static LabRun Build(LabRunOptions? options, Action<LabRun> build)
    {
        var run = new LabRun(options);
        try
        {
            build(run);
            return run;
        }
        catch
        {
            run.CleanUp();
            throw;
        }
    }

    /// <summary>
    /// From now on everything stays when the run ends: namespaces, programs, files. Later runs do not sweep it;
    /// <see cref="LabSweep.RemoveLeft"/> does. Probes and services inside this process still end with it.
    /// </summary>
    public void LeaveInPlace()
    {
        if (!Options.CanBeLeft)
            throw new LabException("this run was not started in a way that lets it outlive its runner");
        File.WriteAllText(Path.Combine(Directory, LabSweep.LeftMarker), "");
        _left = true;
    }

    internal bool IsLeft => _left;

    public void Dispose() => CleanUp();

    // Nothing new may appear while a signal takes the run down, or it would be left behind.
    private T Grow<T>(Func<T> add)
    {
        lock (_cleanup)
            return _cleaned ? throw new LabException($"{Name} is being taken down") : add();
    }

    // The runtime ends the program when this returns, as the signal would have.
    private void OnSignal(PosixSignalContext context)
    {
        Options.Interrupted?.Invoke();
        CleanUp();
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => CleanUp();

    private void CleanUp()
    {
        lock (_cleanup)
        {
            if (_cleaned)
                return;
            _cleaned = true;
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            DisposeBelongings();
            foreach (var host in _hosts)
                host.Dispose();
            foreach (var segment in _segments)
                segment.Dispose();
            if (!_left)
                LabSweep.RemoveRun(Name.ToString());
        }

        // Outside the lock: this waits for a handler that is running, which may be waiting for the lock.
        foreach (var signal in _signals)
            ThreadPool.QueueUserWorkItem(static registration => registration.Dispose(), signal, preferLocal: false);
    }

    private void DisposeBelongings()
    {
        IDisposable[] belongings;
        lock (_belongings)
            belongings = [.. Enumerable.Reverse(_belongings)];
        foreach (var belonging in belongings)
            belonging.Dispose();
    }

    private void CheckName(string name)
    {
        if (name.Length is 0 or > MaximumNameLength || !name.All(char.IsAsciiLetterOrDigit))
            throw new LabException($"'{name}': a host or segment is called by 1 to {MaximumNameLength} letters and digits (an interface name has room for 15)");
        if (_hosts.Exists(host => host.Name == name) || _segments.Exists(segment => segment.Name == name))
            throw new LabException($"'{name}' is there already");
    }
}
