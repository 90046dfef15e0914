using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Core.Tests.Election;

/// <summary>
/// One virtual router and a clock that only the test moves. Each method is one event at the present time and returns its
/// whole outcome. Ours are 192.0.2.10 and fe80::10; <see cref="Lower"/> and <see cref="Higher"/> stand around them.
/// </summary>
internal sealed class ElectionScene
{
    public static readonly IpAddress Ours = IpAddress.Parse("192.0.2.10");
    public static readonly IpAddress Lower = IpAddress.Parse("192.0.2.9");
    public static readonly IpAddress Higher = IpAddress.Parse("192.0.2.11");
    public static readonly IpAddress Ours6 = IpAddress.Parse("fe80::10");
    public static readonly IpAddress Lower6 = IpAddress.Parse("fe80::9");
    public static readonly IpAddress Higher6 = IpAddress.Parse("fe80::11");

    /// <summary>Not a whole second, so that a forgotten "now" shows.</summary>
    private static readonly Instant Beginning = new(1_234_567_800);

    private readonly List<Effect> _effects = [];

    public ElectionScene(VirtualRouterConfig config) => Router = new VirtualRouter(config);

    public VirtualRouter Router { get; }

    public Instant Now { get; set; } = Beginning;

    public RouterState State => Router.State;

    public IReadOnlyList<Effect> LastEffects => _effects;

    public static VirtualRouterConfig Config(
        byte priority = 100, double seconds = 1, string addresses = "192.0.2.100/24", VrrpVersion version = VrrpVersion.V3,
        PreemptConfig? preempt = null) => new()
    {
        Name = "vr",
        Vrid = 51,
        Interface = "eth0",
        Addresses = [.. addresses.Split(' ').Select(IpPrefix.Parse)],
        Priority = priority,
        AdvertisementInterval = TimeSpan.FromSeconds(seconds),
        Version = version,
        Preempt = preempt ?? PreemptConfig.Always,
    };

    /// <summary>A router that has not begun.</summary>
    public static ElectionScene Initialize(
        byte priority = 100, double seconds = 1, string addresses = "192.0.2.100/24", VrrpVersion version = VrrpVersion.V3,
        PreemptConfig? preempt = null) => new(Config(priority, seconds, addresses, version, preempt));

    /// <summary>A router that has just become Backup.</summary>
    public static ElectionScene Backup(
        byte priority = 100, double seconds = 1, string addresses = "192.0.2.100/24", VrrpVersion version = VrrpVersion.V3,
        PreemptConfig? preempt = null)
    {
        var scene = Initialize(priority, seconds, addresses, version, preempt);
        scene.Start();
        return scene.In(RouterState.Backup);
    }

    /// <summary>A router that has become Active and has its addresses.</summary>
    public static ElectionScene Active(
        byte priority = 100, double seconds = 1, string addresses = "192.0.2.100/24", VrrpVersion version = VrrpVersion.V3,
        PreemptConfig? preempt = null)
    {
        var scene = Initialize(priority, seconds, addresses, version, preempt);
        scene.Start();
        if (scene.State == RouterState.Backup)
            scene.Wake();
        scene.AddressesReady();
        return scene.In(RouterState.Active);
    }

    /// <summary>Time passes. Questions that fall due are asked, without a word; nothing else happens.</summary>
    public ElectionScene After(TimeSpan span)
    {
        var then = Now + span;
        while (Router.NextDeadline is { } asks && asks < Router.DecidesAt && asks < then)
            Ask();
        Now = then;
        return this;
    }

    public ElectionScene After(double seconds) => After(TimeSpan.FromSeconds(seconds));

    public Outcome Start() => Happen(effects => Router.OnInterfaceReady(Now, Ours, Ours6, effects));

    public Outcome Start(IpAddress primary) => Happen(effects => Router.OnInterfaceReady(Now, primary, Ours6, effects));

    public Outcome LoseInterface(TransitionReason cause) => Happen(effects => Router.OnInterfaceLost(Now, cause, effects));

    public Outcome Shutdown() => Happen(effects => Router.OnShutdown(Now, effects));

    public Outcome Leave() => Happen(effects => Router.OnLeave(Now, effects));

    public Outcome StandAside(AsideCause cause) => Happen(effects => Router.OnStandAside(Now, cause, effects));

    public Outcome Return() => Happen(_ => Router.OnReturn());

    /// <summary>Somebody else has announced every address.</summary>
    public Outcome Announced() => Happen(_ => Router.OnAddressesAnnounced(Now));

    public Outcome CutLeave() => Happen(Router.OnLeaveCut);

    public Outcome Hear(byte priority, double seconds = 1, IpAddress? from = null) =>
        Hear(new HeardAdvertisement(from ?? Higher, priority, TimeSpan.FromSeconds(seconds)));

    public Outcome Hear(HeardAdvertisement heard) => Happen(effects => Router.OnAdvertisement(Now, heard, effects));

    public Outcome AddressesReady() => Happen(effects => Router.OnAddressesReady(Now, effects));

    public Outcome AddressesFailed() => Happen(effects => Router.OnAddressesFailed(Now, effects));

    public Outcome Reconfigure(VirtualRouterConfig config) => Happen(effects => Router.OnReconfigured(Now, config, effects));

    /// <summary>
    /// Moves the clock to the deadline, not a tick further, and wakes the router. Questions that are due before are asked
    /// when they are due, without a word.
    /// </summary>
    public Outcome Wake()
    {
        while (Router.NextDeadline < Router.DecidesAt)
            Ask();
        Now = Router.NextDeadline ?? throw new InvalidOperationException("nothing is due, ever");
        return WakeNow();
    }

    /// <summary>Moves the clock to the next deadline, which is that of a question.</summary>
    public Outcome Ask()
    {
        Now = Router.NextDeadline ?? throw new InvalidOperationException("nothing is due, ever");
        return WakeNow();
    }

    /// <summary>Another station says that an address is its own.</summary>
    public Outcome Claimed(string by = "02:00:00:00:00:66", string address = "192.0.2.100") => Happen(_ =>
        Router.OnAddressClaimed(Now, IpAddress.Parse(address), MacAddress.TryParse(by, out var mac) ? mac : throw new FormatException(by)));

    /// <summary>Wakes the router at the present time, whether something is due or not.</summary>
    public Outcome WakeNow() => Happen(effects => Router.OnDeadline(Now, effects));

    /// <summary>How long until the router wants to be woken for more than a question.</summary>
    public TimeSpan? Wait => Router.DecidesAt == Instant.Never ? null : Router.DecidesAt - Now;

    private Outcome Happen(Action<List<Effect>> happening)
    {
        _effects.Clear();
        happening(_effects);
        return new Outcome(Outcome.Describe(_effects), Router.State, Wait);
    }

    private ElectionScene In(RouterState expected) =>
        Router.State == expected ? this : throw new InvalidOperationException($"the scene is set wrongly: {Router.State}");
}
