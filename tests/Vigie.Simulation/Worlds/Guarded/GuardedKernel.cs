using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>
/// A host's kernel: which addresses stand there and for how long, one task after another, and two queues that tell the node of it, one
/// of events and one of outcomes. It outlives the processes. While the host is frozen it does nothing.
/// </summary>
internal sealed class GuardedKernel(GuardedWorld world, GuardedHost host)
{
    private const int NetworkDown = 100;
    private const int Refused = 13;
    private readonly List<Entry> _table =
    [
        new(WorldPlan.RealIPv4(host.Number), Ours: false, Instant.Never),
        new(WorldPlan.LinkLocal(host.Number), Ours: false, Instant.Never),
    ];

    private readonly HashSet<IpAddress> _muted = [];
    private readonly HashSet<IpPrefix> _refusedToGuardian = [];
    private readonly Queue<KernelTask> _tasks = new();
    private readonly Stack<KernelTask> _unused = new();
    private Instant _busyUntil;
    private Instant _lastEventAt;
    private Instant _lastOutcomeAt;
    private Instant _slowUntil;
    private int _owed;
    private int _ours;

    /// <summary>The longest time the kernel takes for a task, and as much again until it tells.</summary>
    public static TimeSpan Delay { get; } = TimeSpan.FromMicroseconds(300);

    /// <summary>The most that is added to it.</summary>
    public static TimeSpan LongestSlowness { get; } = TimeSpan.FromMilliseconds(60);

    /// <summary>By the host's clock.</summary>
    public Instant NextExpiry { get; private set; } = Instant.Never;

    public bool LinkUp { get; private set; } = true;

    public uint LinkChanges { get; private set; }

    public bool RefusesAddresses { get; set; }

    /// <summary>Added to every task.</summary>
    public TimeSpan Slowness { get; private set; }

    public bool WasSlow => Slowness > TimeSpan.Zero || world.Now < _slowUntil;

    public IReadOnlyList<Entry> Standing => _table;

    /// <summary>Any of the virtual addresses stands here.</summary>
    public bool HoldsAny => _ours > 0;

    /// <summary>Packets to the address that are sent to this host arrive.</summary>
    public bool Serves(IpAddress address) => host.Powered && !host.Frozen && LinkUp && Find(address) >= 0;

    public bool ServesAll()
    {
        if (!host.Powered || host.Frozen || !LinkUp)
            return false;
        foreach (var prefix in host.Config.Addresses)
            if (Find(prefix.Address) < 0)
                return false;
        return true;
    }

    /// <summary>And whoever asks for it is answered.</summary>
    public bool AnswersForAll()
    {
        if (!ServesAll())
            return false;
        if (_muted.Count > 0)
            foreach (var prefix in host.Config.Addresses)
                if (_muted.Contains(prefix.Address))
                    return false;
        return true;
    }

    /// <summary>Whoever asks for the address is answered.</summary>
    public bool Answers(IpAddress address) => Serves(address) && !_muted.Contains(address);

    public void PowerOff()
    {
        for (var i = _table.Count - 1; i >= 0; i--)
            if (_table[i].Ours)
                _table.RemoveAt(i);
        _ours = 0;
        NextExpiry = Instant.Never;
        _muted.Clear();
        if (!LinkUp)
            _table.Add(new Entry(WorldPlan.LinkLocal(host.Number), Ours: false, Instant.Never));
        LinkUp = true;
    }

    /// <summary>A new process puts its rules in the place of the last one's.</summary>
    public void UnmuteAll() => _muted.Clear();

    public void BeginSlowness(TimeSpan extra) => Slowness = extra;

    public void EndSlowness()
    {
        Slowness = TimeSpan.Zero;
        _slowUntil = world.Now + TimeSpan.FromSeconds(1);
    }

    /// <summary>For the node: its outcome comes back.</summary>
    public void Apply(in AddressPlan plan)
    {
        var task = Begin(TaskKind.Plan);
        task.Plan = plan;
        task.Take(plan.Addresses.AsSpan(0, plan.Count));
    }

    /// <summary>For the guardian.</summary>
    public void Apply(ImmutableArray<IpPrefix> addresses, bool present, uint lifetimeSeconds)
    {
        var task = Begin(TaskKind.Guardian);
        task.Plan = new AddressPlan(0, 0, GuardedHost.Eth0, [], 0, present, lifetimeSeconds);
        task.Take(addresses.AsSpan());
    }

    public bool HasRefusedGuardian(IpPrefix address) => _refusedToGuardian.Contains(address);

    public void ForgetRefusals() => _refusedToGuardian.Clear();

