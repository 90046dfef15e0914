using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Events;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// Planned leaves: docs/decisions/0007-make-before-break.md. When and how is decided by VirtualRouter; here is who leaves, and what
// an operator said about it.
public sealed partial class ElectionLoop
{
    private int _departing;

    /// <summary>This host stays out of every election.</summary>
    public bool Drained { get; private set; }

    /// <summary>No virtual router holds addresses of a role that it has given up.</summary>
    public bool HasLeft
    {
        get
        {
            foreach (var router in _routers)
                if (router.Election.IsLeaving)
                    return false;
            return true;
        }
    }

    /// <summary>
    /// Every virtual router resigns, and serves until a successor does. Step on until <see cref="HasLeft"/>, then call
    /// <see cref="Shutdown"/>, which ends it at once.
    /// </summary>
    public void Leave(Instant now)
    {
        _shutDown = true;
        _board?.Leaving = true;
        RefusePreparation(RefusalKind.Leaving);
        foreach (var router in _routers)
        {
            router.Election.OnLeave(now, _effects);
            Run(now, router, Instant.Never);
        }
    }

    /// <summary>What an operator said to an earlier process. To be called before <see cref="Start"/>.</summary>
    public void StandAside(bool drained, IReadOnlyCollection<string> movedAway)
    {
        ArgumentNullException.ThrowIfNull(movedAway);
        Drained = drained;
        foreach (var router in _routers)
        {
            var cause = drained ? AsideCause.Drain : movedAway.Contains(router.Config.Name) ? AsideCause.Switchover : AsideCause.None;
            router.Election.OnStandAside(Instant.Zero, cause, _effects);
            router.Touch();
            router.ToldAside = cause;
        }
    }

    /// <summary>Moves the role of an Active to another host.</summary>
    public AsideAnswer Switchover(Instant now, string name)
    {
        if (Named(name) is not { } router)
            return AsideAnswer.Unknown;
        if (router.Election.State != RouterState.Active)
            return AsideAnswer.NotActive;
        if (Drained)
            return AsideAnswer.Drained;
        router.Election.OnStandAside(now, AsideCause.Switchover, _effects);
        Run(now, router, Instant.Never);
        return AsideAnswer.Done;
    }

    /// <summary>Ends a switchover: the role is taken back if this host is the fittest.</summary>
    public AsideAnswer Failback(Instant now, string name)
    {
        if (Named(name) is not { } router)
            return AsideAnswer.Unknown;
        if (router.Election.Aside == AsideCause.Drain)
            return AsideAnswer.Drained;
        if (router.Election.Aside == AsideCause.None)
            return AsideAnswer.NotAside;
        router.Election.OnReturn();
        Run(now, router, Instant.Never);
        return AsideAnswer.Done;
    }

    /// <summary>Takes this host out of every election, or back into them.</summary>
    public AsideAnswer Drain(Instant now, bool drained)
    {
        Drained = drained;
        foreach (var router in _routers)
        {
            if (router.Departing)
                continue;
            if (drained || router.Election.Aside == AsideCause.Drain)
                router.Election.OnStandAside(now, drained ? AsideCause.Drain : AsideCause.None, _effects);
            Run(now, router, Instant.Never);
        }

        return AsideAnswer.Done;
    }

    private RouterRuntime? Named(string name)
    {
        foreach (var router in _routers)
            if (router.Config.Name == name && !router.Departing)
                return router;
        return null;
    }

    private void ReportAside(Instant now, RouterRuntime router)
    {
        if (router.Election.Aside == router.ToldAside)
            return;
        router.ToldAside = router.Election.Aside;
        _events.Report(new NodeEvent
        {
            Kind = NodeEventKind.StandsAside, At = now, Router = router.Slot, Count = (int)router.Election.Aside,
        });
    }

    private void Mute(RouterRuntime router, IpFamily family)
    {
        router.Muted = true;
        _network.Mute([.. router.Config.Addresses.Where(a => a.Family == family).Select(a => a.Address)], muted: true);
    }

    private void Unmute(RouterRuntime router)
    {
        if (!router.Muted)
            return;
        router.Muted = false;
        _network.Mute([.. router.Config.Addresses.Select(a => a.Address)], muted: false);
    }

    private static void NoteAnnouncement(Instant now, RouterRuntime router, IpAddress address)
    {
        if (router.AnnouncedElsewhere.Add(address) && router.AnnouncedElsewhere.Count == router.Config.Addresses.Length)
        {
            router.Election.OnAddressesAnnounced(now);
            router.Touch();
        }
    }

    private void CutLeave(Instant now, RouterRuntime router)
    {
        router.Election.OnLeaveCut(_effects);
        Run(now, router, Instant.Never);
    }

    /// <summary>Something of a router that goes belongs to another of this host from now on: there is no successor to wait for.</summary>
    private static bool IsWantedElsewhere(RouterRuntime router, NodeConfig config)
    {
        foreach (var other in config.VirtualRouters)
        {
            if (other.Name == router.Config.Name || (other.Vrid == router.Config.Vrid && other.Interface == router.Config.Interface))
                return true;
            foreach (var address in other.Addresses)
                if (router.Config.Addresses.Any(a => a.Address == address.Address))
                    return true;
        }

        return false;
    }

    private void LeaveAtOnce(Instant now, int index)
    {
        var router = _routers[index];
        router.Election.OnShutdown(now, _effects);
        Run(now, router, Instant.Never);
        if (router.Departing)
            _departing--;
        Forget(index);
    }

    /// <summary>A router that no configuration knows any more leaves, and is forgotten when it has.</summary>
    private void Depart(Instant now, int index)
    {
        var router = _routers[index];
        router.Election.OnLeave(now, _effects);
        Run(now, router, Instant.Never);
        if (!router.Election.IsLeaving)
        {
            Forget(index);
            return;
        }

        router.Departing = true;
        _departing++;
    }

    private void ForgetDeparted()
    {
        if (_departing == 0)
            return;
        for (var i = _routers.Count - 1; i >= 0; i--)
        {
            if (!_routers[i].Departing || _routers[i].Election.IsLeaving)
                continue;
            Forget(i);
            _departing--;
            IndexRouters();
            _listeningChanged = true;
        }
    }
}
