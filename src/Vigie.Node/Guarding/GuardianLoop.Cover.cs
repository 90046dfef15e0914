using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node.Guarding;

// Speaking for the node.
public sealed partial class GuardianLoop
{
    private const int TooLateIntervals = 2;
    private static readonly TimeSpan RenewalInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LinkCheckInterval = TimeSpan.FromMilliseconds(20);

    private readonly List<CoveredRole> _covers = [];
    private readonly byte[] _message = new byte[VrrpCodec.MaximumLength];
    private readonly Dictionary<int, TimeSpan> _intervals = [];
    private long _boardRead;
    private bool _listens;
    private TimeSpan _shortestInterval = LongestHang;
    private Instant _renewAt = Instant.Never;
    private Instant _linksCheckedAt;

    /// <summary>A VRRP message arrived while covering. The next <see cref="Step"/> gives a role up that is a better Active's.</summary>
    public void OnMessage(Instant now, in ReceivedMessage received, ReadOnlySpan<byte> message)
    {
        if (received.HopLimit != AdvertisementCheck.RequiredHopLimit
            || VrrpCodec.TryDecode(message, received.Source, received.Destination, out var heard, out _) != VrrpError.None)
            return;
        for (var i = _covers.Count - 1; i >= 0; i--)
        {
            var role = _covers[i].Record;
            var source = role.Source(received.Source.Family);
            if (role.InterfaceIndex != received.InterfaceIndex || role.Vrid != heard.Vrid || source.IsNone || !IsFromRival(role, source, received, heard))
                continue;
            if (_covers[i].RivalAt == Instant.Never
                && (_covers[i].Doubtful || heard.Priority > role.Priority || (heard.Priority == role.Priority && received.Source > source)))
                (_covers[i].RivalAt, _covers[i].Rival) = (now, received.Source);
        }
    }

    /// <summary>The daemon ends and its node did not manage to: what is still owned is resigned and removed.</summary>
    public void LeaveForNode(Instant now)
    {
        for (var i = 0; i < board.RouterCount; i++)
        {
            if (!board[i].TryCopyRecord(out var bytes))
                continue;
            var role = new CoveredRole(i, RoleRecord.Read(bytes));
            if (board[i].DueAt != Instant.Never)
                LastWill(role);
            else if (role.Record.Leaving)
                LetGo(role); // it has resigned already
        }
    }

    private static bool IsFromRival(RoleRecord role, IpAddress source, in ReceivedMessage received, in VrrpAdvertisement heard)
    {
        if (heard.Version != role.Version || received.Source == source || heard.Priority == 0)
            return false;
        if (role.HasPeers(source.Family) ? !role.Peers.Contains(received.Source) : !received.Destination.IsMulticast)
            return false;
        var expected = role.Authenticates ? VrrpAuthenticationType.SimpleText : VrrpAuthenticationType.None;
        return role.Version != VrrpVersion.V2
            || (heard.AuthenticationType == expected && (!role.Authenticates || heard.AuthenticationData == role.AuthenticationData)
                && heard.Interval == role.AdvertisementInterval);
    }

    private void BeginIncident(Instant now)
    {
        if (_incidentAt != Instant.Never)
            return;
        _incidentAt = now;
        _renewAt = now;
        TakeCovers(spoke: false);
    }

    private void TakeCovers(bool spoke)
    {
        _covers.Clear();
        for (var i = 0; i < board.RouterCount; i++)
            if (board[i].DueAt != Instant.Never && !board[i].GivenUp && board[i].TryCopyRecord(out var bytes))
                _covers.Add(new CoveredRole(i, RoleRecord.Read(bytes)) { Spoke = spoke });
    }

    /// <summary>Whoever speaks for others must hear who contradicts. Not earlier: a node that was late once hears by itself.</summary>
    private void Listen()
    {
        if (_listens)
            return;
        _listens = true;
        var listening = new Dictionary<int, ListeningInterface>();
        foreach (var role in _covers)
        {
            var index = role.Record.InterfaceIndex;
            listening.TryGetValue(index, out var on);
            listening[index] = new ListeningInterface(
                index, on.IPv4 || role.Record.HasFamily(IpFamily.IPv4), on.IPv6 || role.Record.HasFamily(IpFamily.IPv6), Rejoin: false);
        }

        host.Listen([.. listening.Values]);
    }

    private void EndIncident(Instant now)
    {
        if (_covers.Any(cover => cover.Spoke))
            host.Report(new GuardianEvent(GuardianEventKind.CoverEnded, Time: now - _incidentAt));
        if (_listens)
            host.Listen([]);
        _listens = false;
        _covers.Clear();
        _incidentAt = Instant.Never;
        _renewAt = Instant.Never;
    }

