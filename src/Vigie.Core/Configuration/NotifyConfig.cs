using System.Collections.Immutable;
using System.Globalization;
using Vigie.Core.Election;

namespace Vigie.Core.Configuration;

/// <summary>One program that is to hear of state changes (docs/decisions/0008-notifications.md).</summary>
public sealed record NotifyConfig
{
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public static readonly ImmutableArray<RouterState> AllStates = [RouterState.Active, RouterState.Backup, RouterState.Fault, RouterState.Initialize];

    /// <summary>The absolute path of the program; it has no placeholders.</summary>
    public required string Program { get; init; }

    /// <summary>What it is given, after its own path.</summary>
    public ImmutableArray<NotifyTemplate> Arguments { get; init; } = [];

    /// <summary>The states of which it hears when they are entered.</summary>
    public ImmutableArray<RouterState> On { get; init; } = AllStates;

    /// <summary>The names of the virtual routers that it is for; empty for all.</summary>
    public ImmutableArray<string> VirtualRouters { get; init; } = [];

    /// <summary>After so long it is ended.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>The user that it runs as; null for the daemon's own user, or nobody when that is root.</summary>
    public string? User { get; init; }

    /// <summary>The whole of it in one line, in the words of the file: two with the same words are the same.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture,
        $"run [{string.Join(", ", Arguments.Select(argument => argument.Text).Prepend(Program))}]{Routers} on [{string.Join(", ", On.Select(Word))}] timeout {Timeout.TotalSeconds:0.###}s{(User is null ? "" : $" user {User}")}");

    private string Routers => VirtualRouters.IsEmpty ? "" : $" virtual_routers [{string.Join(", ", VirtualRouters)}]";

    /// <summary>Whether it hears of this virtual router entering this state.</summary>
    public bool Concerns(string router, RouterState state) =>
        On.Contains(state) && (VirtualRouters.IsEmpty || VirtualRouters.Contains(router));

    /// <summary>A state as the file, the API and the scripts call it.</summary>
    public static string Word(RouterState state) => state switch
    {
        RouterState.Initialize => "initialize",
        RouterState.Backup => "backup",
        RouterState.Active => "active",
        RouterState.Fault => "fault",
    };

    public bool Equals(NotifyConfig? other) => other is not null && Text == other.Text;

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);
}
