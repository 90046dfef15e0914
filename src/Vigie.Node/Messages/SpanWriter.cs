using System.Buffers.Binary;
using System.Text;
using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Node.Messages;

/// <summary>Writes plain values one after another into a caller's buffer; the buffer must be large enough.</summary>
public ref struct SpanWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;

    /// <summary>How many bytes have been written.</summary>
    public int Length { get; private set; }

    public void Write(byte value) => _buffer[Length++] = value;

    public void Write(bool value) => Write(value ? (byte)1 : (byte)0);

    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer[Length..], value);
        Length += 4;
    }

    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer[Length..], value);
        Length += 8;
    }

    public void Write(Instant value) => Write(value.Nanoseconds);

    public void Write(TimeSpan value) => Write(value.Ticks);

    public void Write(MacAddress value) => Write((long)value.Value);

    public void Write(IpAddress value)
    {
        Write((byte)value.ByteLength);
        Length += value.WriteTo(_buffer[Length..]);
    }

    public void Write(IpPrefix value)
    {
        Write(value.Address);
        Write(value.Length);
    }

    /// <summary>UTF-8 with its length before it; at most 65,535 bytes.</summary>
    public void Write(string value)
    {
        var length = Encoding.UTF8.GetBytes(value, _buffer[(Length + 2)..]);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer[Length..], (ushort)length);
        Length += 2 + length;
    }

    /// <summary>The next bytes, for whoever writes them himself.</summary>
    public Span<byte> Take(int length)
    {
        var taken = _buffer.Slice(Length, length);
        Length += length;
        return taken;
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        value.CopyTo(_buffer[Length..]);
        Length += value.Length;
    }
}
