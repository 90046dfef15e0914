using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Node.Guarding;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Routers;

namespace Vigie.Node;

// A reload is a transaction (docs/decisions/0010-reload-transaction.md):
//
//   BeginReconfigure ─► IHostNetwork.Prepare ─► OnPrepared ──► Reconfigure: nothing in it can be refused any more
//      room on the        acquires all of it      │
//      board?             or nothing              └─ refused, or links and roles have changed too often: nothing has happened
public sealed partial class ElectionLoop
{
    /// <summary>How long the kernel may take for it all; whoever waits for the verdict waits a little longer.</summary>
    public static readonly TimeSpan PreparationLimit = TimeSpan.FromSeconds(4);

    /// <summary>How often it is prepared anew because links or roles have changed meanwhile.</summary>
    private const int MostPreparations = 8;

    private readonly Queue<ReconfigureVerdict> _verdicts = new();
    private Preparation? _preparation;
    private int _preparationGeneration;

    /// <summary>
    /// Asks the kernel for everything that a checked configuration newly needs, and makes it live when it has all of it; the
    /// verdict is taken with <see cref="TakeVerdict"/>. One that is under way is given up without a verdict.
    /// </summary>
    /// <param name="now">The present time.</param>
    /// <param name="config">The configuration.</param>
    /// <param name="textLength">The length of its text, for the role board.</param>
    public void BeginReconfigure(Instant now, NodeConfig config, int textLength)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (_preparation is not null)
            Undo();
        if (_shutDown)
        {
            Refuse(RefusalKind.Leaving);
            return;
        }

        if (_board is not null && _onBoard && !RoleBoard.Fits(textLength, [.. After(config).Select(RoleRecord.Capacity)]))
        {
            Refuse(RefusalKind.Board);
            return;
        }