    public void Mute(ImmutableArray<IpAddress> addresses, bool muted)
    {
        var task = Begin(muted ? TaskKind.Mute : TaskKind.Unmute);
        task.Muted = addresses;
    }

    /// <summary>What a new configuration needs: all of it or nothing.</summary>
    public void Prepare(PreparationPlan plan) => Begin(TaskKind.Prepare).Preparation = plan;

    /// <summary>The next task is done.</summary>
    public void RunTask()
    {
        if (host.Frozen)
        {
            _owed++;
            return;
        }

        var task = _tasks.Dequeue();
        if (host.Powered)
            Do(task);
        _unused.Push(task);
    }

    public void Thaw()
    {
        for (; _owed > 0; _owed--)
            RunTask();
        Expire();
    }

    public void DeleteByHand(IpPrefix prefix) => Remove(prefix);

    public void SetLink(bool up)
    {
        if (up == LinkUp)
            return;
        LinkUp = up;
        LinkChanges++;
        if (up)
        {
            _table.Add(new Entry(WorldPlan.LinkLocal(host.Number), Ours: false, Instant.Never));
        }
        else
        {
            // The kernel forgets IPv6 addresses of an interface that goes down.
            for (var i = _table.Count - 1; i >= 0; i--)
                if (_table[i].Prefix.Family == IpFamily.IPv6)
                    Remove(_table[i].Prefix);
        }

        world.Touched();
        var report = new LinkReport(GuardedHost.Eth0, "eth0", WorldPlan.Mac(host.Number), up, ForwardsIPv6: false);
        Tell((node, now) => node.OnLink(now, report));
        if (up)
            Tell((node, now) => node.OnAddress(now, new AddressReport(GuardedHost.Eth0, WorldPlan.LinkLocal(host.Number), Ours: false, Usable: true)));
    }

    /// <summary>What nobody has renewed in time goes.</summary>
    public void Expire()
    {
        if (NextExpiry > host.LocalNow)
            return;
        for (var i = _table.Count - 1; i >= 0; i--)
        {
            if (_table[i].ExpiresAt > host.LocalNow)
                continue;
            world.Watch.OnExpired(host, _table[i].Prefix);
            Remove(_table[i].Prefix);
        }
    }

    private KernelTask Begin(TaskKind kind)
    {
        _busyUntil = Instant.Max(_busyUntil, world.Now) + world.Random.Between(TimeSpan.FromMicroseconds(10), Delay) + Slowness;
        world.At(_busyUntil, new GuardedEvent(host));
        var task = _unused.TryPop(out var old) ? old : new KernelTask();
        (task.Kind, task.Process, task.Guardian) = (kind, host.Process, host.Guardian);
        _tasks.Enqueue(task);
        return task;
    }

    private void Do(KernelTask task)
    {
        switch (task.Kind)
        {
            case TaskKind.Plan:
                if (task.Process == host.Process)
                    Execute(task);
                break;
            case TaskKind.Guardian:
                if (task.Guardian == host.Guardian)
                    Execute(task);
                break;
            case TaskKind.Mute or TaskKind.Unmute:
                if (task.Process != host.Process)
                    break;
                foreach (var address in task.Muted)
                    _ = task.Kind == TaskKind.Mute ? _muted.Add(address) : _muted.Remove(address);
                world.Touched();
                break;
            case TaskKind.Prepare:
                if (task.Process == host.Process)
                    Prepare(task.Process, task.Preparation!);
                break;
            default:
                throw new InvalidOperationException($"unknown task {task.Kind}");
        }
    }

    private void Execute(KernelTask task)
    {
        var error = 0;
        var failed = default(IpPrefix);
        foreach (var prefix in task.Addresses)
        {
            var refusal = !task.Plan.Present ? 0 : RefusesAddresses ? Refused : !LinkUp && prefix.Family == IpFamily.IPv6 ? NetworkDown : 0;
            if (task.Kind == TaskKind.Guardian && task.Plan.Present)
                _ = refusal != 0 ? _refusedToGuardian.Add(prefix) : _refusedToGuardian.Remove(prefix);
            if (refusal != 0)
                (error, failed) = (refusal, prefix);
            else if (task.Plan.Present)
                Hold(prefix, task.Plan.LifetimeSeconds);
            else
                RemoveOurs(prefix);
        }

        // Nobody waits for a renewal's outcome unless it is an error (AddressPlan.Renewal).
        if (task.Kind != TaskKind.Plan || (task.Plan.Renewal && error == 0))
            return;
        var process = task.Process;
        var outcome = new AddressOutcome(task.Plan.Router, task.Plan.Generation, task.Plan.Present, error, failed);
        _lastOutcomeAt = Instant.Max(_lastOutcomeAt, world.Now + world.Random.Between(TimeSpan.FromMicroseconds(5), Delay));
        world.At(_lastOutcomeAt, new GuardedEvent(null, Act: () => host.ToProcess(process, (node, now) => node.OnAddressesApplied(now, outcome))));
    }

