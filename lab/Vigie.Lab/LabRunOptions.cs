namespace Vigie.Lab;

/// <summary>How one lab run behaves; the defaults suit tests.</summary>
public sealed record LabRunOptions
{
    /// <summary>
    /// Start programs so that they can outlive the runner, for <see cref="LabRun.LeaveInPlace"/>. Until that is called
    /// the run ends like any other.
    /// </summary>
    public bool CanBeLeft { get; init; }

    /// <summary>
    /// Called when a signal ends the program, before the lab is taken down: what fails from then on fails because of that.
    /// </summary>
    public Action? Interrupted { get; init; }
}
