using System.Globalization;
using Vigie.Core.Configuration;
using Vigie.Core.Notification;
using Vigie.Daemon.NotifySide;

namespace Vigie.Daemon.ControlSide;

/// <summary>Puts the values into arguments and environment. The names are documented in docs/guides/notifications.md; scripts rely on them.</summary>
internal static class NotifyJobs
{
    private const string SearchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <param name="node">The host's name.</param>
    /// <param name="router">The virtual router as configured; null when no configuration knows it any more.</param>
    /// <param name="name">Its name.</param>
    /// <param name="transition">What happened.</param>
    /// <param name="since">When, by the calendar.</param>
    /// <param name="notify">Whom to tell.</param>
    public static NotifyJob Make(
        string node, VirtualRouterConfig? router, string name, Transition transition, DateTimeOffset since, NotifyConfig notify)
    {
        var values = new Dictionary<NotifyPlaceholder, string>
        {
            [NotifyPlaceholder.Name] = name,
            [NotifyPlaceholder.State] = NotifyConfig.Word(transition.State),
            [NotifyPlaceholder.Previous] = NotifyConfig.Word(transition.Previous),
            [NotifyPlaceholder.Reason] = ReasonText.Word(transition.Reason),
            [NotifyPlaceholder.Node] = node,
            [NotifyPlaceholder.Vrid] = router?.Vrid.ToString(CultureInfo.InvariantCulture) ?? "",
            [NotifyPlaceholder.Interface] = router?.Interface ?? "",
            [NotifyPlaceholder.Addresses] = router is null ? "" : string.Join(' ', router.Addresses),
        };
        List<string> environment = [SearchPath];
        foreach (var (placeholder, value) in values)
            environment.Add($"VIGIE_{placeholder.ToString().ToUpperInvariant()}={value}");
        environment.Add($"VIGIE_SEQUENCE={transition.Sequence.ToString(CultureInfo.InvariantCulture)}");
        environment.Add($"VIGIE_SINCE={since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}");
        return new NotifyJob
        {
            Program = notify.Program,
            Arguments = [.. notify.Arguments.Select(argument => argument.Render(placeholder => values[placeholder]))],
            Environment = environment,
            User = notify.User,
            TimeoutMilliseconds = (long)notify.Timeout.TotalMilliseconds,
        };
    }
}
