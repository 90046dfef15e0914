namespace Vigie.Simulation.Mutations;

/// <summary>A mistake that somebody could make: one text of one file, replaced. The text must occur exactly once.</summary>
/// <param name="Name">What goes wrong, as a word.</param>
/// <param name="Reason">Why the checkers must see it: what operators or clients would suffer.</param>
/// <param name="File">Below src/.</param>
/// <param name="Text">What stands there.</param>
/// <param name="Instead">What stands there in the mutated copy.</param>
/// <param name="Directed">The directed worlds that each must show it, when it is a rare one; none when worlds of chance do.</param>
internal sealed record Mutation(string Name, string Reason, string File, string Text, string Instead, params string[] Directed)
{
    private const string Router = "Vigie.Core/Election/VirtualRouter.cs";
    private const string Leaving = "Vigie.Core/Election/VirtualRouter.Leaving.cs";
    private const string Probing = "Vigie.Core/Election/VirtualRouter.Probing.cs";
    private const string Timers = "Vigie.Core/Election/ElectionTimers.cs";
    private const string Deadlines = "Vigie.Node/ElectionLoop.Deadlines.cs";
    private const string Effects = "Vigie.Node/ElectionLoop.Effects.cs";
    private const string Interfaces = "Vigie.Node/ElectionLoop.Interfaces.cs";

