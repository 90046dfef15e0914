using System.Collections.Concurrent;
using System.Text;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Wire;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

// The node's one thread:
//
//   wait ─► read every socket until it is empty ─► Step(now) ─► arm the timer ─► wait
//
// Input before time: an advertisement that is queued has arrived, so it is read before silence is judged.

/// <summary>Pumps the election loop from this process's sockets, timer and channel.</summary>
internal sealed partial class NodePump : IDisposable
{
    /// <summary>Messages read from one socket before the loop steps in between: bounds the delay under a flood.</summary>
    private const int ReadsPerSocket = 512;

    private const ulong TimerToken = 1;
    private const ulong SignalToken = 2;
    private const ulong KernelToken = 3;
    private const ulong IPv4Token = 4;
    private const ulong IPv6Token = 5;
    private const ulong ArpToken = 6;
    private const ulong NeighborToken = 7;
    private const ulong ControlToken = 8;
    private const ulong AnswerToken = 9;
    private const uint Everything = uint.MaxValue;

    // The kernel ends a real-time process that does not sleep for RuntimeLimit. Under a flood there is always something to
    // read, so the thread rests by itself now and then; that is also when the rest of the host gets a turn.
    private static readonly TimeSpan LongestWithoutRest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Rest = TimeSpan.FromMicroseconds(200);

    // Part of what the guardian grants before it ends a node.
    internal static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(3);

    private readonly Epoll _epoll = new();
    private readonly TimerFd _timer = new();
    private readonly EpollEvent[] _ready = new EpollEvent[Epoll.MaxEventsPerWait];
    private readonly byte[] _message = GC.AllocateArray<byte>(VrrpCodec.MaximumLength + 64, pinned: true);
    private readonly byte[] _frame = GC.AllocateArray<byte>(2048, pinned: true);
    private readonly byte[] _control = new byte[Descriptors.LongestMessage];
    private readonly List<byte> _configurationText = [];
    private readonly NodeSockets _sockets;
    private readonly LinuxHostNetwork _network;
    private readonly ControlChannel _channel;
    private readonly ElectionLoop _loop;
    private readonly KernelReports _reports;
    private readonly ResyncPolicy _resync = new();
    private readonly SnapshotRequest _snapshotRequest = new();
    private readonly Func<string, NodeConfig> _readConfiguration;
    private readonly Instant _started = Clock.Now();
    private readonly bool _realTime;
    private readonly bool _memoryLocked;
    private readonly Epoll _rest = new();
    private readonly TimerFd _restTimer = new();
    private Instant _restedAt = Clock.Now();
    private Instant _armed = Instant.Never;
    private bool _begun;
    private bool _serves;
    private byte[] _text;
    private readonly ConcurrentQueue<ParsedConfiguration> _parsed = new();
    private long _allocatedAtStart;
    private volatile bool _leave;
    private bool _leaving;
    private volatile bool _stop;

    public NodePump(
        NodeSockets sockets, LinuxHostNetwork network, ControlChannel channel, ElectionLoop loop,
        Func<string, NodeConfig> readConfiguration, bool realTime, bool memoryLocked, byte[] text)
    {
        _text = text;
        _sockets = sockets;
        _network = network;
        _channel = channel;
        _loop = loop;
        _reports = new KernelReports(loop);
        _readConfiguration = readConfiguration;
        _realTime = realTime;
        _memoryLocked = memoryLocked;
        _rest.Add(_restTimer, TimerToken, EpollInterest.Readable);
        _epoll.Add(_timer, TimerToken, EpollInterest.Readable);
        _epoll.Add(sockets.Wake, SignalToken, EpollInterest.Readable);
        _epoll.Add(network.Answers, AnswerToken, EpollInterest.Readable);
        _epoll.Add(sockets.Events, KernelToken, EpollInterest.Readable);
        _epoll.Add(sockets.IPv4, IPv4Token, EpollInterest.Readable);
        _epoll.Add(sockets.IPv6, IPv6Token, EpollInterest.Readable);
        _epoll.Add(sockets.Arp, ArpToken, EpollInterest.Readable);
        _epoll.Add(sockets.Neighbors, NeighborToken, EpollInterest.Readable);
        _epoll.Add(sockets.Control, ControlToken, EpollInterest.Readable);
    }

    /// <summary>From any thread or signal: leave the elections without a gap, then return from <see cref="Run"/>.</summary>
    public void Leave()
    {
        _leave = true;
        _sockets.Wake.Signal();
    }

    /// <summary>From any thread or signal: resign and return from <see cref="Run"/> at once.</summary>
    public void Stop()
    {
        _stop = true;
        _sockets.Wake.Signal();
    }

    /// <summary>Works until <see cref="Leave"/> or <see cref="Stop"/>, then resigns everywhere and takes the addresses off.</summary>
    public void Run()
    {
        _resync.Want(Clock.Now());
        try
        {
            Pump();
        }
        finally
        {
            // Also when something broke: an Active that ends without a word leaves its clients waiting.
            _loop.Shutdown(Clock.Now());
            // Whoever holds the kernel's routing lock for longer holds up the removal; then the lifetimes end it.
            _network.Finish(LongestGoodbye);
        }
    }

