using Vigie.Core.Election;

namespace Vigie.Core.Tests.Election;

/// <summary>
/// All that one event did: the effects in order as text, the state afterwards, and how long after the event the machine
/// wants to be woken (null for never). Compared whole, so that nothing happens unnoticed.
/// </summary>
internal sealed record Outcome(string Effects, RouterState State, TimeSpan? Wait)
{
    public const string Nothing = "";

    public static string Describe(IEnumerable<Effect> effects) => string.Join(", ", effects.Select(Describe));

    private static string Describe(Effect effect) => effect.Kind switch
    {
        EffectKind.SendAdvertisement => $"send {effect.Priority}",
        EffectKind.AcquireAddresses => "acquire",
        EffectKind.ReleaseAddresses => "release",
        EffectKind.AnnounceAddresses => "announce",
        EffectKind.StopAnnouncing => "hush",
        EffectKind.MuteAddresses => $"mute {effect.Family}",
        EffectKind.CloseConnections => "close",
        EffectKind.ProbeAddresses => "ask",
        EffectKind.ReportState => $"{effect.State} ({effect.Reason})",
        _ => throw new InvalidOperationException($"unknown effect {effect.Kind}"),
    };
}
