namespace Vigie.Node.Guarding;

/// <summary>The bytes that node and guardian share, at least <see cref="RoleBoard.Size"/> of them and zero at the beginning.</summary>
public interface IBoardMemory
{
    /// <summary>Always the same memory; it neither moves nor ends while the board is used.</summary>
    Span<byte> Bytes { get; }
}
