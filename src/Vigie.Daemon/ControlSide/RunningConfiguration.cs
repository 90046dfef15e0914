using Vigie.Core.Configuration;

namespace Vigie.Daemon.ControlSide;

/// <summary>The configuration that the node runs, as far as control knows.</summary>
internal sealed class RunningConfiguration(NodeConfig first)
{
    private volatile NodeConfig _current = first;

    public NodeConfig Current => _current;

    /// <summary>Called with each new one, on the thread that brought it.</summary>
    public Action<NodeConfig>? OnChanged { get; set; }

    /// <summary>The node has taken this one.</summary>
    public void Replace(NodeConfig config)
    {
        _current = config;
        OnChanged?.Invoke(config);
    }
}
