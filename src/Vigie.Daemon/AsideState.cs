namespace Vigie.Daemon;

/// <summary>An operator's wishes about this host's roles.</summary>
internal sealed record AsideState(bool Drained, IReadOnlyCollection<string> MovedAway)
{
    public static readonly AsideState None = new(false, []);

    public bool IsEmpty => !Drained && MovedAway.Count == 0;

    public AsideState With(string name) => this with { MovedAway = [.. MovedAway.Where(moved => moved != name), name] };

    public AsideState Without(string name) => this with { MovedAway = [.. MovedAway.Where(moved => moved != name)] };
}
