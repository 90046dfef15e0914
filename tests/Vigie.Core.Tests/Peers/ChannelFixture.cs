using System.Collections.Immutable;
using System.Text;
using Vigie.Core.Peers;
using Vigie.Core.Tests.Wire;

namespace Vigie.Core.Tests.Peers;

/// <summary>Two hosts, alpha and beta, and what an observer may do between them.</summary>
internal static class ChannelFixture
{
    public static readonly ChannelSession AlphaSession = new(0xA1);
    public static readonly ChannelSession BetaSession = new(0xB1);
    public static readonly ClusterKey Key = KeyOf(1);
    public static readonly Instant Start = Instant.Zero + TimeSpan.FromSeconds(1000);

    /// <summary>Keys that differ, each the same in every run.</summary>
    public static ClusterKey KeyOf(byte seed) => ClusterKey.FromBytes([.. Enumerable.Range(0, ClusterKey.Length).Select(i => (byte)(seed * 31 + i * 7))]);

    public static ChannelLine Alpha(ChannelSession? session = null, ClusterKey? key = null) => new([key ?? Key], "alpha", "beta", session ?? AlphaSession);

    public static ChannelLine Beta(ChannelSession? session = null, params ImmutableArray<ClusterKey> keys) =>
        new(keys.Length == 0 ? [Key] : keys, "beta", "alpha", session ?? BetaSession);

    /// <summary>Two that believe each other.</summary>
    public static (ChannelLine Alpha, ChannelLine Beta) Pair()
    {
        var (alpha, beta) = (Alpha(), Beta());
        Acquaint(alpha, beta);
        return (alpha, beta);
    }

    /// <summary>The three packets of two that have just begun: one that proves nothing, an answer, one that names the answer.</summary>
    public static void Acquaint(ChannelLine alpha, ChannelLine beta, Instant? at = null)
    {
        var now = at ?? Start;
        if (beta.Open(alpha.Say(now: now), out var unproven, now) != ChannelError.Unproven)
            throw new InvalidOperationException("a stranger is believed");
        if (alpha.Open(beta.Answer(unproven, now), now) != ChannelError.None || beta.Open(alpha.Say(now: now), now) != ChannelError.None)
            throw new InvalidOperationException("they do not believe each other");
    }

    public static byte[] Say(this ChannelLine line, string content = "hello", byte path = 0, Instant? now = null)
    {
        var datagram = new byte[ChannelPacket.MaximumLength];
        return datagram[..line.Seal(now ?? Start, ChannelKind.Hello, path, Encoding.ASCII.GetBytes(content), datagram)];
    }

    public static byte[] Answer(this ChannelLine line, in ChannelHeader unproven, Instant? now = null)
    {
        var datagram = new byte[ChannelPacket.MaximumLength];
        return datagram[..line.SealAnswer(now ?? Start, ChannelKind.Hello, unproven, "answer"u8, datagram)];
    }

    public static ChannelError Open(this ChannelLine line, byte[] datagram, Instant? now = null) => line.Open(datagram, out _, now);

    public static ChannelError Open(this ChannelLine line, byte[] datagram, out ChannelHeader header, Instant? now = null) =>
        line.Open(datagram, out header, out _, now);

    public static ChannelError Open(this ChannelLine line, byte[] datagram, out ChannelHeader header, out string content, Instant? now = null)
    {
        // Stale, so that what is left behind is seen.
        var buffer = WireBytes.StaleBuffer(ChannelPacket.MaximumContent);
        var error = line.TryOpen(now ?? Start, path: 0, datagram, buffer, out var length, out header);
        content = Encoding.ASCII.GetString(buffer, 0, length);
        if (error != ChannelError.None && (length != 0 || buffer.Any(b => b is not (0 or WireBytes.Stale))))
            throw new InvalidOperationException($"{error} leaves something behind");
        return error;
    }

    public static byte[] With(this byte[] bytes, int offset, byte value)
    {
        var copy = (byte[])bytes.Clone();
        copy[offset] = value;
        return copy;
    }
}
