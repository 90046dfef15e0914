using Vigie.Linux;
using Vigie.Node.Guarding;

namespace Vigie.Daemon;

/// <summary>The role board's bytes in memory that guardian and node both map.</summary>
internal sealed class SharedBoard(SharedMemory memory) : IBoardMemory
{
    public Span<byte> Bytes => memory.Bytes;
}
