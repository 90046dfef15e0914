using Vigie.Node.Messages;

namespace Vigie.Node;

// What the loop tells of itself when asked.
public sealed partial class ElectionLoop
{
    /// <summary>How many virtual routers there are now; they are asked for by position.</summary>
    public int RouterCount => _routers.Count;

    /// <summary>The name of the virtual router in a slot, or an empty text when there is none (any more).</summary>
    public string RouterName(int slot) => FindSlot(slot)?.Config.Name ?? "";

    /// <summary>Writes the status of the router at a position as a message and returns its length; allocates nothing.</summary>
    public int WriteStatus(int position, Span<byte> buffer) => RouterStatusMessage.Write(buffer, _routers[position]);
}
