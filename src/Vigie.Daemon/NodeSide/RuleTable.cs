using Vigie.Linux;

namespace Vigie.Daemon.NodeSide;

/// <summary>An nftables table of our own that is replaced whole, or stays what it was.</summary>
internal sealed class RuleTable
{
    private string? _loaded;

    /// <summary>The last script was refused: whatever it was to keep out comes in.</summary>
    public bool IsFailing { get; private set; }

    /// <summary>Loads a script that replaces the table; returns why that failed, or null.</summary>
    /// <param name="script">All of it, one transaction.</param>
    /// <param name="isEmpty">It only takes the table away.</param>
    /// <param name="goOn">Gives the script that is loaded in the place of one of ours: the same, with what is to go on from there.</param>
    public string? Apply(string script, bool isEmpty, Func<Nftables, string>? goOn = null)
    {
        if (script == _loaded)
            return null; // loading it again would begin the counters anew
        using var nftables = Nftables.TryOpen(out var reason);
        var error = nftables is null ? reason : nftables.Run(_loaded is not null && goOn is not null ? goOn(nftables) : script);
        // Without the library or nf_tables no earlier run has left anything that would have to go.
        IsFailing = error is not null && !isEmpty;
        if (IsFailing)
            return error;
        _loaded = script;
        return null;
    }

    /// <summary>
    /// Has the kernel look at a script and change nothing; returns why it would refuse, or null. Where the last script was
    /// refused already, another one makes nothing worse.
    /// </summary>
    public string? Check(string script, bool isEmpty)
    {
        if (script == _loaded || isEmpty || IsFailing)
            return null;
        using var nftables = Nftables.TryOpen(out var reason);
        return nftables is null ? reason : nftables.Check(script);
    }
}