    private void Pump()
    {
        while (!_stop)
        {
            if (_leave && !_leaving)
            {
                _leaving = true;
                _loop.Leave(Clock.Now());
            }

            if (_leaving && _loop.HasLeft)
                return;
            ResyncIfDue(Clock.Now());
            var next = Instant.Min(_loop.Step(Clock.Now()), _resync.DueAt);
            if (!_serves && _begun && _loop.HasTakenUpRoles)
                Serve();
            Arm(next);
            var ready = _network.HasAnswers(_network.Answered) ? 0 : Wait();
            var now = Clock.Now();
            // A deadline is near or over: everything is read first, also what arrived after the wait had ended.
            Drain(now, now >= next ? Everything : ready);
            if (!_parsed.IsEmpty)
                TakeConfiguration(now);
            TellVerdicts();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _restTimer.Dispose();
        _epoll.Dispose();
        _rest.Dispose();
    }

    // A deadline that moves away, as a Backup's does with every advertisement, leaves the timer as it is: it fires once too
    // early and is set anew, which is rarer than advertisements are.
    private void Arm(Instant next)
    {
        if (next >= _armed)
            return;
        _armed = next;
        _timer.Arm(next);
    }

    /// <summary>Waits, and returns which inputs are readable, a bit for each token.</summary>
    private uint Wait()
    {
        var count = _epoll.Wait(_ready, 0);
        if (count == 0)
        {
            count = _epoll.Wait(_ready, -1);
            _restedAt = Clock.Now();
        }
        else if (Clock.Now() - _restedAt >= LongestWithoutRest)
        {
            _restTimer.Arm(Clock.Now() + Rest);
            _rest.Wait(_ready, 10);
            _restTimer.Acknowledge();
            _restedAt = Clock.Now();
            count = _epoll.Wait(_ready, 0);
        }

        var inputs = 0u;
        for (var i = 0; i < count; i++)
        {
            inputs |= 1u << (int)_ready[i].Token;
            if (_ready[i].Token == TimerToken)
            {
                _timer.Acknowledge();
                _armed = Instant.Never;
            }
            else if (_ready[i].Token == SignalToken)
            {
                _sockets.Wake.Acknowledge();
            }
            else if (_ready[i].Token == AnswerToken)
            {
                _network.Answers.Acknowledge();
            }
        }

        return inputs;
    }

    private void Drain(Instant now, uint inputs)
    {
        _reports.Now = now;
        // What the kernel told before it answered is heard before the answer: a removal of ours is never taken for
        // somebody's removal of what was added after it.
        var answered = _network.Answered;
        var hasAnswers = _network.HasAnswers(answered);
        if ((Has(inputs, KernelToken) || hasAnswers) && !_resync.IsUnderWay)
            ReadEvents(now);
        if (hasAnswers)
            Deliver(now, answered);

        if (Has(inputs, IPv4Token))
            DrainMessages(now, _sockets.IPv4);
        if (Has(inputs, IPv6Token))
            DrainMessages(now, _sockets.IPv6);
        if (Has(inputs, ArpToken))
            DrainArp(now);
        if (Has(inputs, NeighborToken))
            DrainNeighbors(now);
        if (Has(inputs, ControlToken))
            Obey(now, _channel.Receive(_control)); // one at a time: no client may keep the election waiting
    }

    private static bool Has(uint inputs, ulong token) => (inputs & (1u << (int)token)) != 0;

    private void DrainArp(Instant now)
    {
        for (var i = 0; i < ReadsPerSocket && _sockets.Arp.TryReceive(_frame, out var arp); i++)
            if (arp.Length > EthernetHeader.Length)
                _loop.OnArp(now, arp.InterfaceIndex, _frame.AsSpan(EthernetHeader.Length, arp.Length - EthernetHeader.Length));
    }

    private void DrainNeighbors(Instant now)
    {
        for (var i = 0; i < ReadsPerSocket && _sockets.Neighbors.TryReceive(_frame, out var frame); i++)
            if (frame.Length > EthernetHeader.Length)
                _loop.OnNeighborPacket(
                    now, frame.InterfaceIndex, frame.SourceMac, _frame.AsSpan(EthernetHeader.Length, frame.Length - EthernetHeader.Length));
    }

    private void DrainMessages(Instant now, VrrpSocket socket)
    {
        for (var i = 0; i < ReadsPerSocket && socket.TryReceive(_message, out var received); i++)
            _loop.OnMessage(
                now, new ReceivedMessage(received.InterfaceIndex, received.Source, received.Destination, received.HopLimit),
                _message.AsSpan(received.PayloadOffset, received.Length));
    }

    private void ReadEvents(Instant now)
    {
        if (!_sockets.Events.Read(_reports).Overrun)
            return;
        _channel.Report(new() { Kind = NodeEventKind.KernelEventsLost, At = now, Router = -1 });
        _resync.Want(now);
    }

    private void Deliver(Instant now, long answered)
    {
        if (_network.Deliver(now, _loop, answered) is not { } snapshot)
            return;
        _epoll.Add(_sockets.Events, KernelToken, EpollInterest.Readable);
        if (snapshot.Error != 0)
        {
            FailResync(now, snapshot.Error);
            return;
        }

        _resync.Succeed();
        _reports.Resync(snapshot);
        if (_begun)
            return;
        _begun = true;
        _loop.Start(now);
    }

    private void ResyncIfDue(Instant now)
    {
        if (now < _resync.DueAt)
            return;
        _resync.Begin();
        if (!_network.TryRequestSnapshot(_snapshotRequest))
        {
            FailResync(now, Errno.ENOBUFS);
            return;
        }

        // What happens from now on may be newer than the answer: it is read after it.
        _epoll.Remove(_sockets.Events);
    }

    private void FailResync(Instant now, int error)
    {
        if (_resync.Fail(now))
            _channel.Report(new() { Kind = NodeEventKind.ResyncFailed, At = now, Router = -1, Error = error, Count = _resync.Failures });
    }
}
