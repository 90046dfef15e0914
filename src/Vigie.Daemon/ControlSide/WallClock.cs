using Vigie.Core;
using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>Translates the node's boot-time clock into calendar time, for people only.</summary>
internal static class WallClock
{
    public static DateTimeOffset At(Instant instant) => DateTimeOffset.UtcNow - (Clock.Now() - instant);
}
