using CsCheck;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Wire;
using Xunit;

namespace Vigie.Core.Tests.Election;

/// <summary>What holds after every event of any sequence of events.</summary>
public sealed class ElectionInvariantTests
{
    private enum Happening
    {
        Wake,
        WakeEarlyOrLate,
        Hear,
        Start,
        Lose,
        Ready,
        Failed,
        Reconfigure,
        Shutdown,
        Leave,
        StandAside,
        Return,
        Announced,
        Claim,
    }

    private sealed record Step(Happening Happening, int Milliseconds, byte Priority, bool Greater, bool IPv6, int Centiseconds);

    private static readonly Gen<Step[]> Sequences = Gen.Select(
        Gen.Frequency(
            (6, Gen.Const(Happening.Wake)), (2, Gen.Const(Happening.WakeEarlyOrLate)), (8, Gen.Const(Happening.Hear)),
            (3, Gen.Const(Happening.Start)), (1, Gen.Const(Happening.Lose)), (3, Gen.Const(Happening.Ready)),
            (1, Gen.Const(Happening.Failed)), (1, Gen.Const(Happening.Reconfigure)), (1, Gen.Const(Happening.Shutdown)),
            (1, Gen.Const(Happening.Leave)), (2, Gen.Const(Happening.StandAside)), (1, Gen.Const(Happening.Return)),
            (2, Gen.Const(Happening.Announced)), (3, Gen.Const(Happening.Claim))),
        Gen.Int[0, 3000],
        Gen.OneOf(Gen.Const((byte)0), Gen.Const((byte)100), Gen.Byte),
        Gen.Bool,
        Gen.Bool,
        Gen.Int[1, 4095],
        (happening, ms, priority, greater, v6, cs) => new Step(happening, ms, priority, greater, v6, cs)).Array[1, 60];

    private static readonly Gen<VirtualRouterConfig> Configs =
        from priority in Gen.OneOf(Gen.Const((byte)100), Gen.Byte[1, 255])
        from version in Gen.OneOf(Gen.Const(VrrpVersion.V2), Gen.Const(VrrpVersion.V3))
        from units in Gen.Int[1, 255]
        from preempt in Gen.OneOf(
            Gen.Const(PreemptConfig.Always), Gen.Const(PreemptConfig.Never), Gen.Const(PreemptConfig.Delayed(TimeSpan.FromSeconds(5))))
        from dual in Gen.Bool
        select ElectionScene.Config(
            priority, version == VrrpVersion.V2 ? units : units / 100.0,
            dual && version == VrrpVersion.V3 ? "192.0.2.100/24 2001:db8::100/64" : "192.0.2.100/24", version, preempt);

    [Fact]
    public void No_sequence_of_events_breaks_an_invariant() =>
        Gen.Select(Configs, Sequences).Sample((config, steps) =>
        {
            var scene = new ElectionScene(config);
            var holds = false;
            foreach (var step in steps)
            {
                var before = scene.State;
                var transitions = scene.Router.Transitions;
                var wasLeaving = scene.Router.IsLeaving;
                var settings = scene.Router.Config;
                Take(scene, step);
                CheckState(scene, step, before, transitions);
                CheckEffects(scene, step, before, wasLeaving, ref holds);
                if (step.Happening is not Happening.Reconfigure)
                    Assert.Equal(settings, scene.Router.Config);
            }
        }, iter: 20_000);

    private static void Take(ElectionScene scene, Step step)
    {
        if (step.Happening != Happening.Wake)
            scene.After(TimeSpan.FromMilliseconds(step.Milliseconds));
        switch (step.Happening)
        {
            case Happening.Wake:
                if (scene.Router.NextDeadline is { } deadline && deadline > scene.Now)
                    scene.Now = deadline;
                scene.WakeNow();
                break;
            case Happening.WakeEarlyOrLate:
                scene.WakeNow();
                break;
            case Happening.Hear:
                var sender = step.IPv6
                    ? step.Greater ? ElectionScene.Higher6 : ElectionScene.Lower6
                    : step.Greater ? ElectionScene.Higher : ElectionScene.Lower;
                scene.Hear(new HeardAdvertisement(sender, step.Priority, TimeSpan.FromMilliseconds(step.Centiseconds * 10)));
                break;
            case Happening.Start:
                scene.Start();
                break;
            case Happening.Lose:
                scene.LoseInterface(step.Greater ? TransitionReason.InterfaceDown : TransitionReason.InterfaceMissing);
                break;
            case Happening.Ready:
                scene.AddressesReady();
                break;
            case Happening.Failed:
                scene.AddressesFailed();
                break;
            case Happening.Reconfigure:
                scene.Reconfigure(scene.Router.Config with { Priority = Math.Max((byte)1, step.Priority) });
                break;
            case Happening.Shutdown:
                scene.Shutdown();
                break;
            case Happening.Leave:
                scene.Leave();
                break;
            case Happening.StandAside:
                scene.StandAside(step.Greater ? step.IPv6 ? AsideCause.Drain : AsideCause.Switchover : AsideCause.None);
                break;
            case Happening.Return:
                scene.Return();
                break;
            case Happening.Announced:
                scene.Announced();
                break;
            case Happening.Claim:
                scene.Claimed();
                break;
            default:
                throw new InvalidOperationException($"unknown happening {step.Happening}");
        }
    }

