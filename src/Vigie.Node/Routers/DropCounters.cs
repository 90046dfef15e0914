namespace Vigie.Node.Routers;

/// <summary>A counter per <see cref="DropReason"/>.</summary>
public sealed class DropCounters
{
    public const int Length = (int)DropReason.OwnSource + 1;

    private readonly long[] _counts = new long[Length];

    public long this[DropReason reason]
    {
        get => _counts[(int)reason];
        set => _counts[(int)reason] = value;
    }
}
