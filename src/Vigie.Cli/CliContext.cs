using Vigie.Configuration;
using Vigie.Contract;

namespace Vigie.Cli;

/// <summary>Everything a verb takes from its surroundings, so that a test can give it other ones.</summary>
internal sealed record CliContext
{
    public required Terminal Terminal { get; init; }

    public required Func<RunOptions, int> RunDaemon { get; init; }

    public required Func<ReleaseOptions, int> Release { get; init; }

    /// <summary>Judges the programs of notifications; null where that cannot be done.</summary>
    public ProgramCheck? CheckProgram { get; init; }

    public required Interruption Interruption { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public string HostName { get; init; } = Environment.MachineName;

    /// <summary>Between two snapshots of <c>status --watch</c>.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a daemon may take to answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}
