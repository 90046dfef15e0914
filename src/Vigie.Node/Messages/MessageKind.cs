namespace Vigie.Node.Messages;

/// <summary>The first byte of every message between the node and the control process of one host.</summary>
public enum MessageKind : byte
{
    /// <summary>Control to node: send the status of every virtual router, then <see cref="StatusEnd"/>.</summary>
    StatusRequest = 1,

    /// <summary>Control to node: a piece of a configuration text.</summary>
    ConfigurationPiece,

    /// <summary>Control to node: the text is whole; make it live.</summary>
    ConfigurationCommit,

    /// <summary>Control to node: an operator's <see cref="AsideWish"/>, and the name of a virtual router where it concerns one.</summary>
    Aside,

    /// <summary>Node to control: one <see cref="Events.NodeEvent"/>.</summary>
    Event = 64,

    /// <summary>Node to control: one virtual router's status.</summary>
    RouterStatus,

    /// <summary>Node to control: all routers have been sent; the node's own status.</summary>
    StatusEnd,

    /// <summary>Node to control: the configuration is live, or why not.</summary>
    ConfigurationDone,

    /// <summary>Node to control: the <see cref="AsideAnswer"/> to the wish.</summary>
    AsideDone,
}
