namespace Vigie.Lab;

/// <summary>How one lab run behaves; the defaults suit tests.</summary>
public sealed record LabRunOptions
{
    /// <summary>
    /// Leave namespaces, processes and files in place at the end. Processes then outlive the runner, and later runs do
    /// not sweep them; <see cref="LabSweep.RemoveKept"/> does.
    /// </summary>
    public bool Keep { get; init; }
}
