using System.Text.Json.Serialization;

namespace Vigie.Contract;

/// <summary>Something that happened, numbered and dated by the daemon.</summary>
public sealed record EventDocument
{
    /// <summary>Counts from 1 since the daemon started; a control process that is started again goes on at the next whole billion.</summary>
    public required long Sequence { get; init; }

    /// <summary>Wall-clock time, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>A stable word such as "state_changed" or "foreign_claim".</summary>
    public required string Kind { get; init; }

    /// <summary>The name of the virtual router concerned, or null for the whole host.</summary>
    public string? VirtualRouter { get; init; }

    public required EventSeverity Severity { get; init; }

    /// <summary>One sentence for people.</summary>
    public required string Message { get; init; }

    /// <summary>What the operator can do, or null.</summary>
    public string? Remedy { get; init; }

    /// <summary>The facts of the message for programs.</summary>
    public IReadOnlyDictionary<string, string> Data { get; init => field = value ?? new Dictionary<string, string>(); } = new Dictionary<string, string>();
}

/// <summary>How much an event matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EventSeverity>))]
public enum EventSeverity
{
    /// <summary>Normal life: a role moved as configured.</summary>
    [JsonStringEnumMemberName("info")] Info,

    /// <summary>Service goes on; somebody should look.</summary>
    [JsonStringEnumMemberName("warning")] Warning,

    /// <summary>Service is, or may be, lost.</summary>
    [JsonStringEnumMemberName("error")] Error,
}

/// <summary>The events that the daemon still holds: its ring is bounded.</summary>
public sealed record EventsDocument
{
    /// <summary>In order of their sequence numbers.</summary>
    public required IReadOnlyList<EventDocument> Events { get; init; }

    /// <summary>The sequence number to ask after next time.</summary>
    public required long Next { get; init; }

    /// <summary>How many events after the asked number were overwritten before this answer.</summary>
    public long Lost { get; init; }
}
