using System.Net;
using System.Net.Sockets;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>
/// Answers a <see cref="UdpProbe"/> with the name of the host that it runs on. It is bound to each address that it is
/// given (free binding: also while the host does not hold it), so an answer always leaves from the address that was
/// asked, and only while the host really holds that address.
/// </summary>
public sealed class UdpEcho : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly List<Thread> _threads = [];
    private readonly byte[] _name;
    private long _answered;
    private volatile bool _stopping;

    private UdpEcho(string name) => _name = ProbeDatagram.Name(name);

    /// <summary>Questions answered so far, over all addresses.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    public static UdpEcho Start(LabHost host, params IpAddress[] addresses) => Start(host, UdpProbeOptions.DefaultPort, addresses);

    public static UdpEcho Start(LabHost host, int port, params IpAddress[] addresses) => host.Run.Own(host.Inside(() => StartHere(host.Name, port, addresses)));

    /// <summary>Starts answering in the calling thread's network, for a program of its own.</summary>
    public static UdpEcho StartHere(string name, int port, IEnumerable<IpAddress> addresses)
    {
        var echo = new UdpEcho(name);
        foreach (var address in addresses)
        {
            var socket = Open(address, port);
            echo._sockets.Add(socket);
            var thread = new Thread(() => echo.Answer(socket)) { IsBackground = true, Name = $"echo {name} {address}" };
            echo._threads.Add(thread);
            thread.Start();
        }

        return echo;
    }

    /// <summary>Stops answering; a second call does nothing.</summary>
    public void Dispose()
    {
        _stopping = true;
        foreach (var socket in _sockets)
            socket.Dispose();
        foreach (var thread in _threads)
            thread.Join();
        _sockets.Clear();
        _threads.Clear();
    }

    private static Socket Open(IpAddress address, int port)
    {
        var family = address.Family == IpFamily.IPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        FreeBinding.Bind(socket, address, port);
        return socket;
    }

    private void Answer(Socket socket)
    {
        ProbePriority.Raise();
        var buffer = new byte[ProbeDatagram.MaximumLength];
        var asker = new SocketAddress(socket.AddressFamily);
        while (!_stopping)
        {
            try
            {
                var length = socket.ReceiveFrom(buffer, SocketFlags.None, asker);
                if (!ProbeDatagram.IsQuestion(buffer.AsSpan(0, length)))
                    continue;
                var answerLength = ProbeDatagram.TurnIntoAnswer(buffer, _name);
                socket.SendTo(buffer.AsSpan(0, answerLength), SocketFlags.None, asker);
                Interlocked.Increment(ref _answered);
            }
            catch (SocketException)
            {
                // The address left between question and answer, or the asker refused an answer: it sees a loss.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
