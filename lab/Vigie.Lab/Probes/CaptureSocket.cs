using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Vigie.Core;

namespace Vigie.Lab.Probes;

/// <summary>
/// Sees every frame that an interface of a host sends and receives, with the time at which it was seen. For judging
/// frames in a test's own terms; <see cref="Tcpdump"/> records for tshark.
/// </summary>
public sealed class CaptureSocket : IDisposable
{
    /// <summary>Later frames are counted, not kept.</summary>
    public const int MaximumFrames = 200_000;

    private const int FamilyPacket = 17;
    private const ushort AllProtocols = 3;
    private const int MaximumFrameLength = 65_536;
    private const int BufferBytes = 8 << 20;

    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly List<CapturedFrame> _frames = [];
    private readonly Predicate<CapturedFrame>? _wanted;
    private readonly Lock _gate = new();

    private CaptureSocket(LabHost host, string interfaceName, Predicate<CapturedFrame>? wanted)
    {
        _wanted = wanted;
        _socket = host.Inside(() => Open(interfaceName));
        _thread = new Thread(Listen) { IsBackground = true, Name = $"capture {host.Name}" };
        _thread.Start();
    }

    /// <summary>Frames that were wanted but not kept.</summary>
    public int Overflow { get; private set; }

    /// <summary>The frames so far, in order.</summary>
    public ImmutableArray<CapturedFrame> Frames
    {
        get
        {
            lock (_gate)
                return [.. _frames];
        }
    }

    /// <param name="host">Where to listen.</param>
    /// <param name="interfaceName">On which interface.</param>
    /// <param name="wanted">Which frames to keep; all by default. Runs on the capturing thread.</param>
    public static CaptureSocket Start(LabHost host, string interfaceName = "eth0", Predicate<CapturedFrame>? wanted = null) =>
        host.Run.Own(new CaptureSocket(host, interfaceName, wanted));

    /// <summary>Waits for a frame that fits, among those already seen too.</summary>
    public CapturedFrame WaitFor(string what, Func<CapturedFrame, bool> fits, TimeSpan? deadline = null)
    {
        CapturedFrame? found = null;
        Condition.WaitFor(what, () => (found = Frames.FirstOrDefault(fits)) is not null, deadline);
        return found!;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join();
    }

    private static Socket Open(string interfaceName)
    {
        // The framework passes the protocol number on as it is; the kernel wants it in network order.
        var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)BinaryPrimitives.ReverseEndianness(AllProtocols)) { ReceiveBufferSize = BufferBytes };
        try
        {
            var index = NetworkInterface.GetAllNetworkInterfaces().Single(card => card.Name == interfaceName).GetIPProperties().GetIPv4Properties().Index;
            socket.Bind(new PacketEndPoint(index));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Listen()
    {
        var buffer = new byte[MaximumFrameLength];
        while (true)
        {
            try
            {
                var length = _socket.Receive(buffer);
                var frame = new CapturedFrame(LabClock.Now, buffer.AsMemory(0, length).ToArray());
                if (length < 14 || !(_wanted?.Invoke(frame) ?? true))
                    continue;
                lock (_gate)
                {
                    if (_frames.Count < MaximumFrames)
                        _frames.Add(frame);
                    else
                        Overflow++;
                }
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.NetworkDown)
            {
                // The link went down; the socket goes on when it is up again.
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <summary>struct sockaddr_ll: every protocol on one interface.</summary>
    private sealed class PacketEndPoint(int interfaceIndex) : EndPoint
    {
        private const int Length = 20;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, Length);
            Span<byte> bytes = address.Buffer.Span;
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, FamilyPacket);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], AllProtocols);
            BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], interfaceIndex);
            return address;
        }
    }
}
