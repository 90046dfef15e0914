using Vigie.Core.Net;

namespace Vigie.Core.Election;

// Taking up the role of an earlier process of the same host. To the network and to the operator nothing has happened: no
// transition is counted, and the advertisements go on in the rhythm in which they came.
public sealed partial class VirtualRouter
{
    private AdoptedRole? _adopted;

    /// <summary>
    /// Says what to take up when the interface turns out to be ready. To be called before the first
    /// <see cref="OnInterfaceReady"/>; an interface that is not ready then ends the matter, and the router begins as usual.
    /// </summary>
    public void Adopt(AdoptedRole role)
    {
        ArgumentNullException.ThrowIfNull(role);
        if (role.State is not (RouterState.Active or RouterState.Backup))
            throw new ArgumentException($"a router that is {role.State} has no role to take up", nameof(role));
        _adopted = role;
    }

    /// <summary>What an earlier process knew of its losses of the role, and of being late, whatever its role was.</summary>
    public void Remember(FlapRecord flaps, TimeRecord times)
    {
        _damping.Remember(flaps);
        _time.Remember(times);
        _lastResort = times.LastResort && _time.IsLost;
    }

    private bool TakeUp(Instant now, List<Effect> effects)
    {
        if (_adopted is not { } role)
            return false;
        _adopted = null;
        // The time is over in which nobody else has taken the silence for our end.
        if (role.State == RouterState.Active && now - role.AdvertiseAt >= OversleptIntervals * Config.AdvertisementInterval)
            return false;

        State = role.State;
        Reason = role.Reason;
        Since = role.Since;
        Transitions = role.Transitions;
        if (role.State == RouterState.Active)
        {
            if (Aside == AsideCause.Switchover)
                Aside = AsideCause.None; // it has ended already
            // Not later than our own interval allows, whatever was written there.
            _advertiseAt = Instant.Min(role.AdvertiseAt, now + Config.AdvertisementInterval);
            effects.Add(Effect.AcquireAddresses); // they are there; from now on this process renews them
            return true;
        }

        _v4?.Start(now, Config);
        _v6?.Start(now, Config);
        if (_v4 is { } v4 && role.ActiveIPv4 is { } active4)
            v4.TakeUp(now, active4, Config);
        if (_v6 is { } v6 && role.ActiveIPv6 is { } active6)
            v6.TakeUp(now, active6, Config);
        effects.Add(Effect.ReleaseAddresses); // RFC 9568 6.4.2: a Backup holds none, whatever the last process was about to do
        return true;
    }
}
