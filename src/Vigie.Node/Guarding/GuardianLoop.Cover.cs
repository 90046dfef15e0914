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
    private static readonly TimeSpan LinkCheckInterval = TimeSpan.FromMilliseconds(20);

    private bool _listens;
    private Instant _renewAt = Instant.Never;
    private Instant _linksCheckedAt;

    /// <summary>A VRRP message arrived while covering. The next <see cref="Step"/> gives a role up that is a better Active's.</summary>
    public void OnMessage(Instant now, in ReceivedMessage received, ReadOnlySpan<byte> message)
    {
        if (received.HopLimit != AdvertisementCheck.RequiredHopLimit
            || VrrpCodec.TryDecode(message, received.Source, received.Destination, out var heard, out _) != VrrpError.None)
            return;
        foreach (var covered in _roles)
        {
            var role = covered.Record;
            var source = role.Source(received.Source.Family);
            if (role.Vrid != heard.Vrid || role.InterfaceIndex != received.InterfaceIndex || covered.RivalAt != Instant.Never || source.IsNone
                || !covered.IsOwed || !IsFromRival(role, source, received, heard))
                continue;
            if (covered.Doubtful || heard.Priority > role.Priority || (heard.Priority == role.Priority && received.Source > source))
                (covered.RivalAt, covered.Rival) = (now, received.Source);
        }
    }

    /// <summary>The daemon ends and its node did not manage to: what is still owned is resigned and removed.</summary>
    public void LeaveForNode(Instant now)
    {
        ReadBoard();
        foreach (var role in _roles)
        {
            Refresh(role);
            if (role.IsOwed)
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
        _linksCheckedAt = Instant.Zero;
        host.Forget();
        foreach (var role in _roles)
        {
            Refresh(role);
            role.Begin();
        }
    }

    /// <summary>Whoever speaks for others must hear who contradicts. Not earlier: a node that was late once hears by itself.</summary>
    private void Listen()
    {
        if (_listens)
            return;
        _listens = true;
        var listening = new Dictionary<int, ListeningInterface>();
        foreach (var role in _roles)
        {
            var index = role.Record.InterfaceIndex;
            if (!role.IsOwed)
                continue;
            listening.TryGetValue(index, out var on);
            listening[index] = new ListeningInterface(
                index, on.IPv4 || role.Record.HasFamily(IpFamily.IPv4), on.IPv6 || role.Record.HasFamily(IpFamily.IPv6), Rejoin: false);
        }

        host.Listen([.. listening.Values]);
    }

    private void EndIncident(Instant now)
    {
        if (HasSpoken())
            host.Report(new GuardianEvent(GuardianEventKind.CoverEnded, Time: now - _incidentAt));
        if (_listens)
            host.Listen([]);
        _listens = false;
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

        if (!OwesAny())
            return Instant.Never;
        if (now - _incidentAt >= LongestCover)
        {
            foreach (var role in _roles)
                if (role.IsOwed)
                    GiveUp(now, role, GuardianEventKind.LastWill);
            return Instant.Never;
        }

        CheckInterfaces(now, lives);
        var next = Instant.Min(_incidentAt + LongestCover, _linksCheckedAt + LinkCheckInterval);
        foreach (var role in _roles)
            if (role.IsOwed)
                next = Instant.Min(next, Speak(now, role, lives));
        return Instant.Min(next, Renew(now));
    }

    private bool OwesAny()
    {
        foreach (var role in _roles)
            if (role.IsOwed)
                return true;
        return false;
    }

    private bool HasSpoken()
    {
        foreach (var role in _roles)
            if (role.Spoke)
                return true;
        return false;
    }

    /// <summary>When the first Active will be late; Never without an Active.</summary>
    private Instant EarliestLateness(bool lives)
    {
        var earliest = Instant.Never;
        foreach (var role in _roles)
            if (role.IsOwed)
                earliest = Instant.Min(earliest, LateAt(role.Slot.DueAt, role.Interval, lives));
        return earliest;
    }

    private Instant LateAt(Instant due, TimeSpan interval, bool lives) =>
        lives ? Instant.Max(due + interval / 2, _graceUntil) : due;

    private Instant Speak(Instant now, GuardedRole role, bool lives)
    {
        if (role.RivalAt != Instant.Never)
            return Yield(now, role, lives);
        Refresh(role); // a node that is only late may have changed it
        var slot = role.Slot;
        var interval = role.Interval;
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

        var sent = Send(role.Record, resigns: false);
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
    private Instant Yield(Instant now, GuardedRole role, bool lives)
    {
        var letGoAt = lives ? role.RivalAt + role.Record.AdvertisementInterval : role.RivalAt;
        if (now < letGoAt)
            return letGoAt;
        GiveUp(now, role, GuardianEventKind.Yielded);
        return Instant.Never;
    }

    // Nobody has spoken for so long that a peer may have the role. A living node may only be slow: for an interval it is
    // listened whether anybody has taken over, and then spoken.
    private Instant Doubt(Instant now, GuardedRole role, bool lives)
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
        foreach (var role in _roles)
        {
            Refresh(role);
            if (role.Spoke && role.IsOwed && role.SaidUntil > role.Slot.DueAt)
                role.HandOver();
        }
    }

    private Instant Renew(Instant now)
    {
        if (now < _renewAt)
            return _renewAt;
        foreach (var role in _roles)
            if (role.IsOwed)
                host.Apply(
                    role.Record.InterfaceIndex, role.Record.KernelAddresses, present: true, ElectionTimers.AddressLifetimeSeconds(role.Interval));
        return _renewAt = now + RenewalInterval;
    }

    private void CheckInterfaces(Instant now, bool lives)
    {
        if (now - _linksCheckedAt < LinkCheckInterval)
            return;
        _linksCheckedAt = now;
        foreach (var role in _roles)
        {
            if (!role.IsOwed || host.Look(role.Record.InterfaceIndex) is not { } link)
                continue;
            // A node that lives sees both by itself.
            if (!lives && !link.Runs)
                GiveUp(now, role, GuardianEventKind.LinkLost);
            else if (!lives && IsAnyRefused(role))
                GiveUp(now, role, GuardianEventKind.AddressRefused);
            // Down and up again since the last look: the kernel has taken the IPv6 addresses off.
            if (link.Runs && role.LinkChanges is { } before && before != link.Changes)
                _renewAt = now;
            role.LinkChanges = link.Changes;
        }
    }

    private bool IsAnyRefused(GuardedRole role)
    {
        foreach (var address in role.Record.KernelAddresses)
            if (host.IsRefused(role.Record.InterfaceIndex, address))
                return true;
        return false;
    }

    // The node first: one that hangs must not come round and go on with a role that was given away.
    private void GiveUp(Instant now, GuardedRole role, GuardianEventKind why)
    {
        Kill(now);
        if (why is GuardianEventKind.LastWill or GuardianEventKind.LinkLost or GuardianEventKind.AddressRefused)
            LastWill(role);
        else
            LetGo(role);
        host.Report(new GuardianEvent(why, role.Record.Name, role.Rival, now - _incidentAt));
    }

    private void LastWill(GuardedRole role)
    {
        Send(role.Record, resigns: true);
        LetGo(role);
    }

    private void LetGo(GuardedRole role)
    {
        var slot = role.Slot;
        slot.GivenUp = true;
        slot.DueAt = Instant.Never;
        host.Apply(role.Record.InterfaceIndex, role.Record.KernelAddresses, present: false, 0);
    }

    /// <summary>One advertisement per family and destination, as the node would send it; false when none could be sent.</summary>
    private bool Send(RoleRecord role, bool resigns)
    {
        var sent = false;
        foreach (var prepared in role.Advertisements)
        {
            var message = resigns ? prepared.Resignation : prepared.Advertisement;
            sent |= advertisements.Send(role.InterfaceIndex, prepared.Source, prepared.Destination, message.Span).Error == 0;
        }

        return sent;
    }
}
