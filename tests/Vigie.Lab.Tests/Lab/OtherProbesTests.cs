using System.Buffers.Binary;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Lab.Daemons;
using Vigie.Lab.Faults;
using Vigie.Lab.Probes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Lab;

/// <summary>TCP probes, captures and the watch over real addresses see what is there, and notice what is wrong.</summary>
public sealed class OtherProbesTests
{
    private static readonly IpAddress Vip = TwoHostsAndClient.Vip4.Address;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void New_connections_are_greeted_and_a_blocked_port_is_an_outage(bool coldArp)
    {
        using var lab = new TwoHostsAndClient();
        Give(lab.Alpha, TwoHostsAndClient.Vip4);
        TcpNameService.Start(lab.Alpha, Vip);
        var probe = TcpConnectProbe.Start(lab.Client, Vip, new TcpConnectProbeOptions { ColdArp = coldArp });
        probe.WaitForGreetingFrom("alpha", count: 10);

        lab.Lan.Faults.Block(lab.Alpha.Interface("eth0"));
        var blocked = LabClock.Now;
        Condition.WaitFor("failed attempts", () => probe.Snapshot().Attempts.Count(attempt => attempt.Started > blocked && attempt.Error.Length > 0) >= 3);
        var undoing = LabClock.Now;
        lab.Lan.Faults.UndoAll();
        probe.WaitForGreetingFrom("alpha", count: 5);
        var seen = probe.Stop();

        Assert.InRange(seen.Outage(Instant.Zero, Instant.Never)!.Value, undoing - blocked, TimeSpan.FromSeconds(3));
        Assert.All(seen.Attempts, attempt => Assert.True(attempt.Host is "alpha" ^ attempt.Error.Length > 0, attempt.ToString()));
    }

    [Fact]
    public void A_long_connection_is_reset_by_the_host_that_takes_the_address_over()
    {
        using var lab = new TwoHostsAndClient();
        Give(lab.Alpha, TwoHostsAndClient.Vip4);
        foreach (var host in lab.Competitors)
            TcpNameService.Start(host, Vip);
        var probe = TcpStreamProbe.Start(lab.Client, Vip);
        probe.WaitForStreamTo("alpha", answers: 10);

        lab.Alpha.DeleteAddress(TwoHostsAndClient.Vip4);
        Give(lab.Beta, TwoHostsAndClient.Vip4);
        lab.Client.Ip("neigh flush dev eth0");
        probe.WaitForStreamTo("beta");

        var first = probe.Conversations[0];
        Assert.Equal(("alpha", StreamEnd.Reset), (first.Host, first.End));
        Assert.True(first.Answers >= 10 && first.Ended >= first.LastAnswer);
    }

    [Fact]
    public void A_long_connection_to_a_host_that_vanishes_falls_silent()
    {
        using var lab = new TwoHostsAndClient();
        Give(lab.Alpha, TwoHostsAndClient.Vip4);
        TcpNameService.Start(lab.Alpha, Vip);
        var probe = TcpStreamProbe.Start(lab.Client, Vip, silenceLimit: TimeSpan.FromMilliseconds(200));
        probe.WaitForStreamTo("alpha");

        lab.Lan.Faults.Block(lab.Alpha.Interface("eth0"));
        Condition.WaitFor("the end of the connection", () => probe.Conversations.Any(conversation => conversation.End != StreamEnd.StillOpen));

        var first = probe.Conversations[0];
        Assert.Equal(StreamEnd.Silent, first.End);
        Assert.True(first.Ended - first.LastAnswer > TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public void A_capture_sees_frames_both_ways_with_their_times()
    {
        using var lab = new TwoHostsAndClient();
        var capture = CaptureSocket.Start(lab.Alpha, wanted: frame => frame.IsArp);
        var before = LabClock.Now;

        Assert.True(lab.Beta.Reaches(lab.Alpha.IPv4));

        var question = capture.WaitFor("an ARP request", frame => Operation(frame) == 1 && frame.Source == lab.Beta.Interface("eth0").Mac);
        var answer = capture.WaitFor("an ARP reply", frame => Operation(frame) == 2 && frame.Source == lab.Alpha.Interface("eth0").Mac);
        Assert.Equal(MacAddress.Broadcast, question.Destination);
        Assert.True(before <= question.At && question.At <= answer.At && answer.At <= LabClock.Now);
    }

    [Fact]
    public void Tshark_accepts_keepaliveds_frames_and_complains_about_a_broken_one()
    {
        using var lab = new TwoHostsAndClient();
        var recording = Tcpdump.Start(lab.Beta);
        var keepalived = KeepalivedDaemon.Start(lab.Alpha, new VirtualRouterSetup { Addresses = [TwoHostsAndClient.Vip4], Version = 2, Interval = TimeSpan.FromSeconds(1) });
        var capture = CaptureSocket.Start(lab.Beta, wanted: frame => frame.IsVrrp);
        var frame = capture.WaitFor("an advertisement", frame => frame.IsVrrp).Bytes.ToArray();
        keepalived.Stop();
        var good = recording.Stop();

        Assert.True(TsharkCheck.Count(good, lab.Alpha.Interface("eth0").Mac, "vrrp") >= 1);
        Assert.Empty(TsharkCheck.Complaints(good, lab.Alpha.Interface("eth0").Mac));

        // The same frame with another priority: its checksum no longer fits.
        frame[14 + 20 + 2] ^= 0x10;
        var broken = Path.Combine(lab.Run.Directory, "broken.pcap");
        WritePcap(broken, frame);
        Assert.Single(TsharkCheck.Complaints(broken));
        // And one that ends in the middle of its address list.
        WritePcap(broken, frame.AsSpan(0, 14 + 20 + 9).ToArray());
        Assert.Single(TsharkCheck.Complaints(broken));
    }

    [Fact]
    public void The_watch_over_real_addresses_is_quiet_while_all_is_well_and_names_what_is_not()
    {
        using var lab = new TwoHostsAndClient();
        var watch = RealAddressWatch.Start(lab.Client, lab.Competitors);
        Give(lab.Alpha, TwoHostsAndClient.Vip4);
        watch.WaitForRounds(3);
        Assert.Empty(watch.Problems);

        // A VIP that became the preferred source, as an address added without care does.
        lab.Alpha.Ip($"route replace 10.77.0.0/24 dev eth0 src {Vip}");
        watch.WaitForRounds(2);
        Assert.All(watch.Problems, problem => Assert.Equal(("alpha", $"its own IPv4 datagram leaves from {Vip}"), (problem.Host, problem.Text)));
        Assert.NotEmpty(watch.Problems);
        lab.Alpha.Ip($"route replace 10.77.0.0/24 dev eth0 src {lab.Alpha.IPv4}");

        lab.Lan.Faults.Block(lab.Beta.Interface("eth0"));
        watch.WaitForRounds(1, TimeSpan.FromSeconds(20));
        Assert.Contains(watch.Problems, problem => problem.Host == "beta" && problem.Text.Contains("does not answer", StringComparison.Ordinal));
    }

    private static void Give(LabHost host, IpPrefix vip) => host.Ip($"addr add {vip} dev eth0");

    private static int Operation(CapturedFrame frame) => BinaryPrimitives.ReadUInt16BigEndian(frame.Payload[6..]);

    private static void WritePcap(string path, byte[] frame)
    {
        using var file = new BinaryWriter(File.Create(path));
        foreach (var word in new[] { 0xA1B2C3D4u, 0x00040002u, 0u, 0u, 65535u, 1u, 0u, 0u, (uint)frame.Length, (uint)frame.Length })
            file.Write(word);
        file.Write(frame);
    }
}