        _preparation = new Preparation(config, now + PreparationLimit);
        Prepare(_preparation);
    }

    /// <summary>What the kernel made of a preparation.</summary>
    public void OnPrepared(Instant now, in PreparationOutcome outcome)
    {
        if (_preparation is not { } preparation || outcome.Generation != preparation.Plan.Generation)
            return; // it was given up, and undone
        if (!outcome.Refusals.IsEmpty)
        {
            _preparation = null;
            _verdicts.Enqueue(new ReconfigureVerdict(null, [.. outcome.Refusals.Select(refusal => Describe(refusal, preparation.Config))]));
            return;
        }

        if (IsOutdated(preparation))
        {
            if (preparation.Attempts < MostPreparations)
                Prepare(preparation);
            else
                RefusePreparation(RefusalKind.Unsettled);
            return;
        }

        _preparation = null;
        WithdrawUnlessActive(preparation.Plan);
        _verdicts.Enqueue(new ReconfigureVerdict(Reconfigure(now, preparation.Config), []));
    }

    /// <summary>What became of a configuration that was asked for; null when there is nothing new.</summary>
    public ReconfigureVerdict? TakeVerdict() => _verdicts.TryDequeue(out var verdict) ? verdict : null;

    private void Prepare(Preparation preparation)
    {
        ListenIfChanged();
        preparation.Attempts++;
        preparation.ListeningGeneration = _listeningGeneration;
        preparation.Plan = Needs(preparation.Config, ++_preparationGeneration);
        _network.Prepare(preparation.Plan);
    }

    private PreparationPlan Needs(NodeConfig config, int generation)
    {
        var interfaces = ImmutableArray.CreateBuilder<ListeningInterface>();
        foreach (var on in _interfaces.Values)
        {
            // An interface that does not exist needs nothing yet: its virtual routers are in fault until it appears.
            VirtualRouterConfig[] here =
            [
                .. config.VirtualRouters.Where(router => router.Interface == on.Name), .. _routers.Where(r => r.Interface == on).Select(r => r.Config),
            ];
            if (here.Length > 0)
                interfaces.Add(new ListeningInterface(
                    on.Index, here.Any(router => router.HasFamily(IpFamily.IPv4)), here.Any(router => router.HasFamily(IpFamily.IPv6)), Rejoin: false));
        }

        IEnumerable<IpAddress> addresses = config.VirtualRouters.SelectMany(router => router.Addresses).Select(prefix => prefix.Address);
        return new PreparationPlan(generation, interfaces.ToImmutable(), [.. WatchedAddresses().Union(addresses)])
        {
            RefusedAddresses = RefusedAddresses(After(config)),
            PeerRules = PeerRules(config.VirtualRouters),
            Addresses = [.. FurtherAddresses(config)],
        };
    }

    /// <summary>The virtual routers that there are right after the reload: those of the configuration, and those that leave.</summary>
    private IEnumerable<VirtualRouterConfig> After(NodeConfig config) =>
    [
        .. config.VirtualRouters,
        .. Match(config).Steps.Where(step => step.Next is null && !IsWantedElsewhere(step.Router, config)).Select(step => step.Router)
            .Where(router => router.Election.State == RouterState.Active || router.Election.IsLeaving).Select(router => router.Config),
    ];

    /// <summary>Only an Active holds addresses: what a Backup gets is asked of the kernel when it takes over.</summary>
    private IEnumerable<AddressPlan> FurtherAddresses(NodeConfig config)
    {
        foreach (var (router, next) in Match(config).Steps)
        {
            if (next is null || router.Election.State != RouterState.Active || router.Interface is not { } on)
                continue;
            IpPrefix[] further =
            [
                .. next.Addresses.Where(prefix => router.Config.Addresses.All(old => old.Address != prefix.Address) && !on.Holds(prefix.Address))
                    .Select(on.KernelForm),
            ];
            if (further.Length > 0)
                yield return new AddressPlan(
                    router.Slot, router.Generation, on.Index, further, further.Length, Present: true,
                    ElectionTimers.AddressLifetimeSeconds(next.AdvertisementInterval));
        }
    }

    /// <summary>Somebody has been told meanwhile to listen elsewhere, or needs an address that was not asked for.</summary>
    private bool IsOutdated(Preparation preparation)
    {
        if (_listeningChanged || preparation.ListeningGeneration != _listeningGeneration)
            return true;
        var prepared = preparation.Plan.Addresses.SelectMany(plan => plan.Addresses).ToHashSet();
        return FurtherAddresses(preparation.Config).Any(plan => plan.Addresses.Any(prefix => !prepared.Contains(prefix)));
    }

    private Instant GiveUpPreparationIfDue(Instant now)
    {
        if (_preparation is not { } preparation)
            return Instant.Never;
        if (now < preparation.Until)
            return preparation.Until;
        RefusePreparation(RefusalKind.NoAnswer);
        return Instant.Never;
    }

    private void RefusePreparation(RefusalKind kind)
    {
        if (_preparation is null)
            return;
        Undo();
        Refuse(kind);
    }

    private void Refuse(RefusalKind kind) =>
        _verdicts.Enqueue(new ReconfigureVerdict(null, [new ReconfigureRefusal(kind, "", "", null, default, 0, "")]));

    /// <summary>Gives back what the kernel has granted, or is about to: this comes after it in the kernel's order.</summary>
    private void Undo()
    {
        if (_preparation is not { } preparation)
            return;
        _preparation = null;
        foreach (var plan in preparation.Plan.Addresses)
            Withdraw(plan);
        _listeningChanged = true;
        ListenIfChanged();
    }

    private void WithdrawUnlessActive(PreparationPlan prepared)
    {
        foreach (var plan in prepared.Addresses)
            if (FindSlot(plan.Router) is not { Election.State: RouterState.Active })
                Withdraw(plan);
    }

    private void Withdraw(in AddressPlan plan)
    {
        var withdrawal = plan with { Router = NoRouter, Generation = 0, Present = false, LifetimeSeconds = 0 };
        if (_interfaces.TryGetValue(plan.InterfaceIndex, out var on))
            RemoveFrom(on, withdrawal);
        else
            _network.Apply(withdrawal);
    }

    private ReconfigureRefusal Describe(in KernelRefusal refusal, NodeConfig config)
    {
        var (kind, family, address) = (refusal.Kind, refusal.Family, refusal.Address);
        var on = _interfaces.GetValueOrDefault(refusal.InterfaceIndex);
        var concerned = config.VirtualRouters.Where(router => Concerns(kind, router, on, family, address)).Select(router => router.Name);
        return new ReconfigureRefusal(kind, string.Join(", ", concerned), on?.Name ?? "", family, address, refusal.Error, refusal.Words);
    }

    private static bool Concerns(RefusalKind kind, VirtualRouterConfig router, HostInterface? on, IpFamily? family, IpPrefix address) => kind switch
    {
        RefusalKind.Group => router.Interface == on?.Name && family is { } used && router.HasFamily(used) && !router.HasPeers(used),
        RefusalKind.AdvertisementFilter => router.Interface == on?.Name && (family is not { } used || router.HasFamily(used)),
        RefusalKind.AcceptRules => !router.Accept,
        RefusalKind.PeerRules => !router.Peers.IsEmpty,
        RefusalKind.Address => router.Addresses.Any(prefix => prefix.Address == address.Address),
        RefusalKind.ClaimFilter or RefusalKind.MuteRules or RefusalKind.Board or RefusalKind.Queue or RefusalKind.NoAnswer
            or RefusalKind.Unsettled or RefusalKind.Leaving => false,
        _ => throw new InvalidOperationException($"unknown kind {kind}"),
    };

    private sealed class Preparation(NodeConfig config, Instant until)
    {
        public NodeConfig Config { get; } = config;

        public Instant Until { get; } = until;

        public PreparationPlan Plan { get; set; } = new(0, [], []);

        public int ListeningGeneration { get; set; }

        public int Attempts { get; set; }
    }
}
