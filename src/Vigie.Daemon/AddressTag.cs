namespace Vigie.Daemon;

/// <summary>The mark (IFA_PROTO) on every address that Vigie adds, so that only ours are ever removed.</summary>
public static class AddressTag
{
    /// <summary>'V'. The kernel uses 1 to 3 itself; higher values are for programs like this one.</summary>
    public const byte Value = 86;
}
