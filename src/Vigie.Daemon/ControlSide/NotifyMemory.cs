namespace Vigie.Daemon.ControlSide;

/// <summary>What the state directory keeps of notifications, so that a control process that is started again neither loses nor repeats one.</summary>
internal sealed record NotifyMemory
{
    /// <summary>The boot of the machine; the clock of the states begins with it.</summary>
    public required string Boot { get; init; }

    /// <summary>The life of the daemon: its guardian.</summary>
    public required string Life { get; init; }

    public required IReadOnlyList<NotifyMemoryRouter> Routers { get; init; }
}
