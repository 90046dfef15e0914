using System.Runtime.InteropServices;
using Vigie.Core.Net;

namespace Vigie.Linux.Native;

/// <summary>Writes netlink messages one after another into a buffer that the caller made large enough.</summary>
internal ref struct NetlinkWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _messageStart;

    internal int Length { get; private set; }

    internal readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    internal void Begin(ushort type, ushort flags, uint sequence)
    {
        _messageStart = Length;
        var header = Take(NetlinkReader.HeaderLength);
        MemoryMarshal.Write(header[4..], type);
        MemoryMarshal.Write(header[6..], flags);
        MemoryMarshal.Write(header[8..], sequence);
    }

    internal void End() => MemoryMarshal.Write(_buffer[_messageStart..], (uint)(Length - _messageStart));

    /// <summary>The next bytes of the message, zeroed; the length is rounded up to 4.</summary>
    internal Span<byte> Take(int length)
    {
        var span = _buffer.Slice(Length, NetlinkReader.Align(length));
        span.Clear();
        Length += span.Length;
        return span;
    }

    internal Span<byte> Attribute(ushort type, int length)
    {
        var span = Take(4 + length);
        MemoryMarshal.Write(span, (ushort)(4 + length));
        MemoryMarshal.Write(span[2..], type);
        return span.Slice(4, length);
    }

    internal void Attribute(ushort type, uint value) => MemoryMarshal.Write(Attribute(type, sizeof(uint)), value);

    internal void Attribute(ushort type, IpAddress address) => address.WriteTo(Attribute(type, address.ByteLength));
}
