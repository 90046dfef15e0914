using Vigie.Core;
using Vigie.Core.Announcement;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Guarding;
using Vigie.Node.Interfaces;

namespace Vigie.Node.Routers;

/// <summary>
/// One virtual router at work on this host: its election, its announcements, its counters, and the prepared data that its
/// effects need. It decides nothing by itself and does no I/O.
/// </summary>
internal sealed class RouterRuntime
{
    private IpAddress[] _advertisedIPv4 = [];
    private IpAddress[] _advertisedIPv6 = [];
    private IpPrefix[] _planned = [];
    private readonly RouterSchedule _schedule;
    private readonly AnnouncementSchedule _announcements = new();
    private int _probesDue;
    private Instant _probesSince;

    public RouterRuntime(int slot, VirtualRouterConfig config, RouterSchedule schedule)
    {
        Slot = slot;
        Election = new VirtualRouter(config);
        _schedule = schedule;
        DuePlace = new QueuePlace(this);
        AnnouncerPlace = new QueuePlace(this);
        ListenerPlace = new QueuePlace(this);
        Prepare(config);
        Touch();
    }

    public int Slot { get; }

    /// <summary>Whoever gives it an input calls <see cref="Touch"/> then, most easily by running its effects.</summary>
    public VirtualRouter Election { get; }

    public VirtualRouterConfig Config => Election.Config;

    public LatenessHistogram Lateness { get; } = new();

    /// <summary>The interface as it is now, or null while it does not exist.</summary>
    public HostInterface? Interface { get; set; }

    /// <summary>Version 2: the password as eight bytes.</summary>
    public ulong AuthenticationData { get; private set; }

    public DropCounters Drops { get; } = new();

    /// <summary>Increased with every change of what is wanted of the kernel; an outcome of an older one is outdated.</summary>
    public int Generation { get; set; }

    /// <summary>Whether the kernel has confirmed every address of the present generation.</summary>
    public bool AddressesReady { get; set; }

    /// <summary>An address went while the kernel's answer was awaited: it may have gone after it was added.</summary>
    public bool LostWhilePending { get; set; }

    public Instant RenewAt
    {
        get;
        set
        {
            field = value;
            Touch();
        }
    } = Instant.Never;

    /// <summary>The role of an earlier process that it is about to take up.</summary>
    public RoleToTakeUp? TakesUp { get; set; }

    /// <summary>Its place on the board that the guardian reads, or -1.</summary>
    public int BoardIndex { get; set; } = -1;

    /// <summary>What stands there.</summary>
    public BoardSignature OnBoard { get; set; }

    public long Sent { get; set; }

    public long Received { get; set; }

    public long AnnouncementsSent { get; set; }

    public long AddressListMismatches { get; set; }

    public long ForeignClaims { get; set; }

    public IpAddress LastClaimAddress { get; set; }

    public MacAddress LastClaimMac { get; set; }

    public Instant LastClaimAt { get; set; }

    /// <summary>When each address was last claimed by somebody else.</summary>
    private readonly Dictionary<IpAddress, Instant> _claims = [];

    public Instant LastDefenceAt { get; set; } = Instant.Zero;

    /// <summary>When a foreign claim is answered, unless its sender turns out to be a better Active before.</summary>
    public Instant DefendAt
    {
        get;
        set
        {
            field = value;
            Touch();
        }
    } = Instant.Never;

    /// <summary>
    /// What a reload has added while the role was held, and nobody has been asked about yet: the role was taken without them.
    /// </summary>
    public HashSet<IpAddress> Unasked { get; } = [];

    /// <summary>The hold on preemption that was reported last.</summary>
    public Instant HoldReported { get; set; } = Instant.Zero;

    /// <summary>Whether it was last told that this host cannot keep time.</summary>
    public bool TimeLostReported { get; set; }

    /// <summary>The kernel has been told to teach nobody our MAC for the addresses.</summary>
    public bool Muted { get; set; }

    /// <summary>While leaving: the addresses that somebody else has announced.</summary>
    public HashSet<IpAddress> AnnouncedElsewhere { get; } = [];

    /// <summary>No configuration knows it any more; it is only there until it has left.</summary>
    public bool Departing { get; set; }

    /// <summary>What has been told of an operator's wish.</summary>
    public AsideCause ToldAside { get; set; }

    /// <summary>The error of the last send, so that only changes are reported.</summary>
    public int SendError { get; set; }

    /// <summary>The errno of the last refusal of the kernel, for the operator.</summary>
    public int AddressError { get; set; }

    public IpPrefix AddressErrorAt { get; set; }

    /// <summary>Who advertises other address lists than ours, by their digests.</summary>
    public DisagreementMemory OtherLists { get; } = new();

    /// <summary>Who advertises at another interval than ours, by its ticks.</summary>
    public DisagreementMemory OtherIntervals { get; } = new();

    /// <summary>Which drop reasons have been reported already.</summary>
    public uint ReportedDrops { get; set; }

    public bool DuplicateOwnerReported { get; set; }

    /// <summary>It belongs to this host no more: it waits for nothing.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>When it has something to do apart from announcing.</summary>
    public Instant DueAt =>
        IsForgotten ? Instant.Never : Instant.Min(Election.NextDeadline ?? Instant.Never, Instant.Min(RenewAt, DefendAt));

    /// <summary>When it has frames to send: announcements or probes.</summary>
    public Instant AnnouncesAt =>
        IsForgotten ? Instant.Never : _probesDue > 0 ? Instant.Min(_probesSince, _announcements.DueAt) : _announcements.DueAt;

