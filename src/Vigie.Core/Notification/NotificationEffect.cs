using Vigie.Core.Configuration;

namespace Vigie.Core.Notification;

/// <summary>What is to be done about notifications.</summary>
public enum NotificationEffectKind
{
    /// <summary>Keep what <see cref="NotificationQueues.Export"/> gives, before anything that follows is done.</summary>
    Remember,

    /// <summary>Run the program for the transition, and tell <see cref="NotificationQueues.OnEnded"/>.</summary>
    Run,

    /// <summary>Say that transitions were skipped (Count) because the queue was full.</summary>
    TellSkipped,
}

/// <summary>One thing to do, as data.</summary>
public sealed record NotificationEffect(
    NotificationEffectKind Kind, string Router = "", Transition? Transition = null, NotifyConfig? Notify = null, long Count = 0)
{
    public static readonly NotificationEffect Remember = new(NotificationEffectKind.Remember);
}
