using System.Text.Json;
using Vigie.Contract;
using Vigie.Daemon.GuardianSide;

namespace Vigie.Daemon.ControlSide;

/// <summary>
/// Writes events to stderr: lines for people on a terminal, else one JSON object per line. A thread of its own writes, so
/// that a reader of the log who has stopped reading stops nobody else; lines that find no room are counted and said later.
/// Nothing here needs another thread: a guardian whose user may have no more would die of it.
/// </summary>
internal sealed class LogWriter : IDisposable
{
    private const int LongestQueue = 8192;

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Mailbox<Line> _lines = new(LongestQueue);
    private readonly TextWriter _output;
    private readonly bool _json;
    private readonly bool _color;
    private readonly Thread _writer;
    private long _lost;
    private volatile bool _closed;

    public LogWriter(TextWriter output, LogFormat format)
    {
        _output = output;
        _json = format == LogFormat.Json || (format == LogFormat.Auto && Console.IsErrorRedirected);
        _color = !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        _writer = new Thread(WriteAll) { Name = "log", IsBackground = true };
        _writer.Start();
    }

    public void Write(EventDocument document)
    {
        var line = _json ? JsonSerializer.Serialize(document, ContractJson.Readable.EventDocument) : Human(document);
        if (_closed || !_lines.TryPut(new Line(line)))
            Interlocked.Increment(ref _lost);
    }

    /// <summary>Gives the last lines a moment to get out.</summary>
    public void Dispose()
    {
        if (_closed)
            return;
        _closed = true;
        _lines.Close();
        if (_writer.Join(LastWords))
            _lines.Dispose();
    }

    private void WriteAll()
    {
        while (_lines.TryTake(out var line))
            WriteLine(line.Text);
    }

    private void WriteLine(string line)
    {
        try
        {
            _output.WriteLine(line);
            var lost = Interlocked.Exchange(ref _lost, 0);
            if (lost == 0)
                return;
            var notice = EventText.Own("log_lines_lost", EventSeverity.Warning,
                $"{lost} lines were not logged because nobody read the log; `vigie events` still has the latest");
            _output.WriteLine(_json ? JsonSerializer.Serialize(notice, ContractJson.Readable.EventDocument) : Human(notice));
        }
        catch (IOException)
        {
            // Nobody reads the log (a closed pipe, a full disk): the events stay in the ring, the service goes on.
        }
    }

    private string Human(EventDocument document)
    {
        var (word, color) = document.Severity switch
        {
            EventSeverity.Info => ("info ", "32"),
            EventSeverity.Warning => ("warn ", "33"),
            EventSeverity.Error => ("error", "31"),
        };
        var severity = _color ? $"\e[{color}m{word}\e[0m" : word;
        var subject = document.VirtualRouter is { } name ? $"{name}: " : "";
        var remedy = document.Remedy is { } text ? $" ({text})" : "";
        return $"{document.Time.ToLocalTime():HH:mm:ss.fff} {severity} {subject}{document.Message}{remedy}";
    }

    private readonly record struct Line(string Text);
}
