using Vigie.Core;
using Vigie.Linux;

namespace Vigie.Lab;

/// <summary>The one clock by which the lab stamps what it does and sees; the daemons use the same.</summary>
public static class LabClock
{
    public static Instant Now => Clock.Now();
}
