using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Guarding;
using Vigie.Node.Routers;

namespace Vigie.Node;

// What is written down for the guardian, so that it can speak for this process, and so that a successor can take up its roles.
public sealed partial class ElectionLoop
{
    /// <summary>How often the heart beats at least: a fifth of the shortest time after which a node is taken for hung.</summary>
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(100);

    private RoleBoard? _board;
    private bool _onBoard;

    /// <summary>
    /// From now on roles are written on the board. The roles of an earlier process that stand there are taken up by the
    /// virtual routers that are still the same, when <see cref="Start"/> is called.
    /// </summary>
    public void Guard(RoleBoard board)
    {
        ArgumentNullException.ThrowIfNull(board);
        _board = board;
    }

    /// <summary>Every role that stood on the board was taken up, or could not be: the guardian need not speak any more.</summary>
    public bool HasTakenUpRoles
    {
        get
        {
            foreach (var router in _routers)
                if (router.TakesUp is not null)
                    return false;
            return true;
        }
    }

    // Not a moment earlier than at the start: until then the guardian goes on speaking for the roles.
    private void TakeUpRoles()
    {
        if (_board is not { } board)
            return;
        for (var i = 0; i < board.RouterCount; i++)
        {
            // What cannot be read is no role of anybody; the guardian has said so.
            if (board.TryGet(i, out var slot) && slot.TryCopyRecord(out var bytes) && RoleRecord.TryRead(bytes) is { } record)
                TakeUp(record, slot);
        }
    }

    /// <summary>
    /// The configuration that is running, as text, becomes what a successor is started with, and this process serves. Called
    /// when roles have been taken up after <see cref="Start"/>, and after every <see cref="Reconfigure"/>; false when it is too
    /// large for the board, and then nothing of this host is guarded.
    /// </summary>
    public bool LayBoard(ReadOnlySpan<byte> text)
    {
        if (_board is not { } board)
            return false;
        var capacities = new int[_routers.Count];
        for (var i = 0; i < capacities.Length; i++)
            capacities[i] = RoleRecord.Capacity(_routers[i].Config);
        _onBoard = board.TryLay(text, capacities);
        if (!_onBoard)
            _ = board.TryLay(text, []); // the configuration at least; what stood there before must not be covered
        for (var i = 0; i < _routers.Count; i++)
        {
            _routers[i].BoardIndex = _onBoard ? i : -1;
            _routers[i].OnBoard = default;
            WriteOnBoard(_routers[i]);
        }

        // First: from now on the guardian leaves the deadlines on the board to this process, also those about to become live.
        board.Serving = board.Incarnation;
        board.Publish();
        return _onBoard;
    }

    private void TakeUp(RoleRecord record, BoardSlot slot)
    {
        foreach (var router in _routers)
        {
            var config = router.Config;
            if (config.Name != record.Name || config.Vrid != record.Vrid || config.Interface != record.Interface
                || config.Version != record.Version || record.HasFamily(IpFamily.IPv4) != config.HasFamily(IpFamily.IPv4)
                || record.HasFamily(IpFamily.IPv6) != config.HasFamily(IpFamily.IPv6))
                continue;
            router.Sent = slot.Sent;
            router.Received = slot.Received;
            router.Election.Remember(record.Flaps, record.Times);
            router.HoldReported = record.Flaps.HeldUntil;
            router.TimeLostReported = router.Election.IsTimeLost;
            if (slot.GivenUp || record.State is not (RouterState.Active or RouterState.Backup))
                continue;
            router.TakesUp = new RoleToTakeUp(record, slot);
        }
    }

    /// <summary>Beats, and returns when to beat again at the latest.</summary>
    private Instant Beat(Instant now)
    {
        if (_board is not { } board)
            return Instant.Never;
        board.Heartbeat = now;
        return now + HeartbeatInterval;
    }

    /// <summary>Role and deadline at once; everything else only when it has changed.</summary>
    private void WriteOnBoard(RouterRuntime router)
    {
        if (_board is not { } board || router.BoardIndex < 0)
            return;
        var slot = board.Laid(router.BoardIndex);
        slot.Sent = router.Sent;
        slot.Received = router.Received;
        var election = router.Election;
        var present = new BoardSignature(
            election.State, election.Reason, router.Generation, router.Interface?.Index ?? 0,
            election.Primary(IpFamily.IPv4), election.Primary(IpFamily.IPv6),
            election.ActiveSource(IpFamily.IPv4), election.ActiveSource(IpFamily.IPv6),
            election.ActivePriority(IpFamily.IPv4), election.ActivePriority(IpFamily.IPv6),
            election.ActiveAdverInterval(IpFamily.IPv4), election.ActiveAdverInterval(IpFamily.IPv6), election.IsLeaving, election.Priority,
            election.Flaps, election.Times);
        if (present != router.OnBoard)
        {
            // Whoever is no longer Active is so before anything else is said of it, and is Active after everything is.
            if (election.AdvertiseAt == Instant.Never)
                slot.DueAt = Instant.Never;
            slot.EndRecord(RoleRecord.Write(slot.BeginRecord(), router));
            router.OnBoard = present;
        }

        slot.DueAt = election.AdvertiseAt;
    }
}
