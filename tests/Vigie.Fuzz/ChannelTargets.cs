using System.Buffers.Binary;
using System.Security.Cryptography;
using Vigie.Core;
using Vigie.Core.Peers;

namespace Vigie.Fuzz;

/// <summary>
/// The peer channel as fuzz targets. The promises: any bytes give an answer; what is refused leaves no content behind; what opens is,
/// sealed again, the same bytes; a hello that is read is written as it was, up to bits that mean nothing.
/// </summary>
internal static class ChannelTargets
{
    private static readonly ClusterKey s_key = ClusterKey.FromBytes([.. Enumerable.Range(1, ClusterKey.Length).Select(i => (byte)i)]);
    private static readonly ChannelSession s_beta = new(0xB1);
    private static readonly ChannelSession s_alpha = new(0xA1);
    private static readonly Instant s_now = Instant.Zero + TimeSpan.FromSeconds(1000);

    // Alpha's introduction, and a packet that has come to number 5000 and names beta's first.
    private static readonly byte[][] s_history = [Sealed(1, ChannelSession.None, 0), Sealed(5000, s_beta, 1)];

    /// <summary>A datagram on the first path, to a host that believes its sender.</summary>
    public static int Channel(ReadOnlySpan<byte> input)
    {
        using var line = new ChannelLine([s_key], "beta", "alpha", s_beta);
        Span<byte> content = stackalloc byte[ChannelPacket.MaximumContent];
        Span<byte> datagram = stackalloc byte[ChannelPacket.MaximumLength];
        line.TryOpen(s_now, 0, s_history[0], content, out _, out var stranger);
        line.SealAnswer(s_now, ChannelKind.Hello, stranger, [], datagram);
        BrokenPromiseException.Unless(line.TryOpen(s_now, 0, s_history[1], content, out _, out _) == ChannelError.None, "the history opens");
        content.Clear();
        var error = line.TryOpen(s_now, 0, input, content, out var length, out var header);
        if (error != ChannelError.None)
        {
            BrokenPromiseException.Unless(length == 0 && content.IndexOfAnyExcept((byte)0) < 0, "what is refused leaves nothing behind");
            BrokenPromiseException.Unless(line.Current == s_alpha && line.Highest == 5000, "what is refused changes nothing");
            return (int)error;
        }

        datagram.Clear();
        input.CopyTo(datagram);
        datagram[ChannelPacket.HeaderLength..].Clear();
        Seal(header, content[..length], datagram[..input.Length]);
        BrokenPromiseException.Unless(datagram[..input.Length].SequenceEqual(input), "what opens is what was sealed");
        BrokenPromiseException.Unless(line.TryOpen(s_now, 0, input, content, out _, out _) == ChannelError.Replayed, "it opens once");
        return 0;
    }

    /// <summary>Seals the input as its header says, so that what comes after the seal is reached.</summary>
    public static void RepairChannel(Span<byte> input)
    {
        if (ChannelPacket.TryDecode(input, out var header) == ChannelError.None && header.Key == s_key.Number)
            Seal(header, input[ChannelPacket.HeaderLength..^ChannelPacket.SealLength].ToArray(), input);
    }

    /// <summary>The content of a packet.</summary>
    public static int Hello(ReadOnlySpan<byte> input)
    {
        var error = PeerHello.TryDecode(input, out var hello);
        var hearings = new HearingStatement[hello.HearingCount];
        var routers = new RouterStatement[hello.RouterCount];
        if (error != HelloError.None)
        {
            BrokenPromiseException.Unless(hearings.Length == 0 && routers.Length == 0 && hello.Configuration == 0, "an error leaves no value behind");
            return (int)error;
        }

        for (var i = 0; i < hearings.Length; i++)
            hearings[i] = hello.Hearing(i);
        for (var i = 0; i < routers.Length; i++)
            routers[i] = hello.Router(i);
        Span<byte> output = stackalloc byte[ChannelPacket.MaximumContent];
        var length = PeerHello.Encode(hello.Marks, hello.Configuration, hearings, routers, output);
        BrokenPromiseException.Unless(length == input.Length, "a hello is written as long as it was read");
        BrokenPromiseException.Unless(PeerHello.TryDecode(output[..length], out var decoded) == HelloError.None, "a hello that was read can be written");
        BrokenPromiseException.Unless(
            decoded.Marks == hello.Marks && decoded.Configuration == hello.Configuration && decoded.HearingCount == hearings.Length
            && decoded.RouterCount == routers.Length, "a hello decodes to what was written");
        for (var i = 0; i < hearings.Length; i++)
            BrokenPromiseException.Unless(decoded.Hearing(i) == hearings[i], "a hello decodes to what was written");
        for (var i = 0; i < routers.Length; i++)
            BrokenPromiseException.Unless(decoded.Router(i) == routers[i], "a hello decodes to what was written");
        return 0;
    }

    private static byte[] Sealed(ulong number, ChannelSession receiver, ulong heard)
    {
        var datagram = new byte[ChannelPacket.HeaderLength + 7 + ChannelPacket.SealLength];
        var header = new ChannelHeader(ChannelKind.Hello, s_key.Number, s_alpha, number, receiver, heard, 0);
        ChannelPacket.Encode(header, datagram);
        Seal(header, "history"u8, datagram);
        return datagram;
    }

    /// <summary>The seal made of the parts of the standard library: the header as it stands, the content closed, the tag.</summary>
    private static void Seal(in ChannelHeader header, ReadOnlySpan<byte> content, Span<byte> datagram)
    {
        Span<byte> salt = stackalloc byte[ChannelSession.Length];
        header.Sender.WriteTo(salt);
        Span<byte> key = stackalloc byte[ClusterKey.Length];
        byte[] secret = [.. Enumerable.Range(1, ClusterKey.Length).Select(i => (byte)i)];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt, "vigie channel 1: packets of a session\0alpha\0beta"u8);
        using var cipher = new AesGcm(key, ChannelPacket.SealLength);
        Span<byte> nonce = stackalloc byte[12];
        nonce.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(nonce[4..], header.Number);
        cipher.Encrypt(
            nonce, content, datagram.Slice(ChannelPacket.HeaderLength, content.Length), datagram[^ChannelPacket.SealLength..],
            datagram[..ChannelPacket.HeaderLength]);
    }
}
