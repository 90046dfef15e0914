using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Linux;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Releasing;

namespace Vigie.Daemon.ReleaseSide;

/// <summary>The kernel as a release sees it: what there is, what is sent, what is removed.</summary>
internal sealed class ReleaseHost : IReleaseHost, IAdvertisementPort, IDisposable
{
    private readonly RouteSocket _routes = new();
    private readonly TextWriter _output;
    private readonly ImmutableArray<AddressInfo> _addresses;

    public ReleaseHost(TextWriter output)
    {
        _output = output;
        Links = [.. _routes.DumpLinks().Select(link => new LinkReport(link.Index, link.Name, link.Mac, link.IsUp && link.HasCarrier, link.ForwardsIPv6))];
        _addresses = _routes.DumpAddresses();
        Addresses = [.. _addresses.Select(address => new AddressReport(
            address.InterfaceIndex, address.Prefix, address.Protocol == AddressTag.Value, !address.IsTentative && !address.IsDadFailed))];
    }

    public ImmutableArray<LinkReport> Links { get; }

    public ImmutableArray<AddressReport> Addresses { get; }

    public VrrpSocket IPv4 { get; } = VrrpSocket.Open(IpFamily.IPv4);

    public VrrpSocket IPv6 { get; } = VrrpSocket.Open(IpFamily.IPv6);

    /// <summary>The first refusal of the kernel, if any: an address may still stand.</summary>
    public string? Refusal { get; private set; }

    public SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        var error = (source.Family == IpFamily.IPv4 ? IPv4 : IPv6).Send(interfaceIndex, source, destination, message);
        return new SendOutcome(error, Clock.Now());
    }

    public void Remove(int interfaceIndex, ImmutableArray<IpPrefix> addresses) => Apply(interfaceIndex, addresses, AddressOperation.Remove, 0);

    public void Expire(int interfaceIndex, ImmutableArray<IpPrefix> addresses, uint seconds)
    {
        foreach (var address in addresses)
        {
            var left = _addresses.First(known => known.InterfaceIndex == interfaceIndex && known.Prefix == address).ValidLifetimeSeconds;
            if (left > seconds)
                Apply(interfaceIndex, [address], AddressOperation.Add, seconds);
        }
    }

    public void Report(ReleaseReport report) => _output.WriteLine(ReleaseText.Describe(report));

    /// <summary>Hears VRRP on these interfaces. What cannot be heard is waited for in vain, which costs time and nothing else.</summary>
    public void Listen(ImmutableArray<ListeningInterface> interfaces)
    {
        int[] indexes = [.. interfaces.Select(on => on.Index)];
        IPv4.SetFilter(indexes);
        IPv6.SetFilter(indexes);
        foreach (var on in interfaces)
        {
            if (on.IPv4)
                _ = IPv4.Join(on.Index, Core.Wire.VrrpCodec.MulticastIPv4);
            if (on.IPv6)
                _ = IPv6.Join(on.Index, Core.Wire.VrrpCodec.MulticastIPv6);
        }
    }

    public void Dispose()
    {
        IPv4.Dispose();
        IPv6.Dispose();
        _routes.Dispose();
    }

    private void Apply(int interfaceIndex, ImmutableArray<IpPrefix> addresses, AddressOperation operation, uint seconds)
    {
        AddressChange[] changes =
        [
            .. addresses.Select(address => new AddressChange
            {
                Operation = operation, InterfaceIndex = interfaceIndex, Prefix = address,
                ValidLifetimeSeconds = seconds, Protocol = AddressTag.Value,
            }),
        ];
        var errors = new int[changes.Length];
        _routes.ApplyAddresses(changes, errors);
        for (var i = 0; i < errors.Length; i++)
            if (errors[i] is not (0 or Errno.EADDRNOTAVAIL or Errno.ENODEV))
                Refusal ??= $"the kernel does not remove {addresses[i]}: {new LinuxError(errors[i])}";
    }
}
