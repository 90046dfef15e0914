using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;

namespace Vigie.Lab.Processes;

/// <summary>
/// A program that runs on a host of the lab. It writes both output streams straight into its log file, so that it never
/// waits for the runner and survives it in a run that is left in place; lines are read from that file. It is ended by its id, together
/// with its descendants.
/// </summary>
public sealed class LabProcess : IDisposable
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private long _readTo;
    private bool _disposed;

    private LabProcess(LabHost host, string description, Process process, string logPath)
    {
        Host = host;
        Description = description;
        LogPath = logPath;
        _process = process;
        Pid = process.Id;
        StartedAt = LabClock.Now;
    }

    public LabHost Host { get; }

    public int Pid { get; }

    /// <summary>When it was started, by <see cref="LabClock"/>.</summary>
    public Core.Instant StartedAt { get; }

    public string Description { get; }

    /// <summary>The file with everything it has printed.</summary>
    public string LogPath { get; }

    public bool Exited => _process.HasExited;

    /// <summary>The exit code; 128 + the signal's number when a signal ended it. Only after <see cref="Exited"/>.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The lines that it has finished printing so far.</summary>
    public ImmutableArray<string> Lines
    {
        get
        {
            lock (_gate)
            {
                ReadNewLines();
                return [.. _lines];
            }
        }
    }

    internal static LabProcess Start(LabHost host, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment, string logPath)
    {
        // setsid: Ctrl-C at the terminal reaches only the runner, which then ends everything in order.
        // Each program in this chain replaces itself by the next one, so the id stays the same.
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = host.Directory };
        if (!host.Run.Options.CanBeLeft)
        {
            foreach (var word in new[] { "setpriv", "--pdeathsig", "KILL", "--" })
                start.ArgumentList.Add(word);
        }

        foreach (var word in new[] { "sh", "-c", "log=$1; shift; exec \"$@\" </dev/null >>\"$log\" 2>&1", "sh", logPath, file })
            start.ArgumentList.Add(word);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? ImmutableDictionary<string, string>.Empty)
            start.Environment[name] = value;

        File.AppendAllText(logPath, "");
        var process = host.Inside(() => Process.Start(start)) ?? throw new LabException($"{file} did not start");
        return new LabProcess(host, $"{Path.GetFileName(file)} on {host.Name}", process, logPath);
    }

    /// <summary>Waits for a line that fits, among those already printed too. Fails when the deadline passes or the program ends without one.</summary>
    public string WaitForLine(Func<string, bool> fits, TimeSpan? deadline = null)
    {
        string? found = null;
        Condition.WaitFor($"a line of {Description}", () =>
        {
            var ended = Exited;
            found = Lines.FirstOrDefault(fits);
            if (found is null && ended)
                throw new LabException($"{Description} ended with {ExitCode} before it printed what was waited for:\n{Tail()}");
            return found is not null;
        }, deadline, explain: () => Tail());
        return found!;
    }

    /// <summary>Sends a signal to the program alone.</summary>
    public void Signal(int signal) => Signals.Send(Pid, signal);

    /// <summary>Sends a signal to one of its descendants, named by its id.</summary>
    public void SignalMember(int pid, int signal)
    {
        if (!Tree().Contains(pid))
            throw new LabException($"{pid} does not belong to {Description}");
        Signals.Send(pid, signal);
    }

    /// <summary>Sends a signal to the program and all its descendants.</summary>
    public void SignalTree(int signal)
    {
        foreach (var member in ProcessTree.Of(Pid))
            Signals.Send(member, signal);
    }

    /// <summary>The ids of the program and its descendants at this moment.</summary>
    public IReadOnlyList<int> Tree() => ProcessTree.Of(Pid);

    /// <summary>Freezes the program and its descendants, those too that were born meanwhile.</summary>
    public void Pause()
    {
        var stopped = new HashSet<int>();
        while (Tree().Where(stopped.Add).ToArray() is { Length: > 0 } running)
        {
            foreach (var member in running)
                Signals.Send(member, Signals.Stop);
        }
    }

    public void Resume() => SignalTree(Signals.Continue);

    /// <summary>Sends the signal and waits for the end; what has not ended by then is a <see cref="LabException"/>. Returns the exit code.</summary>
    public int Stop(int signal = Signals.Terminate, TimeSpan? deadline = null)
    {
        if (!Exited)
            Signal(signal);
        WaitForExit(deadline);
        return ExitCode;
    }

    public void WaitForExit(TimeSpan? deadline = null)
    {
        if (!_process.WaitForExit(deadline ?? Condition.DefaultDeadline))
            throw new LabException($"{Description} does not end:\n{Tail()}");
    }

    /// <summary>Whether it has ended, after so long at most.</summary>
    public bool TryWaitForExit(TimeSpan limit) => _process.WaitForExit(limit);

    /// <summary>Ends the program and all its descendants at once (kill -9), as a power cut would.</summary>
    public void Kill()
    {
        if (!Exited)
        {
            // Frozen first: a child that is told of its parent's death must not have the time to act on it.
            Pause();
            ProcessTree.Kill(Pid);
        }

        if (!_process.WaitForExit(KillLimit))
            throw new LabException($"{Description} survives SIGKILL");
    }

    /// <summary>The last lines, for a message.</summary>
    public string Tail(int count = 30) => string.Join('\n', Lines.TakeLast(count));

    /// <summary>Kills it, unless the run is left in place.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (!Host.Run.IsLeft)
            Kill();
        _process.Dispose();
    }

    private void ReadNewLines()
    {
        if (!File.Exists(LogPath))
            return;
        using var file = new FileStream(LogPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length == _readTo)
            return;
        file.Position = _readTo;
        var bytes = new byte[file.Length - _readTo];
        file.ReadExactly(bytes);
        // Only up to the last line end: a character cut in half stays in the file until its other half is there.
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        _readTo += whole;
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n')[..^1])
            _lines.Add(line.TrimEnd('\r'));
    }
}
