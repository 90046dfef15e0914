using System.Collections.Immutable;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;

namespace Vigie.Simulation.Worlds;

/// <summary>Everything about a world that is decided before it begins: hosts, virtual routers, speeds and clocks.</summary>
internal sealed class WorldPlan
{
    private static readonly int[] IntervalsMilliseconds = [10, 20, 50, 100, 100, 250, 500, 1000, 1000, 5000];

    private WorldPlan(SeededRandom random)
    {
        Hosts = 2 + random.Below(4);
        Routers = 1 + random.Below(3);
        Version = random.Chance(0.15) ? VrrpVersion.V2 : VrrpVersion.V3;
        Interval = Version == VrrpVersion.V2
            ? TimeSpan.FromSeconds(1 + random.Below(2))
            : TimeSpan.FromMilliseconds(random.Pick<int>(IntervalsMilliseconds));
        MixedIntervals = Version == VrrpVersion.V3 && random.Chance(0.2);
        Unicast = random.Chance(0.2);
        Latency = random.Between(TimeSpan.FromMicroseconds(20), Interval / 40);
        if (Latency > TimeSpan.FromMilliseconds(2))
            Latency = TimeSpan.FromMilliseconds(2);
        KernelDelay = random.Between(TimeSpan.FromMicroseconds(20), TimeSpan.FromMicroseconds(500));
        DriftPartsPerBillion = [.. Enumerable.Range(0, Hosts).Select(_ => random.Pick(0, 20_000, -20_000, 100_000, -100_000, 500_000))];
        Configurations = [.. Enumerable.Range(0, Hosts).Select(_ => ImmutableArray<VirtualRouterConfig>.Empty)];
        Families = [.. Enumerable.Range(0, Routers).Select(_ => Version == VrrpVersion.V2 ? 4 : random.Pick(4, 4, 6, 46))];
        for (var host = 0; host < Hosts; host++)
            Configurations[host] = [.. Enumerable.Range(0, Routers).Select(router => Configure(random, host, router))];
        LongestInterval = Configurations.SelectMany(c => c).Max(c => c.AdvertisementInterval);
        LongestPreemptDelay = Configurations.SelectMany(c => c).Max(c => c.Preempt.After);
    }

    private WorldPlan(SeededRandom random, DirectedWorld directed)
    {
        Hosts = directed.Priorities.Length;
        Routers = 1;
        Version = VrrpVersion.V3;
        Interval = DirectedWorld.Interval;
        Latency = random.Between(TimeSpan.FromMicroseconds(50), TimeSpan.FromMicroseconds(150));
        KernelDelay = random.Between(TimeSpan.FromMicroseconds(20), TimeSpan.FromMicroseconds(500));
        DriftPartsPerBillion = directed.DriftPartsPerBillion;
        Families = [random.Pick(4, 6, 46)];
        Configurations = [.. directed.Priorities.Select(priority => ImmutableArray.Create(Configure(priority)))];
        LongestInterval = Interval;
    }

    public int Hosts { get; }

    public int Routers { get; }

    public VrrpVersion Version { get; }

    public TimeSpan Interval { get; }

    public bool MixedIntervals { get; }

    public TimeSpan LongestInterval { get; }

    public TimeSpan LongestPreemptDelay { get; }

    public bool Unicast { get; }

    /// <summary>The longest time a packet takes without a fault.</summary>
    public TimeSpan Latency { get; }

    /// <summary>The longest time the kernel takes for a plan, and as much again until it tells.</summary>
    public TimeSpan KernelDelay { get; }

    public int[] DriftPartsPerBillion { get; }

    /// <summary>4, 6 or 46 for each virtual router.</summary>
    public int[] Families { get; }

    /// <summary>What each host begins with.</summary>
    public ImmutableArray<VirtualRouterConfig>[] Configurations { get; }

    public static WorldPlan Make(SeededRandom random) => new(random);

    /// <summary>One virtual router on as many hosts as the course of events wants.</summary>
    public static WorldPlan Make(SeededRandom random, DirectedWorld directed) => new(random, directed);

    public static IpPrefix RealIPv4(int host) => new(IpAddress.FromIPv4(0x0A4D_0001u + (uint)host), 24);

    public static IpPrefix LinkLocal(int host) => new(IpAddress.FromIPv6(new UInt128(0xFE80_0000_0000_0000, 1 + (ulong)host)), 64);

    public static MacAddress Mac(int host) => new(0x0200_0000_0001 + (ulong)host);

    /// <summary>The virtual address number n of a router; 0 is never taken away by a reconfiguration.</summary>
    public static IpPrefix VirtualIPv4(int router, int n) => new(IpAddress.FromIPv4(0x0A4D_0064u + (uint)(router * 8 + n)), 24);

    public static IpPrefix VirtualIPv6(int router, int n) =>
        new(IpAddress.FromIPv6(new UInt128(0xFD77_0000_0000_0000, 0x100 + (ulong)(router * 8 + n))), 64);

    /// <summary>The addresses of a router when it has this many per family.</summary>
    public ImmutableArray<IpPrefix> Addresses(int router, int count)
    {
        var addresses = ImmutableArray.CreateBuilder<IpPrefix>();
        for (var n = 0; n < count; n++)
        {
            if (Families[router] != 6)
                addresses.Add(VirtualIPv4(router, n));
            if (Families[router] != 4)
                addresses.Add(VirtualIPv6(router, n));
        }

        return addresses.ToImmutable();
    }

    public override string ToString() =>
        $"{Hosts} hosts, version {(int)Version}, every {Interval.TotalMilliseconds} ms{(MixedIntervals ? " and multiples" : "")}, "
        + $"{(Unicast ? "unicast" : "multicast")}, latency up to {Latency.TotalMicroseconds} us, kernel {KernelDelay.TotalMicroseconds} us";

    private VirtualRouterConfig Configure(SeededRandom random, int host, int router) => new()
    {
        Name = $"r{router}",
        Vrid = (byte)(51 + router),
        Interface = "eth0",
        Version = Version,
        Priority = random.Pick<byte>(50, 100, 100, 120, 150, 200, 254),
        AdvertisementInterval = Interval * (MixedIntervals ? 1 + random.Below(3) : 1),
        Addresses = Addresses(router, 1 + random.Below(2)),
        Preempt = random.Below(5) switch
        {
            0 => PreemptConfig.Never,
            1 => PreemptConfig.Delayed(random.Between(Interval, 5 * Interval)),
            _ => PreemptConfig.Always,
        },
        Peers = Unicast ? [.. Enumerable.Range(0, Hosts).Where(h => h != host).SelectMany(h => Peers(router, h))] : [],
    };

    private VirtualRouterConfig Configure(byte priority) => new()
    {
        Name = "r0",
        Vrid = 51,
        Interface = "eth0",
        Version = Version,
        Priority = priority,
        AdvertisementInterval = Interval,
        Addresses = Addresses(0, 1),
    };

    private IEnumerable<IpAddress> Peers(int router, int host)
    {
        if (Families[router] != 6)
            yield return RealIPv4(host).Address;
        if (Families[router] != 4)
            yield return LinkLocal(host).Address;
    }
}
