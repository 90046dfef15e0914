using System.Buffers.Binary;

namespace Vigie.Core.Peers;

/// <summary>What a host says of one of its virtual routers.</summary>
public readonly record struct RouterStatement
{
    internal const int RoleMask = 0b11;
    private const int CouldServeBit = 0b100;
    private const int ResignsBit = 0b1000;
    private const int SeesLinkBit = 0b1_0000;
    private const int HearsActiveBit = 0b10_0000;

    /// <summary><see cref="NameNumber"/> of its name.</summary>
    public uint Router { get; init; }

    /// <summary>Which it would advertise now, everything that it tracks included; 0: it wants no role.</summary>
    public byte Priority { get; init; }

    public PeerRole Role { get; init; }

    /// <summary>It has its interface, hears the segment and keeps time: it could serve at once.</summary>
    public bool CouldServe { get; init; }

    /// <summary>It gives the role up, or has: somebody else is to serve.</summary>
    public bool Resigns { get; init; }

    /// <summary>Counts the resignations, so that one that was heard is told from the next.</summary>
    public ushort Resignation { get; init; }

    /// <summary>The interface of the virtual IP has its carrier.</summary>
    public bool SeesLink { get; init; }

    /// <summary>Advertisements of another host's Active arrive on the segment.</summary>
    public bool HearsActive { get; init; }

    /// <summary><see cref="NameNumber"/> of the host that an operator wants to serve after this resignation; 0: the fittest.</summary>
    public uint Successor { get; init; }

    internal static RouterStatement Read(ReadOnlySpan<byte> bytes) => new()
    {
        Router = BinaryPrimitives.ReadUInt32BigEndian(bytes),
        Priority = bytes[4],
        Role = (PeerRole)(bytes[5] & RoleMask),
        CouldServe = (bytes[5] & CouldServeBit) != 0,
        Resigns = (bytes[5] & ResignsBit) != 0,
        SeesLink = (bytes[5] & SeesLinkBit) != 0,
        HearsActive = (bytes[5] & HearsActiveBit) != 0,
        Resignation = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]),
        Successor = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]),
    };

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32BigEndian(bytes, Router);
        bytes[4] = Priority;
        bytes[5] = (byte)((int)Role & RoleMask | Bit(CouldServe, CouldServeBit) | Bit(Resigns, ResignsBit) | Bit(SeesLink, SeesLinkBit)
            | Bit(HearsActive, HearsActiveBit));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], Resignation);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[8..], Successor);
    }

    private static int Bit(bool set, int bit) => set ? bit : 0;
}

/// <summary>The states of RFC 9568 6.4 as peers tell them to each other.</summary>
public enum PeerRole : byte
{
    Initialize = 0,
    Backup = 1,
    Active = 2,
}
