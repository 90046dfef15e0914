using System.Buffers.Binary;

namespace Vigie.Core.Peers;

/// <summary>
/// 128 random bits, new with every node process: what two lives of one host are told apart by. The peer channel needs no clock,
/// so that one that is years off does no harm.
/// </summary>
public readonly record struct ChannelSession(UInt128 Value)
{
    /// <summary>In bytes.</summary>
    public const int Length = 16;

    /// <summary>No session: its receiver has not been heard yet.</summary>
    public static readonly ChannelSession None;

    public bool IsNone => Value == UInt128.Zero;

    /// <summary>Reads the first 16 bytes.</summary>
    public static ChannelSession FromBytes(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes 16 bytes.</summary>
    public void WriteTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
