using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Linux;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>The writer thread's work on the real kernel: addresses by rtnetlink, listening by socket options.</summary>
internal sealed class KernelWork(RouteSocket routes, Listeners listeners) : IKernelWork, IDisposable
{
    // The kernel ends a real-time process that does not sleep for RuntimeLimit, and thousands of IPv6 addresses take it
    // seconds. The rest of a small host gets a turn meanwhile, too.
    private static readonly TimeSpan LongestWithoutRest = TimeSpan.FromMilliseconds(100);
    private const int RestMilliseconds = 1;

    // Then it is announced all the same: what has to wait for the routing lock for so long is repeated by the burst.
    private static readonly TimeSpan DeliveryLimit = TimeSpan.FromSeconds(1);

    private readonly AddressChange[] _changes = new AddressChange[RouteSocket.MaxChangesPerDatagram];
    private readonly int[] _errors = new int[RouteSocket.MaxChangesPerDatagram];
    private readonly Epoll _rest = new();
    private readonly EpollEvent[] _nothing = new EpollEvent[1];

    public AddressOutcome Apply(in AddressPlan plan)
    {
        var outcome = new AddressOutcome(plan.Router, plan.Generation, plan.Present, 0, default);
        var began = Clock.Now();
        for (var done = 0; done < plan.Count; done += RouteSocket.MaxChangesPerDatagram)
        {
            var part = plan.Addresses.AsSpan(done, Math.Min(plan.Count - done, RouteSocket.MaxChangesPerDatagram));
            ApplyPart(plan, part, ref outcome);
            if (Clock.Now() - began < LongestWithoutRest)
                continue;
            _rest.Wait(_nothing, RestMilliseconds);
            began = Clock.Now();
        }

        if (plan is { Present: true, Renewal: false } && outcome.Error == 0)
            AwaitDelivery(plan);
        return outcome;
    }

    public object Answer(object request) => request switch
    {
        ListeningPlan plan => listeners.Listen(plan),
        PreparationPlan plan => new PreparationReport(new PreparationOutcome(plan.Generation, Prepare(plan))),
        SnapshotRequest => Snapshot(),
        MuteRequest mute => new MuteReport(listeners.Mute.Apply(mute.Addresses, mute.Muted)),
        CloseRequest close => CloseConnections(close),
        _ => throw new InvalidOperationException($"no work is known for a {request.GetType().Name}"),
    };

    public void Dispose()
    {
        _rest.Dispose();
        listeners.Mute.Dispose();
    }

    /// <summary>The rules last: each of the other steps can be taken back, and after the rules nothing can be refused.</summary>
    private ImmutableArray<KernelRefusal> Prepare(PreparationPlan plan)
    {
        var refusals = listeners.Acquire(plan);
        if (!refusals.IsEmpty)
            return refusals;
        for (var i = 0; i < plan.Addresses.Length; i++)
        {
            var outcome = Apply(plan.Addresses[i]);
            if (outcome.Error is 0 or Errno.ENODEV)
                continue;
            Withdraw(plan.Addresses.AsSpan()[..(i + 1)]);
            listeners.GiveBack();
            return [new KernelRefusal(RefusalKind.Address, plan.Addresses[i].InterfaceIndex, null, outcome.Failed, outcome.Error, "")];
        }

        refusals = listeners.LoadRules(plan);
        if (!refusals.IsEmpty)
            Withdraw(plan.Addresses.AsSpan());
        return refusals;
    }

    private void Withdraw(ReadOnlySpan<AddressPlan> added)
    {
        foreach (var plan in added)
            _ = Apply(plan with { Present = false });
    }

    private CloseReport CloseConnections(CloseRequest close)
    {
        using var connections = new TcpConnections();
        List<TcpConnection> found = [];
        var error = 0;
        foreach (var address in close.Addresses)
            if (connections.Find(address, found) is var failure and not 0)
                error = failure;
        var closed = 0;
        for (var began = Clock.Now(); closed < found.Count;)
        {
            var part = CollectionsMarshal.AsSpan(found).Slice(closed, Math.Min(found.Count - closed, TcpConnections.MaxPerClose));
            if (connections.Close(part) is var failure and not 0)
                return new CloseReport(closed, failure);
            closed += part.Length;
            if (Clock.Now() - began < LongestWithoutRest)
                continue;
            _rest.Wait(_nothing, RestMilliseconds);
            began = Clock.Now();
        }

        return new CloseReport(closed, error);
    }

    /// <summary>
    /// An address that is announced before the host takes its packets loses them: for IPv6 the kernel's acknowledgement
    /// comes first (see <see cref="RouteSocket.IsDelivered"/>).
    /// </summary>
    private void AwaitDelivery(in AddressPlan plan)
    {
        var limit = Clock.Now() + DeliveryLimit;
        foreach (var prefix in plan.Addresses.AsSpan(0, plan.Count))
            while (prefix.Family == IpFamily.IPv6 && !routes.IsDelivered(plan.InterfaceIndex, prefix.Address) && Clock.Now() < limit)
                _rest.Wait(_nothing, RestMilliseconds);
    }

    private void ApplyPart(in AddressPlan plan, ReadOnlySpan<IpPrefix> part, ref AddressOutcome outcome)
    {
        for (var i = 0; i < part.Length; i++)
        {
            _changes[i] = new AddressChange
            {
                Operation = plan.Present ? AddressOperation.Add : AddressOperation.Remove,
                InterfaceIndex = plan.InterfaceIndex,
                Prefix = part[i],
                ValidLifetimeSeconds = plan.LifetimeSeconds,
                Protocol = AddressTag.Value,
            };
        }

        routes.ApplyAddresses(_changes.AsSpan(0, part.Length), _errors.AsSpan(0, part.Length));
        for (var i = 0; i < part.Length && outcome.Error == 0; i++)
        {
            // Removing what is gone already is what was wanted.
            if (_errors[i] == 0 || (!plan.Present && _errors[i] is Errno.EADDRNOTAVAIL or Errno.ENODEV))
                continue;
            outcome = outcome with { Error = _errors[i], Failed = part[i] };
        }
    }

    private KernelSnapshot Snapshot()
    {
        try
        {
            return new KernelSnapshot(routes.DumpLinks(), routes.DumpAddresses(), 0);
        }
        catch (LinuxException e)
        {
            return new KernelSnapshot([], [], e.Error.Value);
        }
    }
}
