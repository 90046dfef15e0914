using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Node.Guarding;

/// <summary>One virtual router of the live configuration as the guardian sees it, and what it has said for it in the present incident.</summary>
internal sealed class GuardedRole(BoardSlot slot, RoleRecord record, long sequence)
{
    private long _sequence = sequence;

    /// <summary>
    /// Its place in the half that was live when the board was read. A node that lays out another half at this very moment
    /// is not disturbed by what is written here.
    /// </summary>
    public BoardSlot Slot { get; } = slot;

    public RoleRecord Record { get; private set; } = record;

    /// <summary>It is Active, and nobody has let go of it: somebody has to speak for it.</summary>
    public bool IsOwed => Slot.DueAt != Instant.Never && !Slot.GivenUp;

    public TimeSpan Interval => Record.AdvertisementInterval;

    /// <summary>Until when enough has been said.</summary>
    public Instant SaidUntil { get; set; }

    /// <summary>Nobody has spoken for it for so long that whoever speaks now has rightly taken over.</summary>
    public bool Doubtful { get; set; }

    /// <summary>When a better Active was first heard.</summary>
    public Instant RivalAt { get; set; } = Instant.Never;

    public IpAddress Rival { get; set; }

    public bool Spoke { get; set; }

    /// <summary>How often the carrier of its interface had changed when it was last looked at.</summary>
    public uint? LinkChanges { get; set; }

    /// <summary>What stands on the board cannot be read, and this was told.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Reads the record again if it was replaced; false when that cannot be read, and the one before is kept.</summary>
    public bool Refresh()
    {
        var sequence = Slot.Sequence;
        if (sequence == _sequence)
            return true;
        if (!Slot.TryCopyRecord(out var bytes))
            return false;
        _sequence = sequence; // nonsense, too, is read once
        if (RoleRecord.TryRead(bytes) is not { } record)
            return false;
        Record = record;
        IsUnreadable = false;
        return true;
    }

    /// <summary>Whoever goes on for it keeps the beat of what was said.</summary>
    public void HandOver()
    {
        var slot = Slot;
        slot.DueAt = SaidUntil;
    }

    /// <summary>An incident begins.</summary>
    public void Begin()
    {
        SaidUntil = Instant.Zero;
        (RivalAt, Rival) = (Instant.Never, IpAddress.None);
        Doubtful = Spoke = false;
        LinkChanges = null;
    }
}