    /// <summary>Looks whether an Active is late, speaks for all who are, and returns when to look again.</summary>
    private Instant Cover(Instant now)
    {
        if (_stopping || board.Leaving)
            return Instant.Never;
        ReadBoard();
        var lives = _life == NodeLife.Serving;
        if (_incidentAt == Instant.Never)
        {
            var lateAt = EarliestLateness(lives);
            if (now < lateAt)
                return lateAt;
            BeginIncident(now);
        }

        if (_covers.Count == 0)
            return lives ? Instant.Max(EarliestLateness(lives), now + LookAgain) : Instant.Never;
        if (now - _incidentAt >= LongestCover)
        {
            for (var i = _covers.Count - 1; i >= 0; i--)
                GiveUp(now, _covers[i], GuardianEventKind.LastWill);
            return Instant.Never;
        }

        if (!lives)
            CheckLinks(now);
        var next = _incidentAt + LongestCover;
        for (var i = _covers.Count - 1; i >= 0; i--)
            next = Instant.Min(next, Speak(now, _covers[i], lives));
        return Instant.Min(next, Renew(now));
    }

    /// <summary>When the first Active will be late; Never without an Active.</summary>
    private Instant EarliestLateness(bool lives)
    {
        var earliest = Instant.Never;
        for (var i = 0; i < board.RouterCount; i++)
        {
            var due = board[i].DueAt;
            if (due != Instant.Never && !board[i].GivenUp)
                earliest = Instant.Min(earliest, LateAt(due, IntervalOf(i), lives));
        }

        return earliest;
    }

    private Instant LateAt(Instant due, TimeSpan interval, bool lives) =>
        lives ? Instant.Max(due + interval / 2, _graceUntil) : due;

    private Instant Speak(Instant now, CoveredRole role, bool lives)
    {
        var slot = board[role.Index];
        var interval = role.Record.AdvertisementInterval;
        if (role.RivalAt != Instant.Never)
            return Yield(now, role, lives);
        var due = slot.DueAt;
        if (due == Instant.Never)
            return Instant.Never; // it is Active no more
        due = Instant.Max(due, role.SaidUntil);
        var speakAt = LateAt(due, interval, lives && !role.Spoke);
        if (now < speakAt)
            return speakAt;
        if (now - due >= TooLateIntervals * interval)
            return Doubt(now, role, lives);
        role.Doubtful = false;

        if (!role.Spoke)
        {
            role.Spoke = true;
            host.Report(new GuardianEvent(GuardianEventKind.CoverBegan, role.Record.Name, Time: now - due));
        }

        var sent = Send(role.Record, role.Record.Priority);
        Listen();
        if (sent)
            Covered++;
        else if (!lives)
        {
            GiveUp(now, role, GuardianEventKind.LinkLost);
            return Instant.Never;
        }

        role.SaidUntil = Instant.Max(due, now - interval / 2) + interval;
        if (!lives)
        {
            slot.DueAt = role.SaidUntil; // the rhythm in which the successor goes on
            slot.Sent++;
        }

        return role.SaidUntil;
    }

    // A living node has heard the rival too, and gets an interval to let go by itself.
    private Instant Yield(Instant now, CoveredRole role, bool lives)
    {
        var letGoAt = lives ? role.RivalAt + role.Record.AdvertisementInterval : role.RivalAt;
        if (now < letGoAt)
            return letGoAt;
        GiveUp(now, role, GuardianEventKind.Yielded);
        return Instant.Never;
    }

    // Nobody has spoken for so long that a peer may have the role. A living node may only be slow: for an interval it is
    // listened whether anybody has taken over, and then spoken.
    private Instant Doubt(Instant now, CoveredRole role, bool lives)
    {
        if (!lives)
        {
            GiveUp(now, role, GuardianEventKind.TooLate);
            return Instant.Never;
        }

        Listen();
        role.Doubtful = true;
        return role.SaidUntil = now + role.Record.AdvertisementInterval;
    }

    /// <summary>The node is gone: what was said for it is written down, so that its successor goes on from there.</summary>
    private void HandOver()
    {
        foreach (var role in _covers)
            if (role.Spoke && board[role.Index] is { DueAt: var due } slot && due != Instant.Never && role.SaidUntil > due)
                slot.DueAt = role.SaidUntil;
    }

