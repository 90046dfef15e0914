using Vigie.Core.Net;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>Transcripts of what is asked of the kernel: which addresses, in which form, and what follows when they do not stay.</summary>
public class AddressScenarios
{
    private const int AddressNotAvailable = 99;

    [Fact]
    public void Addresses_that_the_kernel_refuses_make_the_active_resign_and_try_again_later()
    {
        var host = new Host(Host.Router());
        host.Refused[IpAddress.Parse("10.77.0.100")] = AddressNotAvailable;
        host.Started();
        host.Run(20);
        host.Chapter("the kernel takes it now");
        host.Refused.Clear();
        host.Run(15);
        Assert.Equal(0, host.Status().AddressError);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void One_refused_address_of_several_takes_the_others_back()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24"));
        host.Refused[IpAddress.Parse("10.77.0.101")] = AddressNotAvailable;
        host.Started();
        host.Run(4);
        Assert.Empty(host.Table);
        Assert.Equal(AddressNotAvailable, host.Status().AddressError);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_address_that_somebody_deletes_comes_back_at_once_without_an_election()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(4);
        host.Chapter("ip addr del");
        host.AddressRemoved("10.77.0.100/24");
        host.Run(0.5);
        Assert.Single(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void A_virtual_address_keeps_its_length_next_to_a_real_one_of_its_network()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 10.99.0.100/24 fd77::100/64")).Started();
        host.Run(4);
        host.Chapter("the real network of the second one appears: it becomes secondary there");
        host.Address("10.99.0.1/24");
        host.Run(0.5);
        Assert.Equal(
            ["10.77.0.100/24", "10.99.0.100/24", "fd77::100/64"], host.Table.Select(a => a.Prefix.ToString()).Order());
        host.Chapter("and goes again");
        host.AddressRemoved("10.99.0.1/24");
        host.Run(0.5);
        Assert.Equal(
            ["10.77.0.100/24", "10.99.0.100/32", "fd77::100/64"], host.Table.Select(a => a.Prefix.ToString()).Order());
        host.Chapter("shutdown leaves nothing");
        host.Shutdown();
        host.Run(1);
        Assert.Empty(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Tagged_addresses_of_a_predecessor_are_removed_at_the_start_and_others_are_left_alone()
    {
        var host = new Host(Host.Router());
        host.Link();
        host.Address("10.77.0.1/24");
        host.Address("10.77.0.100/24", ours: true);
        host.Address("10.77.0.66/24", ours: true);
        host.Address("10.77.0.77/24");
        host.Start();
        host.Run(1);
        Assert.Empty(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void An_address_that_stands_there_already_is_used_and_never_removed()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24"));
        host.Link();
        host.Address("10.77.0.1/24");
        host.Address("10.77.0.100/24");
        host.Start();
        host.Run(4);
        host.Chapter("its administrator takes it away: now it is ours to hold");
        host.AddressRemoved("10.77.0.100/24");
        host.Run(0.5);
        host.Chapter("shutdown");
        host.Shutdown();
        host.Run(1);
        Assert.Empty(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Our_address_is_removed_when_we_leave_even_if_somebody_added_it_again_with_another_length()
    {
        var host = new Host(Host.Router()).Started();
        host.Run(4);
        host.Chapter("somebody adds it as /16");
        host.Address("10.77.0.100/16");
        host.Chapter("shutdown");
        host.Shutdown();
        host.Run(1);
        Assert.Empty(host.Table);
        host.Transcript.AssertAsExpected();
    }

    [Fact]
    public void Lifetimes_are_renewed_every_half_second_at_two_seconds_and_every_second_above()
    {
        var host = new Host(
            Host.Router(intervalMilliseconds: 100),
            Host.Router("web", 52, intervalMilliseconds: 1000, addresses: "10.77.0.101/24"));
        host.ShowRenewals = true;
        host.Started();
        host.Run(6);
        host.Transcript.AssertAsExpected();
    }

    /// <summary>The kernel tells of a removal, but, as the daemon's event socket is set, not of what we have added ourselves.</summary>
    [Fact]
    public void An_address_deleted_before_the_kernel_confirmed_it_comes_back_too()
    {
        var host = new Host(Host.Router(addresses: "10.77.0.100/24 10.77.0.101/24")) { TellsOfOwnAdditions = false }.Started();
        host.Run(3.4142);
        host.Chapter("added, told to be gone, and only then confirmed");
        host.AddressRemoved("10.77.0.100/24");
        host.Run(0.5);
        Assert.Equal(2, host.Table.Count);
        host.Chapter("what another host's network settings lose concerns nobody");
        host.AddressRemoved("10.99.0.100/24");
        host.Run(0.2);
        host.Transcript.AssertAsExpected();
    }
}