    public static readonly IReadOnlyList<Mutation> All =
    [
        new("SkewCutToWholeSeconds", "every Backup fires at once when the Active dies", Timers,
            "activeAdverInterval).Ticks / 256);",
            "activeAdverInterval).Ticks / 256 / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond);"),
        new("ActiveDownAfterTwoIntervals", "one lost advertisement too few moves the addresses", Timers,
            "3 * activeAdverInterval + SkewTime", "2 * activeAdverInterval + SkewTime"),
        new("LifetimeTooLong", "a dead host answers for minutes after its successor took over", Timers,
            "var wanted = 4 * advertisementInterval", "var wanted = 40 * advertisementInterval"),
        new("TieBreakInverted", "beside other implementations neither or both would yield", Router,
            "return heard.Source > watch.Primary;", "return heard.Source < watch.Primary;"),
        new("HigherPriorityIgnored", "two owners for ever", Router,
            "if (heard.Priority > Priority || Aside == AsideCause.Drain || (heard", "if (Aside == AsideCause.Drain || (heard"),
        new("PreemptOffIgnored", "the addresses move though the operator forbade it", Router,
            "if (preempt.Enabled && now >= _preemptAt && ", "if ((now >= _preemptAt || !preempt.Enabled) && "),
        new("PreemptDelayIgnored", "the addresses move before the host has warmed up", Router,
            "Instant.Max(now + preempt.After, _damping.HeldUntil)", "Instant.Max(now, _damping.HeldUntil)"),
        new("ResignationNotHeard", "a planned stop costs three intervals instead of the skew time", Router,
            "            watch.ActiveLeaves(now, Config); // RFC 9568 6.4.2\n", ""),
        new("ResignationNotSent", "a planned stop costs three intervals instead of the skew time", Leaving,
            "        effects.Add(Effect.SendAdvertisement(0));\n", ""),
        new("GraceOmitted", "a host that was frozen takes over from a healthy Active", Router,
            "        if (_graceGranted)\n            return false;\n", "        if (!_graceGranted)\n            return false;\n"),
        new("LastWordOmitted", "after a healed partition clients go on to the one that yielded", Router,
            "            effects.Add(Effect.SendAdvertisement(Priority));\n            effects.Add(Effect.StopAnnouncing);\n            Enter(now, RouterState.Backup,",
            "            effects.Add(Effect.StopAnnouncing);\n            Enter(now, RouterState.Backup,"),
        new("LastWordBelieved", "whoever yields hides the resignation of the one it yields to", Router,
            "if (watch.IsAboutToYield(now, heard))", "if (watch.IsAboutToYield(now, heard) && heard.Priority == 0)", "ResignationAfterALastWord"),
        new("OneFamilySuffices", "a pair is taken over though one of its families is alive", Router,
            "({ } v4, { } v6) => Instant.Max(", "({ } v4, { } v6) => Instant.Min("),
        new("BeatTooSlow", "peers lose patience with an owner that works", Router,
            "var next = _advertiseAt + Config.AdvertisementInterval;", "var next = _advertiseAt + Config.AdvertisementInterval * 1.1;"),
        new("AnnouncedBeforeAddresses", "neighbours send to a host that does not answer yet", Effects,
            "        router.StopAnnouncing();\n        router.DefendAt = Instant.Never; // the", "        router.StartAnnouncing(now);\n        router.DefendAt = Instant.Never; // the"),
        new("ReleaseForgotten", "two hosts answer for one address until it expires", Effects,
            "                Release(router);\n", ""),
        new("RenewalForgotten", "the kernel takes the addresses of a working owner away", Deadlines,
            "        if (router.RenewAt <= now)\n            Renew(now, router);\n", "        router.RenewAt = Instant.Never;\n"),
        new("DeadlineForgotten", "a host sleeps through what is due", Effects,
            "        ReportHold(now, router);\n        router.Touch();\n", "        ReportHold(now, router);\n"),
        new("NotReasserted", "an address that somebody deleted stays away until its renewal", Interfaces,
            "Address = prefix,\n        });\n        Acquire(now, router);", "Address = prefix,\n        });"),
        new("NotJoinedAnew", "after a flap the host hears nobody and becomes a second owner", Interfaces,
            "if (on.Update(link))", "if (on.Update(link) && !_started)"),
        new("DeafBackup", "a host that was frozen within its wait, or just past it, takes over from a healthy Active", Deadlines,
            "            router.Election.OnUnattended(now, pause - Patience(router.Election.HearingInterval));\n", "", "FrozenWithinTheWait", "FrozenPastTheWait"),
        new("GraceOfExactlyAnInterval", "the same when the Active had spoken just before the host ran again", Router,
            "LongestActiveAdverInterval() * 5 / 4", "LongestActiveAdverInterval()", "ThawedJustAfterAWord"),
        new("OvertakenResignationBelieved", "a second Backup takes over from the successor", Router,
            "if (!watch.ActiveSource.IsNone && watch.ActiveSource != heard.Source)", "if (Config.Priority == 0)", "ResignationOvertaken"),
        new("ConflictIgnored", "two hosts that do not hear each other serve one address for ever", Probing,
            "        if (!_probing.IsClaimed)\n            return false;\n", "        if (_probing.DueAt == Instant.Never)\n            return false;\n", "StrangerHoldsTheAddress"),
        new("ConflictForEver", "an address that a dead peer left keeps everybody from the role when it has long been gone", Probing,
            "        _retryAt = now + wait + RetryRounds * spacing;\n", "        _retryAt = now + 100 * wait + RetryRounds * spacing;\n", "StrangerHoldsTheAddress", "StaleAddressOfACrashedPeer"),
        new("MuteForgotten", "a leaving host undoes its successor's announcements", Effects,
            "                Mute(router, effect.Family);\n", ""),
        new("LeftBeforeSuccessor", "a planned leave has a gap", Leaving,
            "        BeginLeaving(now, now + succession);\n", "        BeginLeaving(now, now);\n"),
        new("LeaveWithoutEnd", "a host that left keeps its addresses", Leaving,
            "            _leaveAt = now + (_announced ? LastPackets : LongestAnnouncing);\n", "            _leaveAt = now + TimeSpan.FromSeconds(30);\n"),
        new("DrainIgnored", "a drained host takes a role", Leaving,
            "Aside == AsideCause.Drain || (IsLeaving", "(IsLeaving"),
        new("LatenessWithoutEnd", "a host that cannot keep time keeps the role", Router,
            "now >= _advertiseAt && !LeavesForLateness(now, effects)", "now >= _advertiseAt", "SlowActive"),
        new("LateHostPreempts", "a host that cannot keep time takes the role from one that can", Router,
            "now >= _preemptAt && (!_time.IsLost || IsOwner || _returning))", "now >= _preemptAt)", "SlowActive"),
        new("LastResortForgotten", "a role circulates among hosts of which none can keep time", Router,
            "        _lastResort = _time.IsLost;", "        _lastResort = false;", "EverybodySlow"),
        new("TagIgnored", "addresses of others are removed", "Vigie.Node/Interfaces/HostInterface.cs",
            "        if (report.Ours)\n", "        if (report.Ours || report.Usable)\n"),
    ];

