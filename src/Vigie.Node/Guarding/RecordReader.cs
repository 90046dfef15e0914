using System.Buffers.Binary;
using System.Text;
using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Node.Guarding;

/// <summary>
/// Reads what <see cref="Messages.SpanWriter"/> wrote, from memory into which another process may have written anything: what
/// is missing or cannot be is read as nothing, and <see cref="Failed"/> says so from then on. It never throws.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> buffer)
{
    private ReadOnlySpan<byte> _rest = buffer;

    /// <summary>Something was not there, or was refused.</summary>
    public bool Failed { get; private set; }

    /// <summary>Everything was read, nothing is left, and nothing was wrong.</summary>
    public readonly bool IsComplete => !Failed && _rest.IsEmpty;

    /// <summary>What was read cannot be.</summary>
    public void Refuse() => Failed = true;

    public byte ReadByte() => Take(1) is [var value] ? value : (byte)0;

    /// <summary>Only what is written for true and false.</summary>
    public bool ReadBoolean()
    {
        var value = ReadByte();
        Failed |= value > 1;
        return value == 1;
    }

    public int ReadInt32() => Take(sizeof(int)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : 0;

    public long ReadInt64() => Take(sizeof(long)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : 0;

    public Instant ReadInstant() => new(ReadInt64());

    public TimeSpan ReadTimeSpan() => new(ReadInt64());

    /// <summary>How many follow that take so many bytes each at least: never more than there can be, since room is made for them.</summary>
    public int ReadCount(int leastBytes)
    {
        var count = ReadInt32();
        if (count >= 0 && count <= _rest.Length / leastBytes)
            return count;
        Failed = true;
        return 0;
    }

    public IpAddress ReadAddress()
    {
        int length = ReadByte();
        if (length is 4 or 16 && Take(length) is { IsEmpty: false } bytes)
            return IpAddress.FromBytes(bytes);
        Failed |= length != 0;
        return IpAddress.None;
    }

    /// <summary>An address where there must be one.</summary>
    public IpAddress ReadSomeAddress()
    {
        var address = ReadAddress();
        Failed |= address.IsNone;
        return address;
    }

    public IpPrefix ReadPrefix()
    {
        var address = ReadSomeAddress();
        var length = ReadByte();
        Failed |= length > IpPrefix.MaxLength(address.Family);
        return new IpPrefix(address, length);
    }

    public string ReadString()
    {
        var length = Take(sizeof(ushort)) is { IsEmpty: false } bytes ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : 0;
        return Encoding.UTF8.GetString(Take(length));
    }

    /// <summary>A copy of the next bytes.</summary>
    public byte[] ReadBytes(int length) => Take(length).ToArray();

    /// <summary>The next bytes; nothing when there are not so many, and then nothing is read any more.</summary>
    private ReadOnlySpan<byte> Take(int length)
    {
        if (Failed || length < 0 || length > _rest.Length)
        {
            Failed = true;
            return default;
        }

        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
