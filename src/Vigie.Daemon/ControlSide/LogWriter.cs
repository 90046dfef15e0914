using System.Text.Json;
using Vigie.Contract;

namespace Vigie.Daemon.ControlSide;

/// <summary>Writes events to stderr: lines for people on a terminal, else one JSON object per line.</summary>
internal sealed class LogWriter(TextWriter output, LogFormat format)
{
    private readonly Lock _gate = new();
    private readonly bool _json = format == LogFormat.Json || (format == LogFormat.Auto && Console.IsErrorRedirected);
    private readonly bool _color = !Console.IsErrorRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public void Write(EventDocument document)
    {
        var line = _json ? JsonSerializer.Serialize(document, ContractJson.Readable.EventDocument) : Human(document);
        lock (_gate)
        {
            try
            {
                output.WriteLine(line);
            }
            catch (IOException)
            {
                // Nobody reads the log (a closed pipe, a full disk): the events stay in the ring, the service goes on.
            }
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
}
