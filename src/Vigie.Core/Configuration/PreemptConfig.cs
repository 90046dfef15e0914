namespace Vigie.Core.Configuration;

/// <summary>
/// Whether a Backup of higher priority takes the role from a working Active of lower priority (RFC 9568 6.1 Preempt_Mode).
/// </summary>
public readonly record struct PreemptConfig(bool Enabled, TimeSpan After)
{
    public static readonly PreemptConfig Always = new(true, TimeSpan.Zero);

    public static readonly PreemptConfig Never = new(false, TimeSpan.Zero);

    /// <summary>Preempts only after an Active of lower priority has been heard for this long without a break.</summary>
    public static PreemptConfig Delayed(TimeSpan after) => new(true, after);
}
