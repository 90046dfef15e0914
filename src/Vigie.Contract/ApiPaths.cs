using System.Globalization;

namespace Vigie.Contract;

/// <summary>The paths of the HTTP API on the Unix socket.</summary>
public static class ApiPaths
{
    /// <summary>GET: a <see cref="StatusDocument"/>.</summary>
    public const string Status = "/v1/status";

    /// <summary>GET: an <see cref="EventsDocument"/>, or with follow=true one <see cref="EventDocument"/> per line without end.</summary>
    public const string Events = "/v1/events";

    /// <summary>POST: a <see cref="ReloadResult"/>; 422 with an <see cref="ErrorDocument"/> when the configuration has errors.</summary>
    public const string Reload = "/v1/reload";

    /// <summary>POST with <see cref="NameParameter"/>: an <see cref="AsideResult"/> when the role has moved or come back; 404, 409.</summary>
    public const string Switchover = "/v1/switchover";

    /// <summary>POST with <see cref="NameParameter"/>: an <see cref="AsideResult"/>; 404, 409.</summary>
    public const string Failback = "/v1/failback";

    /// <summary>POST: an <see cref="AsideResult"/> when the roles have moved.</summary>
    public const string Drain = "/v1/drain";

    /// <summary>POST: an <see cref="AsideResult"/>.</summary>
    public const string Undrain = "/v1/undrain";

    /// <summary>The query parameter of <see cref="Switchover"/> and <see cref="Failback"/>: the virtual router's name.</summary>
    public const string NameParameter = "name";

    /// <summary>The query parameter of <see cref="Switchover"/> for a host to move to: refused, for it needs a channel between the hosts.</summary>
    public const string ToParameter = "to";

    /// <summary>GET: a <see cref="VersionDocument"/>.</summary>
    public const string Version = "/v1/version";

    /// <summary>The query parameter of <see cref="Events"/>: only events with a greater sequence number.</summary>
    public const string AfterParameter = "after";

    /// <summary>The query parameter of <see cref="Events"/>: "true" keeps the answer open and streams new events.</summary>
    public const string FollowParameter = "follow";

    /// <summary>The query parameter of <see cref="Reload"/>: "true" says what would change, and changes nothing.</summary>
    public const string PlanParameter = "plan";

    /// <summary>The media type of an ordinary answer.</summary>
    public const string Json = "application/json";

    /// <summary>The media type of a followed event stream: one JSON object per line.</summary>
    public const string JsonLines = "application/x-ndjson";

    /// <summary>A path that concerns one virtual router.</summary>
    public static string Named(string path, string name, string? to = null) =>
        $"{path}?{NameParameter}={Uri.EscapeDataString(name)}{(to is null ? "" : $"&{ToParameter}={Uri.EscapeDataString(to)}")}";

    /// <summary>The path and query that ask for the events after a sequence number; 0 asks for all that are still held.</summary>
    public static string EventsAfter(long sequence, bool follow) =>
        string.Create(CultureInfo.InvariantCulture, $"{Events}?{AfterParameter}={sequence}{(follow ? $"&{FollowParameter}=true" : "")}");
}
