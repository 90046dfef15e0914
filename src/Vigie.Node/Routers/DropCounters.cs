using System.Runtime.CompilerServices;

namespace Vigie.Node.Routers;

/// <summary>A counter per <see cref="DropReason"/>.</summary>
public struct DropCounters
{
    public const int Length = (int)DropReason.OwnSource + 1;

    private Buffer _counts;

    public long this[DropReason reason]
    {
        readonly get => _counts[(int)reason];
        set => _counts[(int)reason] = value;
    }

    [InlineArray(Length)]
    private struct Buffer
    {
        private long _first;
    }
}
