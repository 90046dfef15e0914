using Vigie.Core.Net;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>An advertisement, or a whole frame that announces an address, on its way to several receivers. It is used again when the last one has it.</summary>
internal sealed class GuardedPacket
{
    private const int LongestPacket = 256;
    private readonly byte[] _bytes = new byte[LongestPacket];
    private int _length;

    public bool IsFrame { get; private set; }

    public int From { get; private set; }

    public IpAddress Source { get; private set; }

    public IpAddress Destination { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>How often it is still to be delivered, and one for whoever is sending it.</summary>
    public int References { get; set; }

    public void FillAdvertisement(int from, IpAddress source, IpAddress destination, ReadOnlySpan<byte> message)
    {
        Fill(from, message);
        (IsFrame, Source, Destination) = (false, source, destination);
    }

    public void FillFrame(int from, ReadOnlySpan<byte> frame)
    {
        Fill(from, frame);
        IsFrame = true;
    }

    private void Fill(int from, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes);
        _length = bytes.Length;
        From = from;
        References = 1;
    }
}
