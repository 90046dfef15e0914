namespace Vigie.Lab;

/// <summary>How one lab run behaves; the defaults suit tests.</summary>
public sealed record LabRunOptions
{
    /// <summary>
    /// Start programs so that they can outlive the runner, for <see cref="LabRun.LeaveInPlace"/>. Until that is called
    /// the run ends like any other.
    /// </summary>
    public bool CanBeLeft { get; init; }
}
