using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Vigie.Configuration.Keys;

/// <summary>Every key of the configuration file: the one place where names, ranges, defaults and descriptions stand.</summary>
internal static class KeyTable
{
    [StringSyntax(StringSyntaxAttribute.Regex)]
    public const string NamePattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";

    /// <summary>IFNAMSIZ leaves 15 bytes; the kernel refuses '/', ':' and white space.</summary>
    [StringSyntax(StringSyntaxAttribute.Regex)]
    public const string InterfacePattern = "^[!-.0-9;-~]{1,15}$";

    public const string MessageOnly = "message_only";
    public const string PseudoHeader = "pseudo_header";

    private const string AddressPattern = "^[0-9A-Fa-f.:]+(/[0-9]{1,3})?$";
    private const string PeerPattern = "^[0-9A-Fa-f.:]+$";
    private static readonly TextShape Name = new("1 to 63 letters, digits, '.', '_' or '-', the first a letter or digit", NamePattern) { MayBeDigits = true };

    public static readonly ConfigurationKey After = new("after", new DurationShape(TimeSpan.Zero, TimeSpan.FromHours(24)),
        "Preempt only after an Active of lower priority has been heard for this long without a break; 0s to 24h.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["delay", "preempt_delay"],
    };

    public static readonly MappingShape Preemption = new("{after: TIME}", [After]);

    public static readonly ConfigurationKey Password = new("password", new TextShape("1 to 8 bytes of text", "^.{1,8}$") { MayBeDigits = true },
        "1 to 8 bytes, sent in clear text in every packet: it keeps apart groups of hosts that were mixed up by mistake, and stops no attacker.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["auth_pass", "pass", "secret"],
    };

    public static readonly MappingShape AuthenticationBlock = new("{password: TEXT}", [Password]);

    public static readonly ConfigurationKey RouterName = new("name", Name, "The name by which commands and logs call this virtual router; unique in this file.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["id", "instance", "vrrp_instance"],
    };

    public static readonly ConfigurationKey Vrid = new("vrid", new IntegerShape(1, 255),
        "The virtual router's number, 1 to 255 (RFC 9568 5.2.3): the same on all its hosts, and different from every other virtual router of the network segment.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["virtual_router_id", "router_id", "virtual_router"],
    };

    public static readonly ConfigurationKey Interface = new("interface",
        new TextShape("an interface name: 1 to 15 characters without '/', ':' or white space", InterfacePattern) { MayBeDigits = true },
        "The network interface that carries the virtual addresses. It need not exist yet: until it does, the state is 'fault'.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["dev", "device", "iface", "nic", "interfaces"],
    };

    public static readonly ConfigurationKey Addresses = new("addresses",
        new ListShape("a list of addresses", new TextShape("an address such as 10.0.0.100/24 or fd00::100/64", AddressPattern), 1,
            ConfigurationLimits.IPv4AddressesPerAdvertisement + ConfigurationLimits.IPv6AddressesPerAdvertisement),
        "The virtual addresses, IPv4, IPv6 or both, each with its prefix length (without one: /32 or /128). At most 255 IPv4 and 90 IPv6 addresses.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["virtual_ipaddress", "virtual_ipaddresses", "vip", "vips", "ip", "ips", "virtual_addresses"],
    };

    public static readonly ConfigurationKey Priority = new("priority",
        new ChoiceShape("a number from 1 to 254, or 'owner'", [new IntegerShape(1, 254), new WordShape(["owner"])]),
        "Who wins an election: the highest, 1 to 254. 'owner' (255 on the wire) is for a host whose own real addresses these are (RFC 9568 5.2.4).")
    {
        DefaultJson = "100",
        KnownElsewhereAs = ["prio", "weight"],
    };

    public static readonly ConfigurationKey AdvertisementInterval = new("advertisement_interval",
        new DurationShape(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(255)),
        "How often the Active advertises, with its unit. Version 3: multiples of 10ms from 10ms to 40950ms. Version 2: whole seconds from 1s to 255s, the same on all hosts. The others take over after about three intervals of silence.")
    {
        DefaultJson = "\"1s\"",
        KnownElsewhereAs = ["advert_int", "interval", "advertise_interval", "advert_interval", "adver_interval", "advertisement-interval"],
    };