    private static void CheckState(ElectionScene scene, Step step, RouterState before, long transitions)
    {
        var router = scene.Router;
        Assert.Equal(router.State == RouterState.Active, router.AdvertiseAt != Instant.Never);
        Assert.Equal(router.State == before ? 0 : 1, router.Transitions - transitions);
        if (router.State is RouterState.Active or RouterState.Backup && router.Aside != AsideCause.Drain)
            Assert.NotNull(router.NextDeadline);
        Assert.True(!router.IsProbing || router.State is RouterState.Backup || router.IsInConflict, "asks without a reason");
        if (router.IsInConflict)
        {
            Assert.NotNull(router.NextDeadline);
            Assert.True(before == RouterState.Backup ? step.Happening is Happening.Wake or Happening.WakeEarlyOrLate : before == RouterState.Fault);
        }

        if (router.IsLeaving)
            Assert.True(router.NextDeadline - scene.Now <= VirtualRouter.LongestSuccession, "a leave without an end");
        else if (router.State == RouterState.Initialize)
            Assert.Null(router.NextDeadline);
        if (step.Happening is Happening.Wake or Happening.WakeEarlyOrLate)
            Assert.True(router.NextDeadline is not { } next || next > scene.Now, $"{router.State} is due again at once");
    }

    private static void CheckEffects(ElectionScene scene, Step step, RouterState before, bool wasLeaving, ref bool holds)
    {
        var after = scene.State;
        var left = before == RouterState.Active && after != RouterState.Active;
        var entered = before != RouterState.Active && after == RouterState.Active;
        var kinds = scene.LastEffects.Select(e => e.Kind).ToList();

        Assert.Equal(before != after, scene.LastEffects.Any(e => e.Kind == EffectKind.ReportState && e.State == after && e.State != before));
        if (entered)
            Assert.Equal([EffectKind.SendAdvertisement, EffectKind.ReportState, EffectKind.AcquireAddresses], kinds.TakeLast(3));
        if (left)
        {
            Assert.NotEqual(scene.Router.IsLeaving, kinds.Contains(EffectKind.ReleaseAddresses));
            Assert.True(kinds.IndexOf(EffectKind.StopAnnouncing) is >= 0 and var hush
                && (scene.Router.IsLeaving || hush < kinds.IndexOf(EffectKind.ReleaseAddresses)));
        }

        foreach (var effect in scene.LastEffects)
        {
            switch (effect.Kind)
            {
                case EffectKind.AcquireAddresses:
                    Assert.Equal(RouterState.Active, after);
                    // An Active that overslept asks again for what may have expired; a role that is taken back is acquired anew.
                    Assert.True(!holds || wasLeaving || step.Happening is Happening.Reconfigure or Happening.Wake or Happening.WakeEarlyOrLate, "acquired twice");
                    holds = true;
                    break;
                case EffectKind.ReleaseAddresses:
                    Assert.True(after != RouterState.Active || kinds.IndexOf(EffectKind.AcquireAddresses) > kinds.IndexOf(EffectKind.ReleaseAddresses));
                    holds = false;
                    break;
                case EffectKind.AnnounceAddresses:
                    Assert.True(holds && after == RouterState.Active, "announced without addresses");
                    break;
                case EffectKind.SendAdvertisement:
                    var resigns = left && (after != RouterState.Backup || step.Happening == Happening.StandAside);
                    Assert.Equal(resigns ? (byte)0 : scene.Router.Priority, effect.Priority);
                    Assert.True(left || after == RouterState.Active, "an advertisement from a router that is not Active");
                    break;
                case EffectKind.MuteAddresses:
                    Assert.True(scene.Router.IsLeaving && holds && step.Happening == Happening.Hear, "muted without leaving");
                    break;
                case EffectKind.CloseConnections:
                    Assert.True(wasLeaving && kinds.Contains(EffectKind.ReleaseAddresses));
                    break;
                case EffectKind.ProbeAddresses:
                    Assert.True(scene.Router.IsProbing && before == after && (after == RouterState.Backup || scene.Router.IsInConflict), "asked without listening first");
                    break;
                case EffectKind.StopAnnouncing:
                case EffectKind.ReportState:
                    break;
                default:
                    throw new InvalidOperationException($"unknown effect {effect.Kind}");
            }
        }

        Assert.Equal(after == RouterState.Active || scene.Router.IsLeaving, holds);
        if (after == RouterState.Active)
            Assert.False(scene.Router.IsLeaving);
    }
}
