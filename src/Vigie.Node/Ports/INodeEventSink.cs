using Vigie.Node.Events;

namespace Vigie.Node.Ports;

/// <summary>Takes events out of the node. Must not wait: when there is no room the event is counted as lost.</summary>
public interface INodeEventSink
{
    void Report(in NodeEvent nodeEvent);
}
