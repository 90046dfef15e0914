using Vigie.Core.Election;

namespace Vigie.Core.Notification;

/// <summary>One change of a virtual router's state, as it is told to scripts.</summary>
/// <param name="Sequence">Counts the changes of this virtual router; a gap means that some were skipped.</param>
/// <param name="State">The state that was entered.</param>
/// <param name="Previous">The state of the change before it in the queue: two that follow each other fit together.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
public sealed record Transition(long Sequence, RouterState State, RouterState Previous, TransitionReason Reason, Instant At);
