using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Notification;

namespace Vigie.Daemon.ControlSide;

/// <summary>One virtual router in <see cref="NotifyMemory"/>.</summary>
internal sealed record NotifyMemoryRouter
{
    public required string Name { get; init; }

    public long Sequence { get; init; }

    public RouterState State { get; init; }

    /// <summary>Nanoseconds of the boot-time clock.</summary>
    public long Since { get; init; }

    public IReadOnlyList<NotifyMemoryTransition> Waiting { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> Told { get; init => field = value ?? []; } = [];

    public static NotifyMemoryRouter Of(RememberedRouter router) => new()
    {
        Name = router.Name,
        Sequence = router.Sequence,
        State = router.State,
        Since = router.Since.Nanoseconds,
        Waiting = [.. router.Waiting.Select(t => new NotifyMemoryTransition(t.Sequence, t.State, t.Previous, t.Reason, t.At.Nanoseconds))],
        Told = router.Told,
    };

    public RememberedRouter ToCore() => new()
    {
        Name = Name,
        Sequence = Sequence,
        State = State,
        Since = new Instant(Since),
        Waiting = [.. Waiting.Select(t => new Transition(t.Sequence, t.State, t.Previous, t.Reason, new Instant(t.At)))],
        Told = [.. Told],
    };
}