    public static readonly ConfigurationKey Version = new("version", new IntegerShape(2, 3),
        "The protocol version: 3 (RFC 9568), or 2 (RFC 3768: IPv4 only, whole seconds) for old peers.")
    {
        DefaultJson = "3",
        KnownElsewhereAs = ["vrrp_version", "protocol"],
    };

    public static readonly ConfigurationKey Preempt = new("preempt",
        new ChoiceShape("true, false or {after: TIME}", [new BooleanShape(), Preemption]),
        "Whether a host of higher priority takes the role from a working Active of lower priority: true, false, or {after: 30s}.")
    {
        DefaultJson = "true",
        KnownElsewhereAs = ["preemption", "nopreempt", "preempt_mode"],
    };

    public static readonly ConfigurationKey Accept = new("accept", new BooleanShape(),
        "Whether the Active accepts packets addressed to the virtual addresses (RFC 9568 6.1 Accept_Mode).")
    {
        DefaultJson = "true",
        KnownElsewhereAs = ["accept_mode"],
    };

    public static readonly ConfigurationKey CloseConnections = new("close_connections", new BooleanShape(),
        "Close the TCP connections of the virtual addresses when the role is left in order, so that clients reconnect at once.")
    {
        DefaultJson = "false",
    };

    public static readonly ConfigurationKey Peers = new("peers",
        new ListShape("a list of addresses", new TextShape("an address such as 10.0.0.2 or fd00::2", PeerPattern), 0, ConfigurationLimits.Peers),
        "The real addresses of the other hosts, for unicast. A family without peers uses multicast. At most 255.")
    {
        DefaultJson = "[]",
        KnownElsewhereAs = ["unicast_peer", "unicast_peers", "peer", "neighbors", "neighbours"],
    };

    public static readonly ConfigurationKey Authentication = new("authentication", AuthenticationBlock,
        "Simple-text authentication; version 2 only, because RFC 9568 has none.")
    {
        KnownElsewhereAs = ["auth", "auth_pass", "password"],
    };

    public static readonly ConfigurationKey StrictAddresses = new("strict_addresses", new BooleanShape(),
        "Drop advertisements whose address list differs from ours, instead of only counting them.")
    {
        DefaultJson = "false",
        KnownElsewhereAs = ["strict"],
    };

    public static readonly ConfigurationKey Ipv4Checksum = new("ipv4_checksum", new WordShape([MessageOnly, PseudoHeader]),
        "What the checksum of a version 3 advertisement over IPv4 covers when we send; both are accepted.")
    {
        DefaultJson = "\"pseudo_header\"",
        KnownElsewhereAs = ["checksum", "checksum_compatibility"],
    };

    public static readonly MappingShape VirtualRouter = new("the keys of a virtual router",
    [
        RouterName, Vrid, Interface, Addresses, Priority, AdvertisementInterval, Version, Preempt, Accept, CloseConnections, Peers, Authentication,
        StrictAddresses, Ipv4Checksum,
    ]);

    public static readonly ConfigurationKey Node = new("node", Name, "The name of this host in status, logs and events. Default: the host name.")
    {
        KnownElsewhereAs = ["hostname", "host"],
    };

    public static readonly ConfigurationKey VirtualRouters = new("virtual_routers",
        new ListShape("a list of virtual routers", VirtualRouter, 0, ConfigurationLimits.VirtualRouters),
        "The virtual routers of this host: each is a set of virtual addresses that moves between hosts as one. At most 4096.")
    {
        IsRequired = true,
        KnownElsewhereAs = ["routers", "vrrp", "instances", "virtualrouters"],
    };

    public static readonly MappingShape Root = new("the keys 'node', 'virtual_routers' and 'notify'", [Node, VirtualRouters, NotifyKeys.Notify]);

    /// <summary>Every key of the file, outermost first.</summary>
    public static ImmutableArray<ConfigurationKey> All => [.. Root.Keys, .. VirtualRouter.Keys, .. Preemption.Keys, .. AuthenticationBlock.Keys, .. NotifyKeys.Entry.Keys];
}
