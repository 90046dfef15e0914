using System.Buffers.Binary;
using System.Text;
using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Node.Messages;

/// <summary>Reads what <see cref="SpanWriter"/> wrote. A message that ends early is a bug of ours and throws.</summary>
public ref struct SpanReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte ReadByte() => Take(1)[0];

    public bool ReadBoolean() => ReadByte() != 0;

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(8));

    public Instant ReadInstant() => new(ReadInt64());

    public TimeSpan ReadTimeSpan() => new(ReadInt64());

    public MacAddress ReadMac() => new((ulong)ReadInt64());

    public IpAddress ReadAddress()
    {
        var length = ReadByte();
        return length == 0 ? IpAddress.None : IpAddress.FromBytes(Take(length));
    }

    public IpPrefix ReadPrefix()
    {
        var address = ReadAddress();
        return new IpPrefix(address, ReadByte());
    }

    public string ReadString() => Encoding.UTF8.GetString(Take(BinaryPrimitives.ReadUInt16LittleEndian(Take(2))));

    /// <summary>A copy of the next bytes.</summary>
    public byte[] ReadBytes(int length) => Take(length).ToArray();

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
