using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Node.Releasing;

/// <summary>How the release of a virtual router's addresses went.</summary>
public enum ReleaseOutcome : byte
{
    /// <summary>Another host was heard as Active, and the addresses were removed.</summary>
    TakenOver,

    /// <summary>Nobody was heard in the time in which every Backup would have spoken; the addresses were removed.</summary>
    NoSuccessor,

    /// <summary>The Backups have longer to wait than a release lasts; the kernel removes the addresses soon.</summary>
    LeftToKernel,

    /// <summary>No resignation could be sent; the addresses were removed.</summary>
    NotSent,

    /// <summary>The addresses carry our tag, but no virtual router of the configuration has them; they were removed.</summary>
    Unknown,
}

/// <summary>What a release did about one virtual router, or about addresses of none.</summary>
/// <param name="Outcome">How it went.</param>
/// <param name="Router">The name of the virtual router; null for <see cref="ReleaseOutcome.Unknown"/>.</param>
/// <param name="Addresses">In the form in which the kernel held them.</param>
/// <param name="Successor">Who took over, if anybody.</param>
/// <param name="After">How long after the resignation that was heard.</param>
/// <param name="Seconds">For <see cref="ReleaseOutcome.LeftToKernel"/>: how long the kernel keeps them at most.</param>
public sealed record ReleaseReport(
    ReleaseOutcome Outcome, string? Router, ImmutableArray<IpPrefix> Addresses, IpAddress Successor = default, TimeSpan After = default, uint Seconds = 0);
