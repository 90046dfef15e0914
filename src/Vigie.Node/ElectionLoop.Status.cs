using Vigie.Node.Messages;
using Vigie.Node.Routers;

namespace Vigie.Node;

// What the loop tells of itself when asked.
public sealed partial class ElectionLoop
{
    /// <summary>How late the advertisements of all virtual routers left, also of those that are gone.</summary>
    public LatenessHistogram Lateness { get; } = new();

    /// <summary>How many virtual routers there are now; they are asked for by position.</summary>
    public int RouterCount => _inConfigurationOrder.Count;

    /// <summary>The name of the virtual router in a slot, or an empty text when there is none (any more).</summary>
    public string RouterName(int slot) => FindSlot(slot)?.Config.Name ?? "";

    /// <summary>
    /// Writes the status of the router at a position, counted in the order of the configuration, as a message and returns
    /// its length; allocates nothing.
    /// </summary>
    public int WriteStatus(int position, Span<byte> buffer) => RouterStatusMessage.Write(buffer, _inConfigurationOrder[position]);

    // A reload may put a new router before older ones; slots, by which the others are found, are never given anew.
    private void OrderAsConfigured()
    {
        var byName = _routers.Where(router => !router.Departing).ToDictionary(router => router.Config.Name);
        _inConfigurationOrder.Clear();
        foreach (var configured in Config.VirtualRouters)
            _inConfigurationOrder.Add(byName[configured.Name]);
    }
}
