using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Releasing;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Releasing;

/// <summary>What a release does with what a dead daemon left, in virtual time: who is told, how long is waited, what goes when.</summary>
public sealed class ReleaseTests : IReleaseHost, IAdvertisementPort
{
    private static readonly IpAddress Own4 = IpAddress.Parse("10.77.0.1");
    private static readonly IpAddress Own6 = IpAddress.Parse("fe80::1");
    private readonly List<string> _sent = [];
    private readonly List<string> _done = [];
    private readonly List<ReleaseReport> _reports = [];
    private int _sendError;
    private Instant _doneAt;

    private Instant Now { get; set; } = Instant.Zero + TimeSpan.FromSeconds(1);

    [Fact]
    public void A_router_without_addresses_of_ours_was_no_Active_and_is_not_spoken_for()
    {
        var release = Release([Host.Router(), Host.Router("web", 52, addresses: "10.77.0.101/24")], "10.77.0.101/24");

        release.Start(Now);

        Assert.Equal(["10.77.0.1 > 224.0.0.18: vrid 52 version 3"], _sent);
    }

    [Fact]
    public void Without_anything_of_ours_there_is_nothing_to_do()
    {
        var release = Release([Host.Router()]);

        Assert.True(release.IsEmpty);
        release.Start(Now);
        Assert.True(release.IsFinished);
        Assert.Empty(_sent);
    }

    [Fact]
    public void Addresses_serve_until_the_successor_has_announced_itself()
    {
        var release = Release([Host.Router(intervalMilliseconds: 100)], "10.77.0.100/24");
        release.Start(Now);
        Assert.Empty(_done);

        Run(release, TimeSpan.FromMilliseconds(61));
        Assert.Empty(_done);
        Hear(release, 100, "10.77.0.2");
        Run(release, ReleaseLoop.AnnouncementTime);
        Assert.Empty(_done);
        Run(release, ReleaseLoop.AnnouncementTimePerAddress);

        Assert.Equal(["remove 10.77.0.100/24"], _done);
        Assert.True(release.IsFinished);
        var report = Assert.Single(_reports);
        Assert.Equal(
            (ReleaseOutcome.TakenOver, "db", IpAddress.Parse("10.77.0.2"), TimeSpan.FromMilliseconds(61)),
            (report.Outcome, report.Router, report.Successor, report.After));
    }

    [Fact]
    public void A_pair_waits_for_both_families()
    {
        var release = Release([Host.Router(intervalMilliseconds: 100, addresses: "10.77.0.100/24 fd77::100/64")], "10.77.0.100/24", "fd77::100/64");
        release.Start(Now);
        Assert.Equal(["10.77.0.1 > 224.0.0.18: vrid 51 version 3", "fe80::1 > ff02::12: vrid 51 version 3"], _sent);

        Hear(release, 100, "10.77.0.2");
        Run(release, TimeSpan.FromMilliseconds(60));
        Assert.Empty(_done);
        Hear(release, 100, "fe80::2");
        Run(release, TimeSpan.FromMilliseconds(60));

        Assert.Equal(["remove 10.77.0.100/24 fd77::100/64"], _done);
    }

    [Theory]
    [InlineData(0, "10.77.0.2", 255)] // another resignation
    [InlineData(100, "10.77.0.1", 255)] // our own
    [InlineData(100, "10.77.0.2", 254)] // from beyond the link
    public void What_is_no_successor_is_not_taken_for_one(byte priority, string source, byte hopLimit)
    {
        var release = Release([Host.Router(intervalMilliseconds: 100)], "10.77.0.100/24");
        release.Start(Now);

        Hear(release, priority, source, hopLimit);
        Run(release, TimeSpan.FromSeconds(1));

        Assert.Equal(ReleaseOutcome.NoSuccessor, Assert.Single(_reports).Outcome);
    }

    [Theory]
    [InlineData(10, 110)]
    [InlineData(100, 200)]
    [InlineData(700, 798)]
    public void Without_a_successor_they_go_when_the_last_Backup_would_have_spoken(int interval, int milliseconds)
    {
        var release = Release([Host.Router(intervalMilliseconds: interval)], "10.77.0.100/24");
        var began = Now;
        release.Start(Now);

        Run(release, TimeSpan.FromSeconds(1));

        Assert.Equal(["remove 10.77.0.100/24"], _done);
        Assert.Equal(milliseconds, (_doneAt - began).TotalMilliseconds, 1.0);
        Assert.Equal(ReleaseOutcome.NoSuccessor, Assert.Single(_reports).Outcome);
    }

