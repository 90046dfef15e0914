using Vigie.Core.Net;
using Vigie.Linux.Native;
using Xunit;

namespace Vigie.Linux.Tests.Route;

/// <summary>Addresses, links and neighbours through rtnetlink, against the running kernel in a namespace of its own.</summary>
public sealed class RouteSocketTests : IDisposable
{
    private const byte Tag = 0xC8;

    private readonly TestNetwork _network = new();
    private readonly RouteSocket _socket;

    public RouteSocketTests() => _socket = _network.OnLeft(() => new RouteSocket());

    [Theory]
    [InlineData("10.77.0.100/24", false)]
    [InlineData("fd77::100/64", true)]
    public void An_added_address_carries_tag_lifetime_and_no_prefix_route(string prefix, bool isIPv6)
    {
        Assert.Equal(0, Apply(AddressOperation.Add, prefix, 60));

        var address = Find(prefix);
        Assert.Equal(
            new AddressInfo
            {
                InterfaceIndex = _network.LeftIndex,
                Prefix = IpPrefix.Parse(prefix),
                Protocol = Tag,
                Scope = AddressScope.Global,
                IsSecondary = !isIPv6,
                IsDeprecated = isIPv6,
                HasNoPrefixRoute = true,
            },
            address with { ValidLifetimeSeconds = 0, PreferredLifetimeSeconds = 0 });
        Assert.InRange(address.ValidLifetimeSeconds, 58u, 60u);
        Assert.InRange(address.PreferredLifetimeSeconds, isIPv6 ? 0u : 58u, isIPv6 ? 0u : 60u);
    }

    [Theory]
    [InlineData("10.77.0.100/24")]
    [InlineData("10.99.0.100/32")]
    [InlineData("fd77::100/64")]
    public void Adding_again_renews_the_lifetime_and_keeps_tag_and_flags(string prefix)
    {
        Apply(AddressOperation.Add, prefix, 20);
        var first = Find(prefix);
        Waiting.Until(() => Find(prefix).ValidLifetimeSeconds <= 18, "the lifetime to count down");

        Assert.Equal(0, Apply(AddressOperation.Add, prefix, 20));

        var renewed = Find(prefix);
        Assert.InRange(renewed.ValidLifetimeSeconds, 19u, 20u);
        Assert.Equal(
            first with { ValidLifetimeSeconds = 0, PreferredLifetimeSeconds = 0 },
            renewed with { ValidLifetimeSeconds = 0, PreferredLifetimeSeconds = 0 });
    }

    [Theory]
    [InlineData("10.77.0.100/24")]
    [InlineData("fd77::100/64")]
    public void The_kernel_removes_an_address_that_nobody_renews(string prefix)
    {
        var added = Clock.Now();
        Apply(AddressOperation.Add, prefix, 1);
        Assert.True(Exists(prefix));

        Waiting.Until(() => !Exists(prefix), "the kernel to remove the address");

        Assert.InRange((Clock.Now() - added).TotalSeconds, 0.9, 5);
    }

    [Theory]
    [InlineData("10.77.0.100/24")]
    [InlineData("fd77::100/64")]
    public void A_renewed_address_outlives_its_first_lifetime(string prefix)
    {
        Apply(AddressOperation.Add, prefix, 1);
        Apply(AddressOperation.Add, prefix, 60);
        Apply(AddressOperation.Add, "10.77.0.101/24", 2);

        Waiting.Until(() => !Exists("10.77.0.101/24"), "an address with a longer life to go");

        Assert.True(Exists(prefix));
    }

    [Fact]
    public void An_address_can_live_for_ever()
    {
        Apply(AddressOperation.Add, "10.77.0.100/24", AddressInfo.Forever);

        Assert.Equal(AddressInfo.Forever, Find("10.77.0.100/24").ValidLifetimeSeconds);
    }

    [Theory]
    [InlineData("10.77.0.100/24")]
    [InlineData("fd77::100/64")]
    public void Removing_works_once_and_then_says_that_there_is_nothing(string prefix)
    {
        Apply(AddressOperation.Add, prefix, 60);

        Assert.Equal(0, Apply(AddressOperation.Remove, prefix, 0));
        Assert.False(Exists(prefix));
        Assert.Equal(Errno.EADDRNOTAVAIL, Apply(AddressOperation.Remove, prefix, 0));
    }

