using System.Globalization;
using System.Text;

namespace Vigie.Lab.Faults;

/// <summary>Which way frames go, as the host sees it.</summary>
[Flags]
public enum Direction
{
    /// <summary>What the host sends.</summary>
    FromHost = 1,

    /// <summary>What the host receives.</summary>
    ToHost = 2,

    Both = FromHost | ToHost,
}

/// <summary>
/// Faults of one segment, made inside its switch: blocked ports, lost frames, partitions. The whole set of faults is
/// one nftables table that is replaced in one step, so a change is atomic and undoing everything is one delete.
/// Hosts notice nothing but missing frames; their links stay up unless a link itself is taken down.
/// </summary>
public sealed class PortFaults
{
    private readonly Segment _segment;
    private readonly Dictionary<(string Port, Direction Direction), int> _lossPercent = [];
    private readonly HashSet<(string From, string To)> _severed = [];
    private readonly Lock _gate = new();

    internal PortFaults(Segment segment) => _segment = segment;

    /// <summary>Drops every frame of the port in the given direction: the cable is in, but nothing passes.</summary>
    public void Block(HostInterface port, Direction direction = Direction.Both) => Lose(port, 100, direction);

    /// <summary>Ends <see cref="Block"/> and <see cref="Lose"/> of the port.</summary>
    public void Unblock(HostInterface port) => Lose(port, 0);

    /// <summary>Drops this share of the frames at random: 0 (none) to 100 (all) percent.</summary>
    public void Lose(HostInterface port, int percent, Direction direction = Direction.Both)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        lock (_gate)
        {
            foreach (var one in new[] { Direction.FromHost, Direction.ToHost })
            {
                if ((direction & one) == 0)
                    continue;
                if (percent == 0)
                    _lossPercent.Remove((port.SwitchPort, one));
                else
                    _lossPercent[(port.SwitchPort, one)] = percent;
            }

            Apply();
        }
    }

    /// <summary>No frame passes between the two sets of ports any more; each set stays whole.</summary>
    public void Partition(IEnumerable<HostInterface> left, IEnumerable<HostInterface> right)
    {
        lock (_gate)
        {
            foreach (var one in left)
            foreach (var other in right)
            {
                _severed.Add((one.SwitchPort, other.SwitchPort));
                _severed.Add((other.SwitchPort, one.SwitchPort));
            }

            Apply();
        }
    }

    /// <summary>No frame passes from one port to the other; the way back stays open.</summary>
    public void BlockOneWay(HostInterface from, HostInterface to)
    {
        lock (_gate)
        {
            _severed.Add((from.SwitchPort, to.SwitchPort));
            Apply();
        }
    }

    /// <summary>The switch's side of the cable goes down: the host loses its carrier.</summary>
    public void LinkDown(HostInterface port) => _segment.Ip($"link set {port.SwitchPort} down");

    public void LinkUp(HostInterface port) => _segment.Ip($"link set {port.SwitchPort} up");

    /// <summary>Undoes everything; links come up again too.</summary>
    public void UndoAll()
    {
        lock (_gate)
        {
            _lossPercent.Clear();
            _severed.Clear();
            Apply();
            _segment.Ip([.. _segment.Ports.Select(port => $"link set {port.SwitchPort} up")]);
        }
    }

    private void Apply()
    {
        // Declared empty before it is deleted: deleting a table that is not there would be an error.
        var script = new StringBuilder("table bridge faults {}\ndelete table bridge faults\n");
        if (_lossPercent.Count + _severed.Count > 0)
        {
            script.Append("table bridge faults {\n");
            AppendChain(script, "from_host", "prerouting", _lossPercent.Where(loss => loss.Key.Direction == Direction.FromHost)
                .Select(loss => $"iifname \"{loss.Key.Port}\" {Drop(loss.Value)}"));
            AppendChain(script, "to_host", "postrouting", _lossPercent.Where(loss => loss.Key.Direction == Direction.ToHost)
                .Select(loss => $"oifname \"{loss.Key.Port}\" {Drop(loss.Value)}"));
            AppendChain(script, "between", "forward", _severed.Select(pair => $"iifname \"{pair.From}\" oifname \"{pair.To}\" drop"));
            script.Append("}\n");
        }

        _segment.Nft(script.ToString());
    }

    private static void AppendChain(StringBuilder script, string name, string hook, IEnumerable<string> rules)
    {
        script.Append(CultureInfo.InvariantCulture, $"  chain {name} {{\n    type filter hook {hook} priority 0; policy accept;\n");
        foreach (var rule in rules)
            script.Append("    ").Append(rule).Append('\n');
        script.Append("  }\n");
    }

    private static string Drop(int percent) => percent == 100 ? "drop" : $"numgen random mod 100 < {percent} drop";
}