    private Instant Renew(Instant now)
    {
        if (now < _renewAt)
            return _renewAt;
        foreach (var role in _covers)
            host.Apply(role.Record.InterfaceIndex, role.Record.KernelAddresses, present: true,
                ElectionTimers.AddressLifetimeSeconds(role.Record.AdvertisementInterval));
        return _renewAt = now + RenewalInterval;
    }

    private void CheckLinks(Instant now)
    {
        if (now - _linksCheckedAt < LinkCheckInterval)
            return;
        _linksCheckedAt = now;
        for (var i = _covers.Count - 1; i >= 0; i--)
            if (!host.IsRunning(_covers[i].Record.InterfaceIndex))
                GiveUp(now, _covers[i], GuardianEventKind.LinkLost);
    }

    // The node first: one that hangs must not come round and go on with a role that was given away.
    private void GiveUp(Instant now, CoveredRole role, GuardianEventKind why)
    {
        Kill(now);
        _covers.Remove(role);
        if (why is GuardianEventKind.LastWill or GuardianEventKind.LinkLost)
            LastWill(role);
        else
            LetGo(role);
        host.Report(new GuardianEvent(why, role.Record.Name, role.Rival, now - _incidentAt));
    }

    private void LastWill(CoveredRole role)
    {
        Send(role.Record, priority: 0);
        LetGo(role);
    }

    private void LetGo(CoveredRole role)
    {
        var slot = board[role.Index];
        slot.GivenUp = true;
        slot.DueAt = Instant.Never;
        host.Apply(role.Record.InterfaceIndex, role.Record.KernelAddresses, present: false, 0);
    }

    /// <summary>One advertisement per family and destination, as the node would send it; false when none could be sent.</summary>
    private bool Send(RoleRecord role, byte priority)
    {
        var sent = false;
        foreach (var family in role.Families)
        {
            if (family.Source.IsNone)
                continue;
            if (!role.HasPeers(family.Family))
            {
                sent |= SendOne(role, family.Family, family.Source, family.Family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6, priority);
                continue;
            }

            foreach (var peer in role.Peers)
                if (peer.Family == family.Family && peer != family.Source)
                    sent |= SendOne(role, family.Family, family.Source, peer, priority);
        }

        return sent;
    }

    private bool SendOne(RoleRecord role, IpFamily family, IpAddress source, IpAddress destination, byte priority)
    {
        var advertisement = new VrrpAdvertisement
        {
            Version = role.Version,
            Family = family,
            Vrid = role.Vrid,
            Priority = priority,
            Interval = role.AdvertisementInterval,
            AuthenticationType = role.Authenticates ? VrrpAuthenticationType.SimpleText : VrrpAuthenticationType.None,
            AuthenticationData = role.AuthenticationData,
            ChecksumForm = role.ChecksumForm,
        };
        var addresses = role.AdvertisedOf(family);
        var length = VrrpCodec.Encode(advertisement, addresses, source, destination, _message);
        return advertisements.Send(role.InterfaceIndex, source, destination, _message.AsSpan(0, length)).Error == 0;
    }

    /// <summary>Intervals are looked up all the time and change only with the board.</summary>
    private void ReadBoard()
    {
        if (_boardRead == board.Live)
            return;
        // A new node has laid out its own board: the same roles, but perhaps in another order.
        if (_incidentAt != Instant.Never)
            TakeCovers(spoke: _covers.Any(cover => cover.Spoke));
        _boardRead = board.Live;
        _intervals.Clear();
        _shortestInterval = LongestHang;
        for (var i = 0; i < board.RouterCount; i++)
        {
            if (!board[i].TryCopyRecord(out var bytes))
                continue;
            var interval = RoleRecord.Read(bytes).AdvertisementInterval;
            _intervals[i] = interval;
            _shortestInterval = Min(_shortestInterval, interval);
        }
    }

    private TimeSpan IntervalOf(int index) => _intervals.TryGetValue(index, out var interval) ? interval : LongestHang;

    private TimeSpan ShortestInterval() => _shortestInterval;

    /// <summary>An Active router that is spoken for.</summary>
    private sealed class CoveredRole(int index, RoleRecord record)
    {
        public int Index { get; } = index;

        public RoleRecord Record { get; } = record;

        public Instant SaidUntil { get; set; }

        /// <summary>Nobody has spoken for it for so long that whoever speaks now has rightly taken over.</summary>
        public bool Doubtful { get; set; }

        /// <summary>When a better Active was first heard.</summary>
        public Instant RivalAt { get; set; } = Instant.Never;

        public IpAddress Rival { get; set; }

        public bool Spoke { get; set; }
    }
}
