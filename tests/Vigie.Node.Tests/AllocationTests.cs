using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Events;
using Vigie.Node.Interfaces;
using Vigie.Node.Ports;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>The election path allocates nothing when steady: no garbage collection can ever delay an advertisement.</summary>
public class AllocationTests
{
    private const int Routers = 50;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    [Fact]
    public void A_steady_active_of_fifty_routers_allocates_nothing_in_a_minute()
    {
        var ports = new SilentPorts();
        var loop = Begin(ports, priority: 200);
        var now = Run(loop, ports, Instant.Zero, TimeSpan.FromSeconds(30), hears: false);
        var sent = ports.Sent;

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(loop, ports, now, TimeSpan.FromMinutes(1), hears: false);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(2 * Routers * 600, ports.Sent - sent); // two families, ten a second
        Assert.True(ports.Frames > 0 && ports.Plans > 60 * Routers, "it was not idle");
    }

    [Fact]
    public void A_steady_backup_of_fifty_routers_allocates_nothing_in_a_minute()
    {
        var ports = new SilentPorts();
        var loop = Begin(ports, priority: 100);
        var now = Run(loop, ports, Instant.Zero, TimeSpan.FromSeconds(30), hears: true);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(loop, ports, now, TimeSpan.FromMinutes(1), hears: true);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(0, ports.Sent);
    }

    private static ElectionLoop Begin(SilentPorts ports, byte priority)
    {
        var routers = Enumerable.Range(1, Routers).Select(i => Host.Router(
            $"r{i}", (byte)i, priority, (int)Interval.TotalMilliseconds, $"10.77.1.{i}/16 fd77::{i:x}/64")).ToArray();
        var loop = new ElectionLoop(Host.Configuration(routers), ports, ports, ports, ports);
        ports.Loop = loop;
        loop.OnLink(Instant.Zero, new LinkReport(Host.Eth0, "eth0", Host.OwnMac, true, false));
        loop.OnAddress(Instant.Zero, new AddressReport(Host.Eth0, IpPrefix.Parse("10.77.0.1/16"), false, true));
        loop.OnAddress(Instant.Zero, new AddressReport(Host.Eth0, IpPrefix.Parse("fe80::1/64"), false, true));
        loop.Start(Instant.Zero);
        loop.OnListening(Instant.Zero, new ListeningOutcome(ports.ListeningGeneration, Host.Eth0, IpFamily.IPv4, 0, GroupOnly: false));
        loop.OnListening(Instant.Zero, new ListeningOutcome(ports.ListeningGeneration, Host.Eth0, IpFamily.IPv6, 0, GroupOnly: false));
        return loop;
    }

    private static Instant Run(ElectionLoop loop, SilentPorts ports, Instant now, TimeSpan span, bool hears)
    {
        var end = now + span;
        var nextHeard = now;
        while (true)
        {
            var next = Instant.Min(loop.Step(now), hears ? nextHeard : Instant.Never);
            ports.Answer(now);
            next = Instant.Min(next, loop.Step(now));
            if (next > end)
                return end;
            now = next;
            if (!hears || now < nextHeard)
                continue;
            nextHeard = now + Interval;
            for (var vrid = 1; vrid <= Routers; vrid++)
                ports.Hear(now, (byte)vrid);
        }
    }

    /// <summary>Ports that count and answer, and allocate nothing themselves once warm.</summary>
    private sealed class SilentPorts : IAdvertisementPort, IFramePort, IHostNetwork, INodeEventSink
    {
        private readonly Queue<AddressOutcome> _outcomes = new(4 * Routers);
        private readonly byte[] _message = new byte[64];
        private readonly IpAddress[] _address = new IpAddress[1];
        private readonly IpAddress _peer4 = IpAddress.Parse("10.77.0.2");
        private readonly IpAddress _peer6 = IpAddress.Parse("fe80::2");

        public ElectionLoop? Loop { get; set; }

        public long Sent { get; private set; }

        public long Frames { get; private set; }

        public long Plans { get; private set; }

        public int ListeningGeneration { get; private set; }

        public SendOutcome Send(int interfaceIndex, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
        {
            Sent++;
            return new SendOutcome(0, Instant.Zero);
        }

        public int Send(int interfaceIndex, ReadOnlySpan<byte> frame)
        {
            Frames++;
            return 0;
        }

        public void Apply(in AddressPlan plan)
        {
            Plans++;
            _outcomes.Enqueue(new AddressOutcome(plan.Router, plan.Generation, plan.Present, 0, default));
        }

        public void Listen(ListeningPlan plan) => ListeningGeneration = plan.Generation;

        void IHostNetwork.Prepare(PreparationPlan plan) => throw new InvalidOperationException("nobody reloads here");

        void IHostNetwork.Mute(ImmutableArray<IpAddress> addresses, bool muted)
        {
        }

        void IHostNetwork.CloseConnections(ImmutableArray<IpAddress> addresses)
        {
        }

        public void Report(in NodeEvent nodeEvent)
        {
        }

        public void Answer(Instant now)
        {
            while (_outcomes.TryDequeue(out var outcome))
                Loop!.OnAddressesApplied(now, outcome);
        }

        public void Hear(Instant now, byte vrid)
        {
            Hear(now, vrid, _peer4, VrrpCodec.MulticastIPv4, IpAddress.FromIPv4(0x0A4D_0100u | vrid));
            Hear(now, vrid, _peer6, VrrpCodec.MulticastIPv6, IpAddress.FromIPv6(new UInt128(0xFD77_0000_0000_0000, vrid)));
        }

        private void Hear(Instant now, byte vrid, IpAddress from, IpAddress to, IpAddress address)
        {
            _address[0] = address;
            var length = VrrpCodec.Encode(
                new VrrpAdvertisement { Version = VrrpVersion.V3, Family = from.Family, Vrid = vrid, Priority = 200, Interval = Interval },
                _address, from, to, _message);
            Loop!.OnMessage(now, new ReceivedMessage(Host.Eth0, from, to, 255), _message.AsSpan(0, length));
        }
    }
}
