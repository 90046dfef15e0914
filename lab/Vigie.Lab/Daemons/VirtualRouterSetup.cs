using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Vigie.Core.Net;

namespace Vigie.Lab.Daemons;

/// <summary>
/// One virtual router as a lab test wants it, told to each daemon in its own configuration language, so that Vigie and
/// its peers really run the same thing.
/// </summary>
public sealed record VirtualRouterSetup
{
    public string Name { get; init; } = "db";

    public byte Vrid { get; init; } = 51;

    public string Interface { get; init; } = "eth0";

    /// <summary>One or both families.</summary>
    public ImmutableArray<IpPrefix> Addresses { get; init; } = [Topologies.OneSegment.Vip4, Topologies.OneSegment.Vip6];

    /// <summary>1 to 254, or 255 for the owner.</summary>
    public byte Priority { get; init; } = 100;

    /// <summary>Version 3: multiples of 10 ms; version 2: whole seconds.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>2 or 3.</summary>
    public int Version { get; init; } = 3;

    public bool Preempt { get; init; } = true;

    /// <summary>Unicast peers; a family without any uses multicast.</summary>
    public ImmutableArray<IpAddress> Peers { get; init; } = [];

    /// <summary>Version 2 only: up to eight characters.</summary>
    public string? Password { get; init; }

    public VirtualRouterSetup OnlyFamily(IpFamily family) => this with
    {
        Addresses = [.. Addresses.Where(prefix => prefix.Family == family)],
        Peers = [.. Peers.Where(peer => peer.Family == family)],
    };

    /// <summary>A whole Vigie configuration.</summary>
    public static string ToVigie(string node, params IEnumerable<VirtualRouterSetup> routers)
    {
        var text = new StringBuilder($"node: {node}\nvirtual_routers:\n");
        foreach (var router in routers)
            router.AppendVigie(text);
        return text.ToString();
    }

    /// <summary>A whole keepalived configuration; an instance per family, because keepalived has no dual-family ones.</summary>
    public static string ToKeepalived(LabHost host, params IEnumerable<VirtualRouterSetup> routers) => ToKeepalived(host, [], routers);

    /// <summary>The same with more lines among its global definitions.</summary>
    public static string ToKeepalived(LabHost host, IEnumerable<string> globals, IEnumerable<VirtualRouterSetup> routers)
    {
        var text = new StringBuilder($"global_defs {{\n  router_id {host.Name}\n{string.Concat(globals.Select(line => $"  {line}\n"))}}}\n");
        foreach (var router in routers)
        foreach (var family in router.Families())
            router.AppendKeepalived(text, host, family);
        return text.ToString();
    }

    /// <summary>The interface section of a vrrpd configuration.</summary>
    public static string ToFrr(params IEnumerable<VirtualRouterSetup> routers)
    {
        var text = new StringBuilder();
        foreach (var router in routers)
            router.AppendFrr(text);
        return text.ToString();
    }

    internal IEnumerable<IpFamily> Families() => Addresses.Select(prefix => prefix.Family).Distinct();

    private void AppendVigie(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"""
              - name: {Name}
                vrid: {Vrid}
                interface: {Interface}
                addresses: [{string.Join(", ", Addresses)}]
                priority: {(Priority == 255 ? "owner" : Priority)}
                advertisement_interval: {Interval.TotalMilliseconds}ms
                version: {Version}
                preempt: {(Preempt ? "true" : "false")}

            """);
        if (!Peers.IsEmpty)
            text.Append(CultureInfo.InvariantCulture, $"    peers: [{string.Join(", ", Peers)}]\n");
        if (Password is not null)
            text.Append(CultureInfo.InvariantCulture, $"    authentication: {{password: {Password}}}\n");
    }

    private void AppendKeepalived(StringBuilder text, LabHost host, IpFamily family)
    {
        var addresses = Addresses.Where(prefix => prefix.Family == family);
        var peers = Peers.Where(peer => peer.Family == family).ToArray();
        // state only chooses where an instance starts; MASTER is required of the owner, and refuses nopreempt.
        text.Append(CultureInfo.InvariantCulture, $$"""
            vrrp_instance {{Name}}{{(int)family}} {
              state {{(Priority == 255 ? "MASTER" : "BACKUP")}}
              version {{Version}}
              interface {{Interface}}
              virtual_router_id {{Vrid}}
              priority {{Priority}}
              advert_int {{Interval.TotalSeconds:0.##}}
              {{(Preempt ? "preempt" : "nopreempt")}}
              virtual_ipaddress {
                {{string.Join("\n    ", addresses)}}
              }

            """);
        if (peers.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"  unicast_src_ip {host.RealAddress(family)}\n");
            // Over IPv6 it would send hop limit 64, which RFC 9568 7.1 has dropped.
            text.Append("  unicast_ttl 255\n");
            text.Append(CultureInfo.InvariantCulture, $"  unicast_peer {{\n    {string.Join("\n    ", peers)}\n  }}\n");
        }

        if (Password is not null)
            text.Append(CultureInfo.InvariantCulture, $"  authentication {{\n    auth_type PASS\n    auth_pass {Password}\n  }}\n");
        text.Append("}\n");
    }

    private void AppendFrr(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"interface {Interface}\n vrrp {Vrid} version {Version}\n");
        text.Append(CultureInfo.InvariantCulture, $" vrrp {Vrid} priority {Priority}\n vrrp {Vrid} advertisement-interval {Interval.TotalMilliseconds}\n");
        if (!Preempt)
            text.Append(CultureInfo.InvariantCulture, $" no vrrp {Vrid} preempt\n");
        foreach (var prefix in Addresses)
            text.Append(CultureInfo.InvariantCulture, $" vrrp {Vrid} {(prefix.Family == IpFamily.IPv4 ? "ip" : "ipv6")} {prefix.Address}\n");
        text.Append("exit\n");
    }
}