    /// <summary>It waits for silence, so that it must not take its own deafness for it.</summary>
    public bool Listens => !IsForgotten && (Election.State == RouterState.Backup || Election.IsInConflict);

    /// <summary>This host cannot keep time for it, or could not when that was told last.</summary>
    public bool IsLate => !IsForgotten && (Election.IsTimeLost || TimeLostReported);

    /// <summary>Where it stands in the queues of <see cref="RouterSchedule"/>, whose own this and the following are.</summary>
    public QueuePlace DuePlace { get; }

    public QueuePlace AnnouncerPlace { get; }

    public QueuePlace ListenerPlace { get; }

    public bool IsListedLate { get; set; }

    public bool IsTouched { get; set; }

    /// <summary>What it waits for may have changed.</summary>
    public void Touch() => _schedule.Touch(this);

    /// <summary>It is taken out of everything.</summary>
    public void Forget()
    {
        IsForgotten = true;
        Touch();
    }

    public void StartAnnouncing(Instant now)
    {
        _announcements.Start(now, Config.Addresses.Length);
        Touch();
    }

    public void StopAnnouncing()
    {
        _announcements.Stop();
        Touch();
    }

    /// <summary>The next address to announce now, and whether others are to be asked for it, too; false when nothing is due.</summary>
    public bool TryTakeAnnouncement(Instant now, out IpAddress address, out bool verifies)
    {
        verifies = _announcements.NextRoundVerifies;
        var endsFirstBurst = _announcements.NextRoundEndsFirstBurst;
        var isDue = _announcements.TryNext(now, out var index);
        address = isDue ? Config.Addresses[index].Address : IpAddress.None;
        verifies |= isDue && endsFirstBurst && Unasked.Remove(address);
        return isDue;
    }

    /// <summary>A round of probes begins: every address is to be asked about.</summary>
    public void StartProbing(Instant now)
    {
        _probesDue = Config.Addresses.Length;
        _probesSince = now;
        Touch();
    }

    public void StopProbing()
    {
        _probesDue = 0;
        Touch();
    }

    /// <summary>The next address to ask about in the present round of probes; false when there is none.</summary>
    public bool TryTakeProbe(out IpAddress address)
    {
        var isDue = _probesDue > 0;
        address = isDue ? Config.Addresses[^_probesDue--].Address : IpAddress.None;
        return isDue;
    }

    /// <summary>The addresses of a family in the order of the wire: a link-local IPv6 address goes first (RFC 9568 5.2.9).</summary>
    public ReadOnlySpan<IpAddress> Advertised(IpFamily family) => family == IpFamily.IPv4 ? _advertisedIPv4 : _advertisedIPv6;

    /// <summary>New settings; the election is told separately.</summary>
    public void Prepare(VirtualRouterConfig config)
    {
        _advertisedIPv4 = [.. config.Addresses.Where(a => a.Family == IpFamily.IPv4).Select(a => a.Address)];
        _advertisedIPv6 =
        [
            .. config.Addresses.Where(a => a.Family == IpFamily.IPv6).Select(a => a.Address).OrderByDescending(a => a.IsLinkLocal),
        ];
        _planned = new IpPrefix[2 * config.Addresses.Length];
        AuthenticationData = config.Password is { } password ? VrrpCodec.PasswordBytes(password) : 0;
    }

    /// <summary>
    /// The virtual addresses in the form in which the kernel is to hold them, less those that somebody else put on the
    /// interface: these are neither added nor ever removed. The array is reused by the next call.
    /// </summary>
    public IpPrefix[] PlanAddresses(HostInterface on, out int count)
    {
        count = 0;
        foreach (var address in Config.Addresses)
            if (!on.HoldsForeign(address.Address))
                _planned[count++] = on.KernelForm(address);
        return _planned;
    }

    /// <summary>
    /// What must go so that no virtual address of ours is left: each in the form in which it stands, and in the form in
    /// which it may just be on its way to the kernel. Never an address that somebody else put there.
    /// </summary>
    public IpPrefix[] PlanRemoval(HostInterface on, out int count)
    {
        count = 0;
        foreach (var address in Config.Addresses)
        {
            var form = on.KernelForm(address);
            var isHeld = on.TryGetOurs(address.Address, out var held);
            if (isHeld)
                _planned[count++] = held;
            if (held != form && !on.HoldsForeign(address.Address))
                _planned[count++] = form;
        }

        return _planned;
    }

    public void NoteClaim(Instant now, IpAddress address) => _claims[address] = now;

    public bool WasClaimed(IpAddress address, Instant since) => _claims.TryGetValue(address, out var at) && at >= since;

    public void ForgetMismatches()
    {
        OtherLists.Clear();
        OtherIntervals.Clear();
    }

    /// <summary>
    /// The virtual addresses that stand on the interface with our tag, in the form in which they stand there.
    /// </summary>
    public IpPrefix[] HeldAddresses(HostInterface on, out int count)
    {
        count = 0;
        foreach (var address in Config.Addresses)
            if (on.TryGetOurs(address.Address, out var held))
                _planned[count++] = held;
        return _planned;
    }

    /// <summary>The fields of the next advertisement.</summary>
    public VrrpAdvertisement Advertisement(IpFamily family, byte priority) => new()
    {
        Version = Config.Version,
        Family = family,
        Vrid = Config.Vrid,
        Priority = priority,
        Interval = Config.AdvertisementInterval,
        AuthenticationType = Config.Password is null ? VrrpAuthenticationType.None : VrrpAuthenticationType.SimpleText,
        AuthenticationData = AuthenticationData,
        ChecksumForm = Config.Ipv4Checksum,
    };
}
