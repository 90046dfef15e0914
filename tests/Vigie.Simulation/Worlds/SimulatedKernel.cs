using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;

namespace Vigie.Simulation.Worlds;

/// <summary>
/// The kernel of one host: an address table with tags and lifetimes, plans carried out one after another after a while,
/// and two independent queues that tell of it, one for events and one for outcomes. It outlives the process.
/// </summary>
internal sealed class SimulatedKernel(World world, SimulatedHost host)
{
    private const int DeviceDown = 100;
    private const int Refused = 13;
    private static readonly TimeSpan ListeningDelay = TimeSpan.FromMicroseconds(10);
    private readonly Dictionary<IpPrefix, Entry> _table = [];
    private readonly Queue<Action> _whenThawed = new();
    private readonly HashSet<IpAddress> _muted = [];
    private Instant _busyUntil;
    private Instant _lastEventAt;
    private Instant _lastOutcomeAt;
    private long _lifetimes;
    private Instant _slowUntil;

    public bool LinkUp { get; private set; } = true;

    /// <summary>Extra time for every plan: a slow netlink.</summary>
    public TimeSpan Slowness { get; private set; }

    /// <summary>How slow a plan that is still under way may be.</summary>
    public TimeSpan SlownessSeen => Slowness > TimeSpan.Zero || world.Now < _slowUntil ? TimeSpan.FromMilliseconds(60) : TimeSpan.Zero;

    public bool RefusesAddresses { get; set; }

    public IReadOnlyDictionary<IpPrefix, Entry> Table => _table;

    /// <summary>Group members receive; an interface that went down has lost its memberships until somebody joins again.</summary>
    public bool Joined { get; private set; }

    /// <summary>Whoever asks for the address by ARP or neighbour discovery gets an answer from here.</summary>
    public bool Serves(IpAddress address)
    {
        if (!LinkUp || !host.Powered || host.Frozen)
            return false;
        foreach (var prefix in _table.Keys)
            if (prefix.Address == address)
                return true;
        return false;
    }

    public bool HoldsOurs(IpAddress address)
    {
        foreach (var (prefix, entry) in _table)
            if (prefix.Address == address && entry.Ours)
                return true;
        return false;
    }

    /// <summary>Extra time for every plan from now on, at most 60 ms: a slow netlink.</summary>
    public void BeginSlowness(TimeSpan extra) => Slowness = extra;

    /// <summary>Plans that were made meanwhile may still wait for one another, for a second.</summary>
    public void EndSlowness()
    {
        Slowness = TimeSpan.Zero;
        _slowUntil = world.Now + TimeSpan.FromSeconds(1);
    }

    public void Boot()
    {
        _table.Clear();
        LinkUp = true;
        Joined = false;
        _table[WorldPlan.RealIPv4(host.Number)] = new Entry(false, Instant.Never, 0);
        _table[WorldPlan.LinkLocal(host.Number)] = new Entry(false, Instant.Never, 0);
        world.Touched();
    }

    public void Apply(in AddressPlan plan, int process)
    {
        var addresses = plan.Addresses.AsSpan(0, plan.Count).ToArray();
        var own = plan with { Addresses = addresses };
        _busyUntil = Instant.Max(_busyUntil, world.Now)
            + world.Random.Between(TimeSpan.FromMicroseconds(10), world.Plan.KernelDelay) + Slowness;
        world.At(_busyUntil, _ => Execute(own, process));
    }

    /// <summary>What a new configuration needs: all of it or nothing.</summary>
    public void Prepare(PreparationPlan plan, int process)
    {
        _busyUntil = Instant.Max(_busyUntil, world.Now)
            + world.Random.Between(TimeSpan.FromMicroseconds(10), world.Plan.KernelDelay) + Slowness;
        world.At(_busyUntil, _ => DoPrepare(plan, process));
    }

    public void Listen(ListeningPlan plan, int process)
    {
        world.After(ListeningDelay, _ =>
        {
            if (process == host.Process)
                host.Input((loop, now) => AnswerListening(loop, now, plan));
        });
        foreach (var on in plan.Interfaces)
            if (on.Index == SimulatedHost.Eth0 && on.Rejoin && LinkUp)
                Joined = true;
        if (plan.Interfaces.IsEmpty)
            Joined = false;
    }

