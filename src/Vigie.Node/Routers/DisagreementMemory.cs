using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Node.Routers;

/// <summary>
/// What each sender last said that is not what we say, so that one event is made per sender and change: two senders that
/// disagree in different ways, or one that changes its mind with every packet, must not push everything else out of the
/// events that are kept. Fixed size, no allocation.
/// </summary>
public sealed class DisagreementMemory
{
    /// <summary>Senders remembered; while all of them have spoken lately, a further one is counted but not reported.</summary>
    public const int MaximumSenders = 16;

    /// <summary>Changes of one sender that are reported within <see cref="Window"/>.</summary>
    public const int ReportsPerWindow = 4;

    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Entry[] _entries = new Entry[MaximumSenders];
    private int _count;

    /// <summary>Takes note of a disagreement, as any number that stands for it; true when an event is due.</summary>
    public bool Note(Instant now, IpAddress sender, long value)
    {
        var index = Find(sender);
        if (index < 0 && !TryMakeRoom(now, out index))
            return false;
        ref var entry = ref _entries[index];
        if (entry.Sender != sender)
            entry = new Entry { Sender = sender, WindowStart = now };
        if (entry.Value == value && entry.HasValue)
            return false;
        if (now - entry.WindowStart >= Window)
        {
            entry.WindowStart = now;
            entry.Reports = 0;
        }

        if (entry.Reports == ReportsPerWindow)
            return false; // not remembered either: what it says after the window is reported then
        entry.Reports++;
        entry.Value = value;
        entry.HasValue = true;
        return true;
    }

    /// <summary>The sender says what we say: its next disagreement is a change again.</summary>
    public void NoteAgreement(IpAddress sender)
    {
        if (_count == 0 || Find(sender) is not (>= 0 and var index))
            return;
        _entries[index].HasValue = false;
    }

    public void Clear() => _count = 0;

    private int Find(IpAddress sender)
    {
        for (var i = 0; i < _count; i++)
            if (_entries[i].Sender == sender)
                return i;
        return -1;
    }

    private bool TryMakeRoom(Instant now, out int index)
    {
        index = _count;
        if (_count < MaximumSenders)
        {
            _count++;
            _entries[index] = default;
            return true;
        }

        for (index = 0; index < MaximumSenders; index++)
            if (now - _entries[index].WindowStart >= Window)
                return true;
        return false;
    }

    private struct Entry
    {
        public IpAddress Sender;
        public long Value;
        public bool HasValue;
        public Instant WindowStart;
        public int Reports;
    }
}
