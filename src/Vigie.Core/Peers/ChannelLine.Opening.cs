using System.Security.Cryptography;

namespace Vigie.Core.Peers;

// What comes from the other host.
public sealed partial class ChannelLine
{
    /// <summary>How many packets that do not open are tried within a second, in the session that is believed and outside of it.</summary>
    public const int MostFailuresPerSecond = 200;

    private ReplayWindow _window = new();
    private AesGcm? _opening;
    private uint _openingKey;
    private ChannelBudget _forgeries;
    private ChannelBudget _strangers;

    /// <summary>The highest number of the session that is believed. A host's state is believed only in this order.</summary>
    public ulong Highest => _window.Highest;

    /// <summary>
    /// Opens a datagram. Any bytes give an answer. With <see cref="ChannelError.Unproven"/> the header is genuine and the content
    /// is withheld: see <see cref="SealAnswer"/>.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="path">The path that it came by.</param>
    /// <param name="datagram">As it came.</param>
    /// <param name="content">At least <see cref="ChannelPacket.MaximumContent"/> bytes. After an error nothing of the packet is in it.</param>
    /// <param name="length">How much of the content is filled.</param>
    /// <param name="header">As far as it could be read; nothing in it may be believed on another error than <see cref="ChannelError.Unproven"/>.</param>
    public ChannelError TryOpen(
        Instant now, byte path, ReadOnlySpan<byte> datagram, Span<byte> content, out int length, out ChannelHeader header)
    {
        length = 0;
        var error = ChannelPacket.TryDecode(datagram, out header);
        if (error != ChannelError.None)
            return error;
        if (header.Path != path)
            return ChannelError.Path;
        var key = KeyNumbered(header.Key);
        if (key is null)
            return ChannelError.KeyUnknown;
        var isCurrent = header.Sender == Current;
        // Before the seal is tried, which costs; none of it says anything that a stranger may not know.
        if (isCurrent && _window.Check(header.Number) is var old and not ChannelError.None)
            return old;
        ref var failures = ref isCurrent ? ref _forgeries : ref _strangers;
        if (!failures.Has(now, MostFailuresPerSecond))
            return ChannelError.Throttled;

        var isKept = isCurrent && _opening is not null && _openingKey == header.Key;
        var cipher = isKept ? _opening! : key.CipherOf(header.Sender, _peer, _own);
        var opened = TryOpen(cipher, header.Number, datagram, content, out var opensTo);
        if (opened && header.Receiver == Own && (isCurrent || IsFresh(now, header.Heard)))
        {
            Believe(header);
            length = opensTo;
            if (!isKept)
                KeepOpening(cipher, header.Key);
            return ChannelError.None;
        }

        failures.Take(now);
        content[..opensTo].Clear();
        if (!isKept)
            cipher.Dispose();
        return opened ? ChannelError.Unproven : ChannelError.Forged;
    }

    private static bool TryOpen(AesGcm cipher, ulong number, ReadOnlySpan<byte> datagram, Span<byte> content, out int length)
    {
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(number, nonce);
        var header = datagram[..ChannelPacket.HeaderLength];
        var seal = datagram[^ChannelPacket.SealLength..];
        var closed = datagram[ChannelPacket.HeaderLength..^ChannelPacket.SealLength];
        length = closed.Length;
        try
        {
            cipher.Decrypt(nonce, closed, seal, content[..length], header);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    /// <summary>Whether a packet of ours was sent lately enough to prove that who has heard it is there now.</summary>
    private bool IsFresh(Instant now, ulong heard)
    {
        MoveSlots(now);
        return heard >= _freshFrom && (heard < Next || Next == 0);
    }

    private void Believe(in ChannelHeader header)
    {
        if (header.Sender != Current)
        {
            Current = header.Sender;
            _window = new ReplayWindow();
        }

        _window.Accept(header.Number);
    }

    private void KeepOpening(AesGcm cipher, uint key)
    {
        _opening?.Dispose();
        (_opening, _openingKey) = (cipher, key);
    }

    private void ForgetOpening()
    {
        _opening?.Dispose();
        (_opening, _openingKey) = (null, 0);
    }
}
