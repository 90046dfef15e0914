using Vigie.Contract;
using Vigie.Daemon.ControlSide;
using Vigie.Linux;
using Vigie.Node.Guarding;

namespace Vigie.Daemon.GuardianSide;

/// <summary>
/// Tells control, and the log when control cannot be told, what the guardian does: on an ordinary thread, because making
/// sentences must not delay what they are about.
/// </summary>
internal sealed class GuardianReporter : IDisposable
{
    private readonly Mailbox<Report> _queue = new(1024);
    private readonly byte[] _buffer = new byte[8192];
    private readonly SeqPacketSocket _socket;
    private readonly LogWriter _log;
    private readonly Thread _thread;

    public GuardianReporter(SeqPacketSocket socket, LogWriter log)
    {
        _socket = socket;
        _log = log;
        _thread = new Thread(Work) { Name = "reporter", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Never waits; more than fit are lost, and the counters in the status stay right.</summary>
    public void Tell(GuardianEvent guardianEvent) => _queue.TryPut(new Report(guardianEvent, null, null));

    /// <summary>The latest state of the guardian.</summary>
    public bool Tell(GuardianSnapshot snapshot) => _queue.TryPut(new Report(null, snapshot, null));

    /// <summary>For what is said when there may be no control to tell.</summary>
    public void Log(EventSeverity severity, string message, string? remedy) =>
        _queue.TryPut(new Report(null, null, EventText.Own("guardian", severity, message, remedy)));

    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
        _queue.Dispose();
    }

    private void Work()
    {
        while (_queue.TryTake(out var report))
        {
            if (report.Event is { } guardianEvent)
            {
                var document = GuardianText.Describe(guardianEvent);
                if (_socket.Send(_buffer.AsSpan(0, ReportMessages.Write(_buffer, document))) != 0)
                    _log.Write(document);
            }
            else if (report.Snapshot is { } snapshot)
            {
                // A channel that is full has a reader that is dead; the next one is told again.
                _ = _socket.Send(_buffer.AsSpan(0, ReportMessages.Write(_buffer, snapshot)));
            }
            else if (report.Line is { } line)
            {
                _log.Write(line);
            }
        }
    }

    private readonly record struct Report(GuardianEvent? Event, GuardianSnapshot? Snapshot, EventDocument? Line);
}
