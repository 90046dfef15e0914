using System.Net;
using System.Net.Sockets;
using System.Text;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>
/// A small TCP service: greets each connection with the host's name on a line, then answers every line with the name
/// again. Listens on each address that it is given, also while the host does not hold it.
/// </summary>
public sealed class TcpNameService : IDisposable
{
    public const int DefaultPort = 7078;

    /// <summary>Connections served at once; more are closed unanswered.</summary>
    public const int MaximumConnections = 256;

    private const int Backlog = 128;
    private const int MaximumLine = 256;

    private readonly List<Socket> _listeners = [];
    private readonly HashSet<Socket> _connections = [];
    private readonly byte[] _greeting;
    private readonly Lock _gate = new();
    private bool _stopping;

    private TcpNameService(string name) => _greeting = Encoding.ASCII.GetBytes(name + "\n");

    /// <summary>Starts the service on a host, in this process.</summary>
    public static TcpNameService Start(LabHost host, params IpAddress[] addresses) =>
        host.Run.Own(host.Inside(() => StartHere(host.Name, DefaultPort, addresses)));

    /// <summary>Starts the service in the calling thread's network, for a program of its own.</summary>
    public static TcpNameService StartHere(string name, int port, IEnumerable<IpAddress> addresses)
    {
        var service = new TcpNameService(name);
        foreach (var address in addresses)
        {
            var listener = new Socket(address.ToIPAddress().AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            FreeBinding.Bind(listener, address, port);
            listener.Listen(Backlog);
            service._listeners.Add(listener);
            new Thread(() => service.Accept(listener)) { IsBackground = true, Name = $"service {name} {address}" }.Start();
        }

        return service;
    }

    public void Dispose()
    {
        Socket[] sockets;
        lock (_gate)
        {
            _stopping = true;
            sockets = [.. _listeners, .. _connections];
        }

        foreach (var socket in sockets)
            socket.Dispose();
    }

    private void Accept(Socket listener)
    {
        while (true)
        {
            try
            {
                var connection = listener.Accept();
                connection.NoDelay = true;
                if (!Admit(connection))
                    connection.Dispose();
                else
                    new Thread(() => Serve(connection)) { IsBackground = true, Name = "service connection" }.Start();
            }
            catch (SocketException) when (!_stopping)
            {
                // A client that gave up before it was accepted.
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    private bool Admit(Socket connection)
    {
        lock (_gate)
            return !_stopping && _connections.Count < MaximumConnections && _connections.Add(connection);
    }

    private void Serve(Socket connection)
    {
        Span<byte> buffer = stackalloc byte[MaximumLine];
        try
        {
            connection.Send(_greeting);
            for (var received = connection.Receive(buffer); received > 0; received = connection.Receive(buffer))
            {
                for (var lines = buffer[..received].Count((byte)'\n'); lines > 0; lines--)
                    connection.Send(_greeting);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The client went away, or we do.
        }

        lock (_gate)
            _connections.Remove(connection);
        connection.Dispose();
    }
}
