using System.Runtime.InteropServices;

namespace Vigie.Linux.Native;

/// <summary>Walks the messages of one netlink datagram. Lengths that do not fit end the walk.</summary>
internal ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    internal const int HeaderLength = 16;

    private ReadOnlySpan<byte> _rest = datagram;

    internal bool TryNext(out NetlinkMessage message)
    {
        message = default;
        if (_rest.Length < HeaderLength)
            return false;
        var length = MemoryMarshal.Read<uint>(_rest);
        if (length < HeaderLength || length > _rest.Length)
            return false;
        message = new NetlinkMessage
        {
            Type = MemoryMarshal.Read<ushort>(_rest[4..]),
            Flags = MemoryMarshal.Read<ushort>(_rest[6..]),
            Sequence = MemoryMarshal.Read<uint>(_rest[8..]),
            Payload = _rest[HeaderLength..(int)length],
        };
        _rest = _rest[Math.Min(Align((int)length), _rest.Length)..];
        return true;
    }

    internal static int Align(int length) => (length + 3) & ~3;
}

/// <summary>One netlink message: what its header says, and what follows it.</summary>
internal ref struct NetlinkMessage
{
    internal ushort Type;
    internal ushort Flags;
    internal uint Sequence;
    internal ReadOnlySpan<byte> Payload;

    /// <summary>The positive errno of an error message or of the end of a dump; 0 is success.</summary>
    internal readonly int Errno => Payload.Length >= 4 ? -MemoryMarshal.Read<int>(Payload) : 0;
}

/// <summary>Walks the attributes of a netlink message or of a nested attribute.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private const int HeaderLength = 4;

    private ReadOnlySpan<byte> _rest = attributes;

    internal bool TryNext(out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (_rest.Length < HeaderLength)
            return false;
        var length = MemoryMarshal.Read<ushort>(_rest);
        if (length < HeaderLength || length > _rest.Length)
            return false;
        type = (ushort)(MemoryMarshal.Read<ushort>(_rest[2..]) & RouteConstants.AttributeTypeMask);
        value = _rest[HeaderLength..length];
        _rest = _rest[Math.Min(NetlinkReader.Align(length), _rest.Length)..];
        return true;
    }
}
