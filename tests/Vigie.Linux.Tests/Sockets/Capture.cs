using Xunit;

namespace Vigie.Linux.Tests.Sockets;

/// <summary>Hears every frame of an EtherType that arrives in a namespace, to see what really went over the wire.</summary>
internal sealed class Capture : FrameListener
{
    private readonly byte[] _buffer = new byte[2048];

    public Capture(ushort etherType)
        : base(etherType)
    {
        var all = new BpfProgram();
        all.Return(BpfProgram.WholePacket);
        Assert.Equal(0, all.Attach(this));
    }

    /// <summary>The next frame that satisfies the condition; others are skipped.</summary>
    public byte[] Next(Func<byte[], bool> wanted)
    {
        while (Waiting.IsReadable(this))
        {
            if (TryReceive(_buffer, out var received) && _buffer[..received.Length] is var frame && wanted(frame))
                return frame;
        }

        throw new InvalidOperationException("no such frame arrived");
    }
}
