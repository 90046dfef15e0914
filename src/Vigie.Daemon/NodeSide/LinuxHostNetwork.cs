using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// The kernel as the node's <see cref="IHostNetwork"/>: what is wanted goes to the writer thread, what came of it back to
/// the loop. It never waits for the kernel.
/// </summary>
internal sealed class LinuxHostNetwork(KernelWriter writer, INodeEventSink events) : IHostNetwork
{
    private readonly Queue<ListeningPlan> _refusedPlans = new();
    private PreparationPlan? _refusedPreparation;

    /// <summary>Rings when <see cref="Deliver"/> has something.</summary>
    public EventFd Answers => writer.Answers;

    /// <summary>How many answers there are; to be read before the kernel's events are.</summary>
    public long Answered => writer.Answered;

    /// <summary>Whether <see cref="Deliver"/> would find something.</summary>
    public bool HasAnswers(long answered) => writer.HasAnswers(answered) || _refusedPlans.Count > 0 || _refusedPreparation is not null;

    public void Apply(in AddressPlan plan) => writer.Submit(plan);

    public void Listen(ListeningPlan plan)
    {
        if (!writer.TrySubmit(plan))
            _refusedPlans.Enqueue(plan);
    }

    public void Prepare(PreparationPlan plan)
    {
        if (!writer.TrySubmit(plan))
            _refusedPreparation = plan;
    }

    // Without room in the ring nothing is waited for: a mute that is missing costs little, one that stays ends by itself.
    public void Mute(ImmutableArray<IpAddress> addresses, bool muted) => _ = writer.TrySubmit(new MuteRequest(addresses, muted));

    public void CloseConnections(ImmutableArray<IpAddress> addresses) => _ = writer.TrySubmit(new CloseRequest(addresses));

    /// <summary>Asks for all links and addresses, as of after every plan so far; false when there is no room.</summary>
    public bool TryRequestSnapshot(SnapshotRequest request) => writer.TrySubmit(request);

    /// <summary>Tells the loop what came of its plans. A snapshot that was asked for is returned.</summary>
    public KernelSnapshot? Deliver(Instant now, ElectionLoop loop, long answered)
    {
        KernelSnapshot? snapshot = null;
        while (writer.TryTake(answered, out var outcome, out var answer))
        {
            switch (answer)
            {
                case null:
                    loop.OnAddressesApplied(now, outcome);
                    break;
                case ListeningReport report:
                    foreach (var listening in report.Outcomes)
                        loop.OnListening(now, listening);
                    if (report.AcceptFilterFailed)
                        events.Report(new NodeEvent { Kind = NodeEventKind.AcceptFilterFailed, At = now, Router = -1 });
                    if (report.PeerFilterFailed)
                        events.Report(new NodeEvent { Kind = NodeEventKind.PeerFilterFailed, At = now, Router = -1 });
                    if (report.MuteFailed)
                        events.Report(new NodeEvent { Kind = NodeEventKind.MuteFailed, At = now, Router = -1 });
                    break;
                case PreparationReport preparation:
                    loop.OnPrepared(now, preparation.Outcome);
                    break;
                case MuteReport mute:
                    if (mute.Failure is not null)
                        events.Report(new NodeEvent { Kind = NodeEventKind.MuteFailed, At = now, Router = -1 });
                    break;
                case CloseReport close:
                    events.Report(new NodeEvent
                    {
                        Kind = NodeEventKind.ConnectionsClosed, At = now, Router = -1, Count = close.Closed, Error = close.Error,
                    });
                    break;
                case KernelSnapshot taken:
                    snapshot = taken;
                    break;
                default:
                    throw new InvalidOperationException($"nobody asked for a {answer.GetType().Name}");
            }
        }

        DeliverRefusals(now, loop);
        return snapshot;
    }

    /// <summary>Waits until everything is done, at most for the time given; whether it is.</summary>
    public bool Finish(TimeSpan limit) => writer.Finish(limit);

    // What there was no room for in the ring.
    private void DeliverRefusals(Instant now, ElectionLoop loop)
    {
        if (_refusedPreparation is { } unprepared)
        {
            _refusedPreparation = null;
            loop.OnPrepared(now, new PreparationOutcome(
                unprepared.Generation, [new KernelRefusal(RefusalKind.Queue, 0, null, default, Errno.ENOBUFS, "")]));
        }

        while (_refusedPlans.TryDequeue(out var refused))
        {
            foreach (var on in refused.Interfaces)
            {
                if (on.IPv4)
                    loop.OnListening(now, new ListeningOutcome(refused.Generation, on.Index, Core.Net.IpFamily.IPv4, Errno.ENOBUFS, false));
                if (on.IPv6)
                    loop.OnListening(now, new ListeningOutcome(refused.Generation, on.Index, Core.Net.IpFamily.IPv6, Errno.ENOBUFS, false));
            }
        }
    }
}
