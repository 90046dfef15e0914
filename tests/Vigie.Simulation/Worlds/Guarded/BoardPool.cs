using System.Collections.Concurrent;
using Vigie.Node.Guarding;

namespace Vigie.Simulation.Worlds.Guarded;

/// <summary>The memory of boards. Most of it is never used, and to have it new and empty for each host would take longer than the host's hour.</summary>
internal static class BoardPool
{
    /// <summary>More than the header, and more than one virtual router takes of either half.</summary>
    private const int Used = 1 << 16;
    private static readonly ConcurrentBag<byte[]> _unused = [];

    public static byte[] Rent() => _unused.TryTake(out var bytes) ? bytes : new byte[RoleBoard.Size];

    public static void Return(byte[] bytes)
    {
        Clear(bytes);
        _unused.Add(bytes);
    }

    /// <summary>As a guardian begins: with nothing on it.</summary>
    public static void Clear(byte[] bytes)
    {
        bytes.AsSpan(0, Used).Clear();
        bytes.AsSpan(bytes.Length / 2, Used).Clear();
    }
}