    /// <summary>The host runs again: what its kernel had to do while it was frozen is done, in its order.</summary>
    public void Thaw()
    {
        while (_whenThawed.TryDequeue(out var act))
            act();
    }

    private static void AnswerListening(Vigie.Node.ElectionLoop loop, Instant now, ListeningPlan plan)
    {
        foreach (var on in plan.Interfaces)
        {
            if (on.IPv4)
                loop.OnListening(now, new ListeningOutcome(plan.Generation, on.Index, IpFamily.IPv4, 0, GroupOnly: false));
            if (on.IPv6)
                loop.OnListening(now, new ListeningOutcome(plan.Generation, on.Index, IpFamily.IPv6, 0, GroupOnly: false));
        }
    }

    /// <summary>What the host says of an address when it is asked: nothing, while it is muted.</summary>
    public void Mute(ImmutableArray<IpAddress> addresses, bool muted, int process)
    {
        _busyUntil = Instant.Max(_busyUntil, world.Now)
            + world.Random.Between(TimeSpan.FromMicroseconds(10), world.Plan.KernelDelay) + Slowness;
        world.At(_busyUntil, _ => DoMute(addresses, muted, process));
    }

    private void DoMute(ImmutableArray<IpAddress> addresses, bool muted, int process)
    {
        if (!host.Powered || process != host.Process)
            return;
        if (host.Frozen)
        {
            _whenThawed.Enqueue(() => DoMute(addresses, muted, process));
            return;
        }

        foreach (var address in addresses)
            _ = muted ? _muted.Add(address) : _muted.Remove(address);
        world.Touched();
    }

    /// <summary>Whether the host holds the address and says so when it is asked.</summary>
    public bool Answers(IpAddress address) => Serves(address) && !_muted.Contains(address);

    /// <summary>A new process puts its rules in the place of the last one's.</summary>
    public void UnmuteAll() => _muted.Clear();

    /// <summary>The process is gone, and its sockets with it.</summary>
    public void Leave() => Joined = false;

    /// <summary>An operator or another program removes an address.</summary>
    public void DeleteByHand(IpPrefix prefix)
    {
        if (_table.Remove(prefix))
        {
            world.Checkers.OnRemoved(host, prefix);
            TellRemoved(prefix);
        }

        world.Touched();
    }

    public void SetLink(bool up)
    {
        if (up == LinkUp || !host.Powered)
            return;
        LinkUp = up;
        if (!up)
        {
            // The kernel forgets IPv6 addresses and memberships of an interface that goes down.
            Joined = false;
            foreach (var prefix in _table.Keys.Where(p => p.Family == IpFamily.IPv6).ToList())
            {
                _table.Remove(prefix);
                world.Checkers.OnRemoved(host, prefix);
                TellRemoved(prefix);
            }
        }

        var report = host.Link();
        Tell((loop, now) => loop.OnLink(now, report));
        if (up)
        {
            var linkLocal = WorldPlan.LinkLocal(host.Number);
            _table[linkLocal] = new Entry(false, Instant.Never, 0);
            Tell((loop, now) => loop.OnAddress(now, new AddressReport(SimulatedHost.Eth0, linkLocal, false, Usable: false)));
            world.After(TimeSpan.FromMilliseconds(200), _ =>
            {
                if (_table.ContainsKey(linkLocal))
                    Tell((loop, now) => loop.OnAddress(now, new AddressReport(SimulatedHost.Eth0, linkLocal, false, Usable: true)));
            });
        }

        world.Touched();
    }

    private void Execute(AddressPlan plan, int process)
    {
        if (!host.Powered)
            return;
        if (host.Frozen)
        {
            _whenThawed.Enqueue(() => Execute(plan, process));
            return;
        }

        var error = 0;
        var failed = default(IpPrefix);
        foreach (var prefix in plan.Addresses)
        {
            if (!plan.Present)
            {
                world.Checkers.BeforeRelease(host, prefix);
                Remove(prefix);
                continue;
            }

            error = RefusesAddresses ? Refused : !LinkUp && prefix.Family == IpFamily.IPv6 ? DeviceDown : 0;
            if (error != 0)
            {
                failed = prefix;
                break;
            }

            Hold(prefix, plan.LifetimeSeconds);
        }

        world.Touched();
        _lastOutcomeAt = Instant.Max(_lastOutcomeAt, world.Now + world.Random.Between(TimeSpan.FromMicroseconds(5), world.Plan.KernelDelay));
        world.At(_lastOutcomeAt, _ =>
        {
            if (process == host.Process)
                host.Input((loop, now) => loop.OnAddressesApplied(
                    now, new AddressOutcome(plan.Router, plan.Generation, plan.Present, error, failed)));
        });
    }

