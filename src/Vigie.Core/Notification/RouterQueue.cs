using Vigie.Core.Election;

namespace Vigie.Core.Notification;

/// <summary>The transitions of one virtual router that wait to be told, and what was seen last.</summary>
internal sealed class RouterQueue(string name)
{
    public string Name => name;

    public long Sequence { get; set; }

    public RouterState State { get; set; }

    public Instant Since { get; set; }

    /// <summary>Nothing of this life of the daemon has been seen: even the state that is known already is told.</summary>
    public bool IsNew { get; set; } = true;

    public List<Transition> Waiting { get; } = [];

    public List<string> Told { get; } = [];

    public bool IsRunning { get; set; }

    /// <summary>It stands in the line of those that may run.</summary>
    public bool IsReady { get; set; }

    /// <summary>Skipped and not yet told of.</summary>
    public long Skipped { get; set; }

    public bool IsIdle => !IsRunning && Waiting.Count == 0;

    /// <summary>Adds the newest; when there are too many, the oldest that nobody has heard of goes. Returns how many went.</summary>
    public int Add(RouterState state, TransitionReason reason, Instant at)
    {
        Waiting.Add(new Transition(++Sequence, state, State, reason, at));
        if (Waiting.Count <= NotificationQueues.LongestQueue)
            return 0;
        var oldest = IsRunning || Told.Count > 0 ? 1 : 0;
        Waiting[oldest + 1] = Waiting[oldest + 1] with { Previous = Waiting[oldest].Previous };
        Waiting.RemoveAt(oldest);
        Skipped++;
        return 1;
    }
}
