using System.Security.Cryptography;

namespace Vigie.Core.Peers;

// What goes to the other host.
public sealed partial class ChannelLine
{
    /// <summary>A packet that the other host names is proof of its presence if it was sent within one to two of these.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    /// <summary>A session that has not proved itself is answered once in this time.</summary>
    public static readonly TimeSpan AnswerEvery = TimeSpan.FromMilliseconds(100);

    private const int MostAnswersPerSecond = 100;

    // Of other sessions than the one that is believed: somebody may send old packets of former lives again, and a new life is
    // to be answered all the same.
    private readonly (ChannelSession Session, Instant At)[] _answered = new (ChannelSession, Instant)[8];
    private AesGcm _sealing;
    private ChannelBudget _answers;
    private ulong _freshFrom;
    private ulong _slotFrom;
    private Instant _slotAt;

    /// <summary>The number of the next packet; 0 when all have been used.</summary>
    public ulong Next { get; private set; }

    /// <summary>Writes a packet that says what this host has heard, and returns its length; 0 when all numbers have been used.</summary>
    /// <param name="now">The time.</param>
    /// <param name="kind">What the content is.</param>
    /// <param name="path">The path that it is to go by.</param>
    /// <param name="content">At most <see cref="ChannelPacket.MaximumContent"/> bytes.</param>
    /// <param name="datagram">Room for the content, <see cref="ChannelPacket.HeaderLength"/> and <see cref="ChannelPacket.SealLength"/>.</param>
    public int Seal(Instant now, ChannelKind kind, byte path, ReadOnlySpan<byte> content, Span<byte> datagram) =>
        Seal(now, kind, path, Current, _window.Highest, content, datagram);

    /// <summary>
    /// Answers a packet that was <see cref="ChannelError.Unproven"/>, so that its sender can prove itself; 0 when it has just been answered.
    /// What is said is for everybody who holds a key: the answer tells a former life nothing that it might not hear.
    /// </summary>
    public int SealAnswer(Instant now, ChannelKind kind, in ChannelHeader unproven, ReadOnlySpan<byte> content, Span<byte> datagram) =>
        MayAnswer(now, unproven.Sender) ? Seal(now, kind, unproven.Path, unproven.Sender, unproven.Number, content, datagram) : 0;

    /// <summary>From now on numbers begin there, if they have not come so far: another process has spoken in this session.</summary>
    public void SkipTo(ulong number)
    {
        if (Next != 0 && number > Next)
            Next = number;
    }

    private int Seal(
        Instant now, ChannelKind kind, byte path, ChannelSession receiver, ulong heard, ReadOnlySpan<byte> content, Span<byte> datagram)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ChannelPacket.MaximumContent, nameof(content));
        if (Next == 0)
            return 0;
        MoveSlots(now);
        var length = ChannelPacket.HeaderLength + content.Length + ChannelPacket.SealLength;
        datagram = datagram[..length];
        var header = datagram[..ChannelPacket.HeaderLength];
        ChannelPacket.Encode(new ChannelHeader(kind, _keys[0].Number, Own, Next, receiver, heard, path), header);
        Span<byte> nonce = stackalloc byte[NonceLength];
        WriteNonce(Next, nonce);
        _sealing.Encrypt(nonce, content, datagram.Slice(ChannelPacket.HeaderLength, content.Length), datagram[^ChannelPacket.SealLength..], header);
        Next++; // past the last one it is 0
        return length;
    }

    /// <summary>What is said now belongs to the present slot; what the slot before the last one said proves nothing any more.</summary>
    private void MoveSlots(Instant now)
    {
        if (now - _slotAt < Freshness)
            return;
        _freshFrom = now - _slotAt < 2 * Freshness ? _slotFrom : Next;
        (_slotFrom, _slotAt) = (Next, now);
    }

    private bool MayAnswer(Instant now, ChannelSession session)
    {
        var oldest = 0;
        for (var i = 0; i < _answered.Length; i++)
        {
            if (_answered[i].Session == session)
            {
                if (now - _answered[i].At < AnswerEvery)
                    return false;
                oldest = i;
                break;
            }

            if (_answered[i].At < _answered[oldest].At)
                oldest = i;
        }

        if (!_answers.Has(now, MostAnswersPerSecond))
            return false;
        _answers.Take(now);
        _answered[oldest] = (session, now);
        return true;
    }
}