    private void DoPrepare(PreparationPlan plan, int process)
    {
        if (!host.Powered)
            return;
        if (host.Frozen)
        {
            _whenThawed.Enqueue(() => DoPrepare(plan, process));
            return;
        }

        ImmutableArray<KernelRefusal> refusals = [];
        foreach (var prefix in plan.Addresses.SelectMany(further => further.Addresses))
            if (RefusesAddresses || (!LinkUp && prefix.Family == IpFamily.IPv6))
                refusals = [new KernelRefusal(RefusalKind.Address, SimulatedHost.Eth0, null, prefix, RefusesAddresses ? Refused : DeviceDown, "")];
        if (refusals.IsEmpty)
            foreach (var further in plan.Addresses)
                foreach (var prefix in further.Addresses)
                    Hold(prefix, further.LifetimeSeconds);
        world.Touched();
        _lastOutcomeAt = Instant.Max(_lastOutcomeAt, world.Now + world.Random.Between(TimeSpan.FromMicroseconds(5), world.Plan.KernelDelay));
        world.At(_lastOutcomeAt, _ =>
        {
            if (process == host.Process)
                host.Input((loop, now) => loop.OnPrepared(now, new PreparationOutcome(plan.Generation, refusals)));
        });
    }

    private void Remove(IpPrefix prefix)
    {
        if (!_table.TryGetValue(prefix, out var entry))
            return;
        if (!entry.Ours)
            throw new ViolationException($"{host} removed {prefix}, which is not ours");
        _table.Remove(prefix);
        world.Checkers.OnRemoved(host, prefix);
        if (world.Tracing)
            world.Note(host, $"kernel: {prefix} removed");
        TellRemoved(prefix);
    }

    private void Hold(IpPrefix prefix, uint lifetimeSeconds)
    {
        var isNew = !_table.TryGetValue(prefix, out var entry);
        if (!isNew && !entry!.Ours)
            return;
        world.Checkers.OnLifetime(host, prefix, lifetimeSeconds);
        var expires = world.Now + TimeSpan.FromSeconds(lifetimeSeconds);
        var id = ++_lifetimes;
        _table[prefix] = new Entry(true, expires, id);
        world.At(expires, _ => Expire(prefix, id));
        if (!isNew)
            return;
        if (world.Tracing)
            world.Note(host, $"kernel: {prefix} added for {lifetimeSeconds} s");
        Tell((loop, now) => loop.OnAddress(now, new AddressReport(SimulatedHost.Eth0, prefix, Ours: true, Usable: true)));
    }

    private void Expire(IpPrefix prefix, long id)
    {
        if (!host.Powered || !_table.TryGetValue(prefix, out var entry) || entry.Lifetime != id)
            return;
        if (host.Frozen)
        {
            _whenThawed.Enqueue(() => Expire(prefix, id));
            return;
        }

        world.Note(host, $"kernel: {prefix} expired");
        world.Checkers.OnExpired(host, prefix);
        _table.Remove(prefix);
        world.Checkers.OnRemoved(host, prefix);
        TellRemoved(prefix);
        world.Touched();
    }

    private void TellRemoved(IpPrefix prefix) => Tell((loop, now) => loop.OnAddressRemoved(now, SimulatedHost.Eth0, prefix));

    private void Tell(Action<Vigie.Node.ElectionLoop, Instant> input)
    {
        var process = host.Process;
        _lastEventAt = Instant.Max(_lastEventAt, world.Now + world.Random.Between(TimeSpan.FromMicroseconds(5), world.Plan.KernelDelay));
        world.At(_lastEventAt, _ =>
        {
            if (process == host.Process)
                host.Input(input);
        });
    }

    /// <summary>An address of the table; the lifetime's number tells a renewed one from the one that was to expire.</summary>
    internal sealed record Entry(bool Ours, Instant ExpiresAt, long Lifetime);
}