    [Theory]
    [InlineData("10.77.0.3/24", "10.77.0.2", "10.77.0.1")]
    [InlineData("fd77::3/64", "fd77::2", "fd77::1")]
    public void The_real_address_stays_the_source_of_the_hosts_own_connections(string virtualAddress, string peer, string real)
    {
        // The virtual address is nearer to the peer than the real one: without our flags it would be chosen.
        Apply(AddressOperation.Add, virtualAddress, 60);

        Assert.Contains($" src {real} ", _network.Left("route", "get", peer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.77.0.100/24")]
    [InlineData("fd77::100/64")]
    public void An_address_is_delivered_while_the_interface_has_it(string prefix)
    {
        var address = IpPrefix.Parse(prefix).Address;
        Assert.False(_socket.IsDelivered(_network.LeftIndex, address));

        Apply(AddressOperation.Add, prefix, 60);
        Waiting.Until(() => _socket.IsDelivered(_network.LeftIndex, address), "the kernel to take packets to the address");
        Assert.Equal(0, Allocations.Of(() => _socket.IsDelivered(_network.LeftIndex, address)));

        Apply(AddressOperation.Remove, prefix, 0);
        Waiting.Until(() => !_socket.IsDelivered(_network.LeftIndex, address), "the kernel to take no more packets");
        Assert.False(_socket.IsDelivered(_network.LeftIndex, address.Family == IpFamily.IPv4 ? TestNetwork.RightIPv4 : TestNetwork.RightIPv6));
    }

    [Fact]
    public void Every_change_of_a_long_batch_gets_its_own_answer()
    {
        const int count = 3 * RouteSocket.MaxChangesPerDatagram + 7;
        var changes = new AddressChange[count];
        var expected = new int[count];
        for (var i = 0; i < count; i++)
        {
            changes[i] = Change(AddressOperation.Add, i % 2 == 0 ? $"10.{i / 256}.{i % 256}.9/32" : $"fd99::{i:x}/128", 60);
            if (i % 10 == 3)
                (changes[i], expected[i]) = (changes[i] with { Operation = AddressOperation.Remove }, Errno.EADDRNOTAVAIL);
            else if (i % 10 == 6)
                (changes[i], expected[i]) = (changes[i] with { InterfaceIndex = 99_999 }, Errno.ENODEV);
            else if (i % 10 == 9)
                (changes[i], expected[i]) = (changes[i] with { ValidLifetimeSeconds = 0 }, Errno.EINVAL);
        }

        var errnos = new int[count];
        _socket.ApplyAddresses(changes, errnos);

        Assert.Equal(expected, errnos);
        Assert.Equal(
            changes.Where((_, i) => expected[i] == 0).Select(change => change.Prefix).Order(),
            _socket.DumpAddresses().Where(address => address.Protocol == Tag).Select(address => address.Prefix).Order());
    }

    [Fact]
    public void Applying_addresses_allocates_nothing()
    {
        AddressChange[] changes = [Change(AddressOperation.Add, "10.77.0.100/24", 60), Change(AddressOperation.Add, "fd77::100/64", 60)];
        var errnos = new int[2];

        Assert.Equal(0, Allocations.Of(() => _socket.ApplyAddresses(changes, errnos)));
        Assert.Equal([0, 0], errnos);
    }

    [Fact]
    public void A_dump_is_begun_again_when_addresses_change_meanwhile()
    {
        // The kernel walks a list by position: without starting over, a removal before the position hides an address.
        var stable = new AddressChange[600];
        for (var i = 0; i < stable.Length; i++)
            stable[i] = Change(AddressOperation.Add, $"10.1.{i / 256}.{i % 256}/32", 600);
        using var other = _network.OnLeft(() => new RouteSocket());
        other.ApplyAddresses([Change(AddressOperation.Add, "10.0.0.1/32", 600)], new int[1]);
        other.ApplyAddresses(stable, new int[stable.Length]);
        var stop = false;
        var disturber = new Thread(() =>
        {
            var errnos = new int[2];
            using var pause = new TimerFd();
            while (!Volatile.Read(ref stop))
            {
                other.ApplyAddresses([Change(AddressOperation.Remove, "10.0.0.1/32", 0), Change(AddressOperation.Add, "10.0.0.1/32", 600)], errnos);
                pause.Arm(Clock.Now() + TimeSpan.FromMilliseconds(0.7));
                Waiting.IsReadable(pause);
            }
        });
        disturber.Start();
        try
        {
            Waiting.Until(
                () =>
                {
                    var seen = _socket.DumpAddresses().Select(address => address.Prefix).Where(prefix => prefix.Address >= IpAddress.Parse("10.1.0.0") && prefix.Address <= IpAddress.Parse("10.1.255.255"));
                    Assert.Equal(stable.Select(change => change.Prefix).Order(), seen.Order());
                    return _socket.InterruptedDumps >= 3;
                },
                "three interrupted dumps");
        }
        finally
        {
            Volatile.Write(ref stop, true);
            disturber.Join();
        }
    }

    [Fact]
    public void A_link_is_described_whole()
    {
        _network.Left("link", "set", "v0", "address", "02:00:00:00:00:01", "mtu", "1400");

        Assert.Equal(
            new LinkInfo
            {
                Index = _network.LeftIndex,
                Name = "v0",
                Mac = new MacAddress(0x0200_0000_0001),
                IsUp = true,
                HasCarrier = true,
                Mtu = 1400,
                Kind = "veth",
            },
            Link("v0") with { CarrierChanges = null });
        Assert.Equal(
            new LinkInfo { Index = 1, Name = "lo", IsUp = true, HasCarrier = true, Mtu = 65536, IsLoopback = true },
            Link("lo") with { CarrierChanges = null });
    }

    [Fact]
    public void A_short_loss_of_the_carrier_is_seen_afterwards()
    {
        var before = Link("v0").CarrierChanges;
        Assert.NotNull(before);
        Assert.Equal(before, Link("v0").CarrierChanges);

        _network.Left("link", "set", "v0", "down");
        _network.Left("link", "set", "v0", "up");
        Waiting.Until(() => Link("v0").HasCarrier, "the carrier to return");
        var afterwards = Link("v0").CarrierChanges;
        Assert.NotEqual(before, afterwards);

        _network.Right("link", "set", "v0", "down");
        _network.Right("link", "set", "v0", "up");
        Waiting.Until(() => Link("v0").HasCarrier, "the carrier to return");
        Assert.NotEqual(afterwards, Link("v0").CarrierChanges);
    }

    [Fact]
    public void Forwarding_of_IPv6_is_told_per_link()
    {
        Assert.False(Link("v0").ForwardsIPv6);

        _network.OnLeft(() => { File.WriteAllText("/proc/sys/net/ipv6/conf/v0/forwarding", "1"); return true; });

        Assert.True(Link("v0").ForwardsIPv6);
        Assert.False(Link("lo").ForwardsIPv6);
    }

    [Fact]
    public void A_link_whose_other_end_is_down_is_up_without_carrier()
    {
        _network.Right("link", "set", "v0", "down");
        Waiting.Until(() => !Link("v0").HasCarrier, "the carrier to go");
        Assert.True(Link("v0").IsUp);

        _network.Right("link", "set", "v0", "up");
        Waiting.Until(() => Link("v0").HasCarrier, "the carrier to return");

        _network.Left("link", "set", "v0", "down");
        Assert.False(Link("v0").IsUp);
        Assert.False(Link("v0").HasCarrier);
    }

    [Theory]
    [InlineData("10.77.0.50")]
    [InlineData("fd77::50")]
    public void A_neighbour_entry_can_be_set_replaced_and_deleted(string text)
    {
        var address = IpAddress.Parse(text);
        var entry = new NeighborInfo
        {
            InterfaceIndex = _network.LeftIndex,
            Address = address,
            Mac = new MacAddress(0x0200_0000_0050),
            State = NeighborState.Permanent,
        };
        Assert.Equal(0, _socket.SetNeighbor(entry));
        Assert.Equal(entry, _socket.DumpNeighbors().Single(neighbor => neighbor.Address == address));

        var moved = entry with { Mac = new MacAddress(0x0200_0000_0051) };
        Assert.Equal(0, _socket.SetNeighbor(moved));
        Assert.Equal(moved, _socket.DumpNeighbors().Single(neighbor => neighbor.Address == address));

        Assert.Equal(0, _socket.DeleteNeighbor(_network.LeftIndex, address));
        Assert.DoesNotContain(_socket.DumpNeighbors(), neighbor => neighbor.Address == address && neighbor.State == NeighborState.Permanent);
    }

    [Fact]
    public void An_answer_that_did_not_come_from_the_kernel_is_ignored()
    {
        // Error messages for the next few sequence numbers, each saying "not permitted".
        var forged = new byte[36];
        using var attacker = _network.OnLeft(() => new RouteSocket());
        for (uint sequence = 0; sequence < 5; sequence++)
        {
            BitConverter.TryWriteBytes(forged, 36);
            BitConverter.TryWriteBytes(forged.AsSpan(4), RouteConstants.MessageError);
            BitConverter.TryWriteBytes(forged.AsSpan(8), sequence);
            BitConverter.TryWriteBytes(forged.AsSpan(16), -Errno.EPERM);
            Forgery.Send(attacker, _socket.PortId, forged);
        }

        Assert.Equal(0, Apply(AddressOperation.Add, "10.77.0.100/24", 60));
        Assert.Equal(5, _socket.ForeignDatagrams);
    }

    private AddressChange Change(AddressOperation operation, string prefix, uint lifetime) => new()
    {
        Operation = operation,
        InterfaceIndex = _network.LeftIndex,
        Prefix = IpPrefix.Parse(prefix),
        ValidLifetimeSeconds = lifetime,
        Protocol = Tag,
    };

    private int Apply(AddressOperation operation, string prefix, uint lifetime)
    {
        Span<int> errnos = [-1];
        _socket.ApplyAddresses([Change(operation, prefix, lifetime)], errnos);
        return errnos[0];
    }

    private bool Exists(string prefix) => _socket.DumpAddresses().Any(address => address.Prefix == IpPrefix.Parse(prefix));

    private AddressInfo Find(string prefix) => _socket.DumpAddresses().Single(address => address.Prefix == IpPrefix.Parse(prefix));

    private LinkInfo Link(string name) => _socket.DumpLinks().Single(link => link.Name == name);

    public void Dispose()
    {
        _socket.Dispose();
        _network.Dispose();
    }
}