    [Theory]
    [InlineData(1000, 1)]
    [InlineData(5000, 5)]
    [InlineData(40950, 41)]
    public void Where_Backups_wait_longer_than_a_release_lasts_the_kernel_removes_them_after_that(int interval, uint seconds)
    {
        var release = Release([Host.Router(intervalMilliseconds: interval)], "10.77.0.100/24");
        var began = Now;
        release.Start(Now);

        Run(release, TimeSpan.FromSeconds(1));

        Assert.Equal([$"expire 10.77.0.100/24 in {seconds} s"], _done);
        Assert.Equal(ReleaseLoop.LongestWait, _doneAt - began);
        Assert.Equal((ReleaseOutcome.LeftToKernel, seconds), (_reports[0].Outcome, _reports[0].Seconds));
    }

    [Fact]
    public void Every_unicast_peer_is_told_in_the_version_that_it_speaks()
    {
        var router = Host.Router(version: VrrpVersion.V2, peers: "10.77.0.2 10.77.0.3", password: "secret");
        var release = Release([router], "10.77.0.100/24");

        release.Start(Now);

        Assert.Equal(["10.77.0.1 > 10.77.0.2: vrid 51 version 2", "10.77.0.1 > 10.77.0.3: vrid 51 version 2"], _sent);
    }

    [Fact]
    public void What_cannot_be_said_is_not_waited_for()
    {
        _sendError = 101;
        var release = Release([Host.Router()], "10.77.0.100/24");

        release.Start(Now);

        Assert.True(release.IsFinished);
        Assert.Equal(["remove 10.77.0.100/24"], _done);
        Assert.Equal(ReleaseOutcome.NotSent, Assert.Single(_reports).Outcome);
    }

    [Fact]
    public void Addresses_of_ours_that_nobody_knows_any_more_go_at_once()
    {
        var release = Release([Host.Router()], "10.77.0.99/32");

        release.Start(Now);

        Assert.Empty(_sent);
        Assert.Equal(["remove 10.77.0.99/32"], _done);
        Assert.Equal((ReleaseOutcome.Unknown, null), (_reports[0].Outcome, _reports[0].Router));
    }

    void IReleaseHost.Remove(int interfaceIndex, ImmutableArray<IpPrefix> addresses) => Done($"remove {string.Join(' ', addresses)}");

    void IReleaseHost.Expire(int interfaceIndex, ImmutableArray<IpPrefix> addresses, uint seconds) =>
        Done($"expire {string.Join(' ', addresses)} in {seconds} s");

    void IReleaseHost.Report(ReleaseReport report) => _reports.Add(report);

    SendOutcome IAdvertisementPort.Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        Assert.Equal(VrrpError.None, VrrpCodec.TryDecode(message, source, destination, out var said, out _));
        Assert.Equal((0, Host.Eth0), (said.Priority, interfaceIndex));
        _sent.Add($"{source} > {destination}: vrid {said.Vrid} version {(int)said.Version}");
        return new SendOutcome(_sendError, Now);
    }

    private void Done(string what)
    {
        _done.Add(what);
        _doneAt = Now;
    }

    private ReleaseLoop Release(VirtualRouterConfig[] routers, params string[] ours)
    {
        LinkReport[] links = [new(Host.Eth0, "eth0", Host.OwnMac, Running: true, ForwardsIPv6: false)];
        AddressReport[] addresses =
        [
            new(Host.Eth0, IpPrefix.Parse("10.77.0.1/24"), Ours: false, Usable: true),
            new(Host.Eth0, new IpPrefix(Own6, 64), Ours: false, Usable: true),
            .. ours.Select(address => new AddressReport(Host.Eth0, IpPrefix.Parse(address), Ours: true, Usable: true)),
        ];
        return new ReleaseLoop(Host.Configuration(routers), links, addresses, this, this);
    }

    /// <summary>Lets virtual time pass.</summary>
    private void Run(ReleaseLoop release, TimeSpan span)
    {
        var end = Now + span;
        for (var next = release.Step(Now); next <= end; next = release.Step(Now))
            Now = next;
        Now = end;
    }

    private void Hear(ReleaseLoop release, byte priority, string from, byte hopLimit = 255)
    {
        var source = IpAddress.Parse(from);
        var group = source.Family == IpFamily.IPv4 ? VrrpCodec.MulticastIPv4 : VrrpCodec.MulticastIPv6;
        var advertisement = new VrrpAdvertisement
        {
            Version = VrrpVersion.V3, Family = source.Family, Vrid = 51, Priority = priority, Interval = TimeSpan.FromMilliseconds(100),
            ChecksumForm = Ipv4ChecksumForm.PseudoHeader,
        };
        var message = new byte[VrrpCodec.MaximumLength];
        var length = VrrpCodec.Encode(advertisement, [source.Family == IpFamily.IPv4 ? Own4 : Own6], source, group, message);
        release.OnMessage(Now, new ReceivedMessage(Host.Eth0, source, group, hopLimit), message.AsSpan(0, length));
    }
}
