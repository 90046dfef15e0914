using Vigie.Core.Election;

namespace Vigie.Daemon.ControlSide;

/// <summary>One transition that waits, in <see cref="NotifyMemory"/>.</summary>
internal sealed record NotifyMemoryTransition(long Sequence, RouterState State, RouterState Previous, TransitionReason Reason, long At);