    /// <summary>Mistakes that only worlds with guardians can show.</summary>
    public static readonly IReadOnlyList<Mutation> Guarded =
    [
        new("NodeNotRestarted", "the role is lost five seconds after a crash", Guardian,
            "        _startAt = now + _backOff;", "        _startAt = now + 100 * LongestBackOff;"),
        new("SkewInverted", "the worst host takes over first, and the best one takes the role from it", Timers,
            "new((256 - priority) *", "new(priority *"),
        new("ResignedInSilence", "a planned stop costs three intervals", Leaving,
            "        effects.Add(Effect.SendAdvertisement(0));\n", ""),
        new("BeatFarTooSlow", "peers lose patience with an owner that works, and a lone one does not notice", Router,
            "var next = _advertiseAt + Config.AdvertisementInterval;", "var next = _advertiseAt + Config.AdvertisementInterval * 1.6;"),
        new("LeftBeforeAnnouncement", "a planned leave has a gap: clients still send to who has left", Leaving,
            "            _leaveAt = now + (_announced ? LastPackets : LongestAnnouncing);\n", "            _leaveAt = now;\n"),
        new("LeftBeforeSuccessorSpoke", "a planned leave has a gap: nobody holds the addresses", Leaving,
            "        BeginLeaving(now, now + succession);\n", "        BeginLeaving(now, now + TimeSpan.FromMilliseconds(1));\n"),
        new("NeverAnnounced", "clients go on to the host that is gone", Router,
            "        effects.Add(Effect.AnnounceAddresses);\n    }\n\n    /// <summary>The kernel refused", "    }\n\n    /// <summary>The kernel refused"),
        new("RenewalStops", "the kernel takes the addresses of a working owner away", Effects,
            "        router.RenewAt = now + ElectionTimers.AddressRenewalInterval(lifetime);\n", "        router.RenewAt = Instant.Never;\n"),
        .. All.Where(m => m.Name is "HigherPriorityIgnored" or "PreemptOffIgnored" or "AnnouncedBeforeAddresses"),
        new("CoverTooLate", "a crash costs the role", Cover,
            "lives ? Instant.Max(due + interval / 2, _graceUntil) : due;", "Instant.Max(due + 5 * interval, _graceUntil);"),
        new("HangNeverSeen", "a hung node costs the role after five seconds", Guardian,
            "patience = patience < ShortestHang ? ShortestHang : Min(patience, LongestHang);", "patience = 100 * LongestHang;"),
        new("LastWillKeepsAddresses", "two hosts answer for an address after a last will", Cover,
            "        host.Apply(role.Record.InterfaceIndex, role.Record.KernelAddresses, present: false, 0);\n", ""),
        new("CoverWithoutRenewal", "the kernel takes the addresses of a covered role away", Cover,
            "            if (role.IsOwed)\n                host.Apply(", "            if (role.IsOwed && now < _renewAt)\n                host.Apply("),
        new("RoleNotTakenUp", "every crash moves the role", "Vigie.Node/ElectionLoop.Board.cs",
            "            router.TakesUp = new RoleToTakeUp(record, slot);\n", ""),
    ];

    private const string Guardian = "Vigie.Node/Guarding/GuardianLoop.cs";
    private const string Cover = "Vigie.Node/Guarding/GuardianLoop.Cover.cs";

    public override string ToString() => Name;
}
