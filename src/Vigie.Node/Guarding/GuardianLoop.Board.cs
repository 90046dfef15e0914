using Vigie.Core;

namespace Vigie.Node.Guarding;

// What the node has written down. It may have been out of its mind: what cannot be read is left out and told once.
public sealed partial class GuardianLoop
{
    private readonly List<GuardedRole> _roles = [];
    private long _boardRead;
    private bool _leftOut;
    private TimeSpan _shortestInterval = LongestHang;

    /// <summary>
    /// Who is on the board changes with its live half only: with another configuration, and when a new node has laid out
    /// its own, with the same roles, but perhaps in another order.
    /// </summary>
    private void ReadBoard()
    {
        if (_boardRead == board.Live)
            return;
        var spoke = _incidentAt != Instant.Never && HasSpoken();
        bool leftOut;
        do
        {
            leftOut = false;
            _boardRead = board.Live;
            _roles.Clear();
            _shortestInterval = LongestHang;
            for (var i = 0; i < board.RouterCount; i++)
            {
                leftOut |= !TryReadRole(i, out var role);
                if (role is null)
                    continue;
                role.Spoke = spoke;
                _roles.Add(role);
                _shortestInterval = Min(_shortestInterval, role.Interval);
            }
        }
        while (_boardRead != board.Live);
        if (leftOut && !_leftOut)
            host.Report(new GuardianEvent(GuardianEventKind.RecordUnreadable));
        _leftOut = leftOut;
    }

    /// <summary>False when what stands there cannot be read; true, and no role, when nothing was written yet.</summary>
    private bool TryReadRole(int index, out GuardedRole? role)
    {
        role = null;
        if (!board.TryGet(index, out var slot))
            return false;
        var sequence = slot.Sequence;
        if (sequence == 0)
            return true;
        if (slot.TryCopyRecord(out var bytes) && RoleRecord.TryRead(bytes) is { } record)
            role = new GuardedRole(slot, record, sequence);
        return role is not null;
    }

    private void Refresh(GuardedRole role)
    {
        // Not when the node has begun to write another configuration there: that is read soon.
        if (role.Refresh() || role.IsUnreadable || _boardRead != board.Live)
            return;
        role.IsUnreadable = true;
        host.Report(new GuardianEvent(GuardianEventKind.RecordUnreadable, role.Record.Name));
    }

    private TimeSpan ShortestInterval() => _shortestInterval;
}