    private void Prepare(int process, PreparationPlan plan)
    {
        ImmutableArray<KernelRefusal> refusals = [];
        foreach (var further in plan.Addresses)
            foreach (var prefix in further.Addresses)
                if (RefusesAddresses || (!LinkUp && prefix.Family == IpFamily.IPv6))
                    refusals = [new KernelRefusal(RefusalKind.Address, GuardedHost.Eth0, null, prefix, RefusesAddresses ? Refused : NetworkDown, "")];
        if (refusals.IsEmpty)
            foreach (var further in plan.Addresses)
                foreach (var prefix in further.Addresses)
                    Hold(prefix, further.LifetimeSeconds);
        var outcome = new PreparationOutcome(plan.Generation, refusals);
        _lastOutcomeAt = Instant.Max(_lastOutcomeAt, world.Now + world.Random.Between(TimeSpan.FromMicroseconds(5), Delay));
        world.At(_lastOutcomeAt, new GuardedEvent(null, Act: () => host.ToProcess(process, (node, now) => node.OnPrepared(now, outcome))));
    }

    private void Hold(IpPrefix prefix, uint seconds)
    {
        var at = Find(prefix.Address);
        if (at >= 0 && !_table[at].Ours)
            return;
        world.Watch.OnLifetime(host, seconds);
        var entry = new Entry(prefix, Ours: true, host.LocalNow + TimeSpan.FromSeconds(seconds));
        if (at >= 0)
            _table[at] = entry;
        else
            _table.Add(entry);
        FindNextExpiry();
        if (at >= 0)
            return;
        _ours++;
        if (world.Tracing)
            world.Note($"{host}: kernel holds {prefix} for {seconds} s");
        world.Touched();
        Tell((node, now) => node.OnAddress(now, new AddressReport(GuardedHost.Eth0, prefix, Ours: true, Usable: true)));
    }

    private void RemoveOurs(IpPrefix prefix)
    {
        var at = Find(prefix.Address);
        if (at < 0)
            return;
        if (!_table[at].Ours)
            throw new ViolationException($"{host} removed {prefix}, which is not ours");
        world.Watch.BeforeRelease(host, prefix);
        Remove(prefix);
    }

    private void Remove(IpPrefix prefix)
    {
        var at = Find(prefix.Address);
        if (at < 0)
            return;
        _ours -= _table[at].Ours ? 1 : 0;
        _table.RemoveAt(at);
        if (world.Tracing)
            world.Note($"{host}: kernel lets go of {prefix}");
        FindNextExpiry();
        world.Watch.OnRemoved(host);
        world.Touched();
        Tell((node, now) => node.OnAddressRemoved(now, GuardedHost.Eth0, prefix));
    }

    private int Find(IpAddress address)
    {
        for (var i = 0; i < _table.Count; i++)
            if (_table[i].Prefix.Address == address)
                return i;
        return -1;
    }

    private void FindNextExpiry()
    {
        NextExpiry = Instant.Never;
        foreach (var entry in _table)
            NextExpiry = Instant.Min(NextExpiry, entry.ExpiresAt);
    }

    private void Tell(Action<Vigie.Node.ElectionLoop, Instant> input)
    {
        var process = host.Process;
        _lastEventAt = Instant.Max(_lastEventAt, world.Now + world.Random.Between(TimeSpan.FromMicroseconds(5), Delay));
        world.At(_lastEventAt, new GuardedEvent(null, Act: () => host.ToProcess(process, input)));
    }

    internal readonly record struct Entry(IpPrefix Prefix, bool Ours, Instant ExpiresAt);

    private enum TaskKind
    {
        Plan, Guardian, Mute, Unmute, Prepare,
    }

    /// <summary>Used again when it is done.</summary>
    private sealed class KernelTask
    {
        private readonly IpPrefix[] _addresses = new IpPrefix[16];
        private int _count;

        public TaskKind Kind { get; set; }

        public int Process { get; set; }

        public Vigie.Node.Guarding.GuardianLoop? Guardian { get; set; }

        public AddressPlan Plan { get; set; }

        public ImmutableArray<IpAddress> Muted { get; set; } = [];

        public PreparationPlan? Preparation { get; set; }

        public ReadOnlySpan<IpPrefix> Addresses => _addresses.AsSpan(0, _count);

        public void Take(ReadOnlySpan<IpPrefix> addresses)
        {
            addresses.CopyTo(_addresses);
            _count = addresses.Length;
        }
    }
}
