using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>Something wrong with a host's own addresses.</summary>
public sealed record RealAddressProblem(Instant At, string Host, string Text);

/// <summary>
/// Checks over and over that VIPs leave a host's own addresses alone: each real address answers the client, and what
/// the host sends by itself to the client leaves from a real address, never from a VIP.
/// </summary>
public sealed class RealAddressWatch : IDisposable
{
    private const int Port = 7079;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(500);

    /// <summary>A datagram may be lost without anybody's fault; that many in a row are not.</summary>
    private const int Attempts = 3;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly LabHost _client;
    private readonly ImmutableArray<LabHost> _hosts;
    private readonly Thread _thread;
    private readonly List<RealAddressProblem> _problems = [];
    private readonly HashSet<string> _excused = [];
    private readonly Lock _gate = new();
    private int _rounds;
    private int _repeated;
    private volatile bool _stopping;

    private RealAddressWatch(LabHost client, IEnumerable<LabHost> hosts)
    {
        _client = client;
        _hosts = [.. hosts];
        foreach (var host in _hosts)
            UdpEcho.Start(host, Port, [.. RealAddresses(host)]);
        _thread = new Thread(Watch) { IsBackground = true, Name = "real addresses" };
        _thread.Start();
    }

    /// <summary>How often all hosts have been checked.</summary>
    public int Rounds => Volatile.Read(ref _rounds);

    /// <summary>Questions that were asked again because one datagram had no answer.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    public ImmutableArray<RealAddressProblem> Problems
    {
        get
        {
            lock (_gate)
                return [.. _problems];
        }
    }

    public static RealAddressWatch Start(LabHost client, params IEnumerable<LabHost> hosts) => client.Run.Own(new RealAddressWatch(client, hosts));

    /// <summary>From now on the host is cut off on purpose and not checked, until it is <see cref="Expect"/>ed again.</summary>
    public void Excuse(LabHost host)
    {
        lock (_gate)
            _excused.Add(host.Name);
    }

    public void Expect(LabHost host)
    {
        lock (_gate)
            _excused.Remove(host.Name);
    }

    /// <summary>Waits for this many whole rounds from now on.</summary>
    public void WaitForRounds(int count, TimeSpan? deadline = null)
    {
        var goal = Rounds + count + 1;
        Condition.WaitFor($"{count} checks of real addresses", () => Rounds >= goal, deadline);
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Watch()
    {
        while (!_stopping)
        {
            foreach (var host in _hosts)
            foreach (var address in RealAddresses(host))
            {
                Check(host, () => AnswerProblem(address));
                Check(host, () => SourceProblem(host, address.Family));
            }

            Interlocked.Increment(ref _rounds);
            Thread.Sleep(Pause);
        }
    }

    private void Check(LabHost host, Func<string?> find)
    {
        if (IsExcused(host) || find() is not { } text)
            return;
        lock (_gate)
        {
            // Excused meanwhile: the cut may have come first.
            if (!_excused.Contains(host.Name))
                _problems.Add(new RealAddressProblem(LabClock.Now, host.Name, text));
        }
    }

    private bool IsExcused(LabHost host)
    {
        lock (_gate)
            return _excused.Contains(host.Name);
    }

    private string? AnswerProblem(IpAddress address)
    {
        using var socket = _client.Inside(() => new Socket(address.ToIPAddress().AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        socket.ReceiveTimeout = (int)AnswerLimit.TotalMilliseconds;
        var buffer = new byte[ProbeDatagram.MaximumLength];
        ProbeDatagram.WriteQuestion(buffer, 1);
        var failure = Repeat(() =>
        {
            socket.Connect(address.ToEndPoint(Port));
            socket.Send(buffer.AsSpan(0, ProbeDatagram.QuestionLength));
            socket.Receive(buffer);
        });
        return failure is null ? null : $"{address} does not answer the client: {failure}, {Attempts} times";
    }

    // A question that was refused is a finding at once, one without an answer after that many.
    private SocketError? Repeat(Action ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                ask();
                return null;
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.TimedOut && attempt < Attempts)
            {
                Interlocked.Increment(ref _repeated);
            }
            catch (SocketException failure)
            {
                return failure.SocketErrorCode;
            }
        }
    }

    private string? SourceProblem(LabHost host, IpFamily family)
    {
        var target = _client.RealAddress(family);
        using var listener = _client.Inside(() => Bound(target));
        listener.ReceiveTimeout = (int)AnswerLimit.TotalMilliseconds;
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        using var sender = host.Inside(() => new Socket(listener.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        EndPoint source = new IPEndPoint(target.ToIPAddress(), 0);
        var failure = Repeat(() =>
        {
            sender.SendTo("who am I"u8, SocketFlags.None, target.ToEndPoint(port));
            listener.ReceiveFrom(new byte[16], ref source);
        });
        if (failure is not null)
            return $"its own {family} datagram does not reach the client: {failure}, {Attempts} times";
        var seen = IpAddress.FromBytes(((IPEndPoint)source).Address.GetAddressBytes());
        return RealAddresses(host).Contains(seen) ? null : $"its own {family} datagram leaves from {seen}";
    }

    private static Socket Bound(IpAddress address)
    {
        var socket = new Socket(address.ToIPAddress().AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(address.ToEndPoint(0));
        return socket;
    }

    private static IEnumerable<IpAddress> RealAddresses(LabHost host) => host.Interfaces.SelectMany(port => port.RealAddresses).Select(prefix => prefix.Address);
}
