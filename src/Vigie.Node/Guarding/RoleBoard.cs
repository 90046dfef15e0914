using System.Runtime.InteropServices;
using Vigie.Core;

namespace Vigie.Node.Guarding;

// What the guardian knows of the node: docs/decisions/0006-guardian.md. All numbers are aligned words, written whole.
//
//   0     header: heartbeat, incarnation, serving, leaving, live half
//   4096  half 1: router count, text length, offsets of the slots | text | slots
//   ...   half 2: the same

/// <summary>
/// The memory that node and guardian share: one heartbeat, the running configuration, and per virtual router what is needed
/// to speak for its role or to take it up. One writes at a time: the node while it lives, the guardian while it does not.
/// </summary>
public sealed class RoleBoard(IBoardMemory memory)
{
    /// <summary>In bytes. Sparse: what is not used takes no memory.</summary>
    public const int Size = 16 * 1024 * 1024;

    private const int HeaderSize = 4096;
    private const int HalfSize = (Size - HeaderSize) / 2 & ~7;
    private const int HeartbeatAt = 0;
    private const int IncarnationAt = 8;
    private const int ServingAt = 16;
    private const int LeavingAt = 24;
    private const int LiveAt = 32;
    private const int CountAt = 0;
    private const int TextLengthAt = 8;
    private const int DirectoryAt = 16;
    private const int MostRouters = (HalfSize - DirectoryAt) / 8;

    private int _laid;

    /// <summary>When the node last went round its loop; <see cref="Instant.Zero"/> before the first time.</summary>
    public Instant Heartbeat
    {
        get => new(Read(HeartbeatAt));
        set => Write(HeartbeatAt, value.Nanoseconds);
    }

    /// <summary>Which node this is; the guardian counts up before it starts one.</summary>
    public long Incarnation
    {
        get => Read(IncarnationAt);
        set => Write(IncarnationAt, value);
    }

    /// <summary>The incarnation that has taken up its roles and beats its heart.</summary>
    public long Serving
    {
        get => Read(ServingAt);
        set => Write(ServingAt, value);
    }

    /// <summary>The node is resigning in order: nothing is to be covered any more.</summary>
    public bool Leaving
    {
        get => Read(LeavingAt) != 0;
        set => Write(LeavingAt, value ? 1 : 0);
    }

    /// <summary>Changes whenever another configuration becomes live; 0 before the first.</summary>
    public long Live => Read(LiveAt);

    /// <summary>The virtual routers of the live configuration; no more than there is room for, whatever stands there.</summary>
    public int RouterCount => Live == 0 ? 0 : (int)Math.Clamp(Read(Half(Live) + CountAt), 0, MostRouters);

    /// <summary>The text of the live configuration, UTF-8; empty when its length cannot be.</summary>
    public ReadOnlySpan<byte> Text
    {
        get
        {
            if (Live == 0)
                return default;
            var half = Half(Live);
            var at = TextOf(half, RouterCount);
            var length = Read(half + TextLengthAt);
            return length >= 0 && length <= half + HalfSize - at ? memory.Bytes.Slice(at, (int)length) : default;
        }
    }

    /// <summary>A virtual router of the live configuration; false when it stands where none can.</summary>
    public bool TryGet(int index, out BoardSlot slot)
    {
        var half = Half(Live);
        var at = Read(half + DirectoryAt + 8 * index);
        var fits = at % 8 == 0 && at >= half + DirectoryAt && at <= half + HalfSize - BoardSlot.SizeOf(0);
        slot = fits ? new BoardSlot(memory, (int)at) : default;
        return fits;
    }

    /// <summary>
    /// Makes room for another configuration beside the live one; false when it is too large to be guarded. Its slots are
    /// reached by <see cref="Laid"/> until <see cref="Publish"/>.
    /// </summary>
    public bool TryLay(ReadOnlySpan<byte> text, ReadOnlySpan<int> recordCapacities)
    {
        var half = Half(Live + 1);
        if (!Fits(text.Length, recordCapacities))
            return false;

        Write(half + CountAt, recordCapacities.Length);
        Write(half + TextLengthAt, text.Length);
        var at = TextOf(half, recordCapacities.Length);
        text.CopyTo(memory.Bytes[at..]);
        at += text.Length + 7 & ~7;
        for (var i = 0; i < recordCapacities.Length; i++)
        {
            Write(half + DirectoryAt + 8 * i, at);
            new BoardSlot(memory, at).Clear(recordCapacities[i]);
            at += BoardSlot.SizeOf(recordCapacities[i]);
        }

        _laid = half;
        return true;
    }

    /// <summary>Whether there is room for a configuration.</summary>
    public static bool Fits(int textLength, ReadOnlySpan<int> recordCapacities)
    {
        long needed = TextOf(0, recordCapacities.Length) + (long)textLength + 8;
        foreach (var capacity in recordCapacities)
            needed += BoardSlot.SizeOf(capacity);
        return needed <= HalfSize;
    }

    /// <summary>A slot of what was laid out last, live or not yet.</summary>
    public BoardSlot Laid(int index) => new(memory, (int)Read(_laid + DirectoryAt + 8 * index));

    /// <summary>What was laid out last becomes the live configuration, with one write.</summary>
    public void Publish() => Write(LiveAt, Live + 1);

    private static int Half(long live) => HeaderSize + (int)(live & 1) * HalfSize;

    private static int TextOf(int half, int routers) => half + DirectoryAt + 8 * routers;

    private long Read(int at) => Volatile.Read(ref Word(at));

    private void Write(int at, long value) => Volatile.Write(ref Word(at), value);

    private ref long Word(int at) => ref MemoryMarshal.Cast<byte, long>(memory.Bytes.Slice(at, 8))[0];
}
