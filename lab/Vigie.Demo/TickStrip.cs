using System.Text;
using Vigie.Lab.Probes;

namespace Vigie.Demo;

/// <summary>The recent past of one probe as a row of characters: a full block where everything was answered, a low one where a part was, a cross where nothing was.</summary>
internal sealed class TickStrip
{
    private const double MostlyAnswered = 0.9;

    private readonly Queue<(string Host, char Mark)> _ticks = new();
    private long _sent;
    private long _answered;

    /// <summary>Notes what has been asked and answered since the call before.</summary>
    internal void Add(UdpProbe probe)
    {
        var (sent, answered) = (probe.Sent - _sent, probe.Answered - _answered);
        (_sent, _answered) = (probe.Sent, probe.Answered);
        if (sent > 0)
            _ticks.Enqueue((answered > 0 ? probe.LastResponder ?? "" : "", answered == 0 ? '×' : answered < sent * MostlyAnswered ? '▄' : '█'));
    }

    /// <summary>The last ticks as markup, oldest first, padded to the length.</summary>
    internal string Render(Func<string, string> colorOf, int length)
    {
        while (_ticks.Count > length)
            _ticks.Dequeue();
        var text = new StringBuilder();
        foreach (var (host, mark) in _ticks)
            text.Append('[').Append(mark == '×' ? "red" : colorOf(host)).Append(']').Append(mark).Append("[/]");
        return text.Append(' ', length - _ticks.Count).ToString();
    }
}
