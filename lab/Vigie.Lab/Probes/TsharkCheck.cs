using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>Lets tshark, which knows nothing of us, judge recorded frames.</summary>
public static class TsharkCheck
{
    // A frame with a note of at least "warning", one that cannot be taken apart to its end, or one with a bad checksum.
    private const string Suspicious = "(_ws.expert.severity >= 0x600000 || _ws.malformed || _ws.short || ip.checksum.status == 0 || icmpv6.checksum.status == 0 || vrrp.checksum.status == 0)";

    /// <summary>
    /// What tshark finds wrong with VRRP, ARP and ICMPv6 frames: one line per frame, with what it says about it. Empty
    /// means that it took every frame apart without a complaint.
    /// </summary>
    /// <param name="pcap">The recorded file.</param>
    /// <param name="sender">Only frames of this Ethernet source; null for all.</param>
    public static ImmutableArray<string> Complaints(string pcap, MacAddress? sender = null) =>
        Read(pcap, $"{Concerned(sender)} && {Suspicious}", "frame.number", "_ws.col.Protocol", "_ws.col.Info", "_ws.expert.message");

    /// <summary>How many VRRP, ARP and ICMPv6 frames were recorded, so that a test can see that there was something to judge.</summary>
    public static int Count(string pcap, MacAddress? sender = null, string filter = "frame") =>
        Read(pcap, $"{Concerned(sender)} && ({filter})", "frame.number").Length;

    /// <summary>Reads fields of the frames that the display filter selects: one line per frame, fields separated by tabs.</summary>
    public static ImmutableArray<string> Read(string pcap, string displayFilter, params string[] fields)
    {
        // A VIP that moves is at two MACs, one after the other; that is no fault of the frames.
        string[] arguments =
        [
            "-n", "-r", pcap, "-o", "ip.check_checksum:TRUE", "-o", "arp.detect_duplicate_ips:FALSE", "-Y", displayFilter, "-T", "fields", "-E", "separator=/t",
            .. fields.SelectMany(field => new[] { "-e", field }),
        ];
        return [.. Command.Run("tshark", arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private static string Concerned(MacAddress? sender) => $"(vrrp || arp || icmpv6){(sender is { } mac ? $" && eth.src == {mac}" : "")}";
}
