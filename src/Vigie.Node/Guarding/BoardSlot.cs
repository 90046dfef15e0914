using System.Runtime.InteropServices;
using Vigie.Core;

namespace Vigie.Node.Guarding;

// In words of eight bytes: due, sent, received, given up, sequence, capacity, length of record 0, length of record 1; then
// room for both records. The live one is that of the sequence number's last bit, and the other is where the next is written:
// whoever dies while writing leaves the one before it, whole.

/// <summary>One virtual router on the <see cref="RoleBoard"/>: words that change all the time, and a record that changes rarely.</summary>
public readonly struct BoardSlot
{
    private const int DueWord = 0;
    private const int SentWord = 8;
    private const int ReceivedWord = 16;
    private const int GivenUpWord = 24;
    private const int SequenceWord = 32;
    private const int CapacityWord = 40;
    private const int LengthWords = 48;
    private const int RecordsAt = 64;

    // Nothing is due in a hundred years; what says so is no time, and adding to it would go wrong.
    private const long Farthest = long.MaxValue / 2;

    // A writer that lives is met twice in a row by chance, not that often.
    private const int CopyAttempts = 16;

    private readonly IBoardMemory _memory;
    private readonly int _at;

    internal BoardSlot(IBoardMemory memory, int at)
    {
        _memory = memory;
        _at = at;
    }

    /// <summary>When the next advertisement is due; <see cref="Instant.Never"/> unless this router is Active.</summary>
    public Instant DueAt
    {
        get => Read(DueWord) is var due and > 0 and < Farthest ? new Instant(due) : Instant.Never;
        set => Write(DueWord, value == Instant.Never ? 0 : value.Nanoseconds);
    }

    public long Sent
    {
        get => Read(SentWord);
        set => Write(SentWord, value);
    }

    public long Received
    {
        get => Read(ReceivedWord);
        set => Write(ReceivedWord, value);
    }

    /// <summary>The guardian has let go of this role: the next node begins as after any start.</summary>
    public bool GivenUp
    {
        get => Read(GivenUpWord) != 0;
        set => Write(GivenUpWord, value ? 1 : 0);
    }

    /// <summary>How often the record was replaced; 0 before the first.</summary>
    public long Sequence => Read(SequenceWord);

    /// <summary>Room for two records of that many bytes and the words before them.</summary>
    internal static int SizeOf(int recordCapacity) => RecordsAt + 2 * Aligned(recordCapacity);

    internal void Clear(int recordCapacity)
    {
        _memory.Bytes.Slice(_at, RecordsAt).Clear();
        Write(CapacityWord, recordCapacity);
    }

    /// <summary>Where the next record goes; <see cref="EndRecord"/> makes it the live one.</summary>
    public Span<byte> BeginRecord() => Record(Sequence + 1, (int)Read(CapacityWord));

    public void EndRecord(int length)
    {
        var next = Sequence + 1;
        Write(LengthWord(next), length);
        Write(SequenceWord, next); // a release: after the last byte
    }

    /// <summary>Copies the live record, or returns false when none was ever written, or when the words that say where it is cannot be.</summary>
    public bool TryCopyRecord(out byte[] record)
    {
        for (var attempt = 0; attempt < CopyAttempts; attempt++)
        {
            // Each once: whoever writes there may be out of its mind, and what was looked at must be what is used.
            var sequence = Sequence;
            var length = Read(LengthWord(sequence));
            var capacity = Read(CapacityWord);
            if (sequence == 0 || length <= 0 || length > capacity || capacity > Room)
                break;
            record = Record(sequence, (int)capacity)[..(int)length].ToArray();
            Interlocked.MemoryBarrier();
            if (Sequence == sequence)
                return true; // it was the live one until now, so that nobody has written there
        }

        record = [];
        return false;
    }

    private Span<byte> Record(long sequence, int capacity) =>
        _memory.Bytes.Slice(_at + RecordsAt + (int)(sequence & 1) * Aligned(capacity), capacity);

    /// <summary>The largest capacity that could be, were this the only slot.</summary>
    private int Room => (_memory.Bytes.Length - _at - RecordsAt) / 2 & ~7;

    private static int LengthWord(long sequence) => LengthWords + 8 * (int)(sequence & 1);

    private static int Aligned(int bytes) => bytes + 7 & ~7;

    private long Read(int word) => Volatile.Read(ref Word(word));

    private void Write(int word, long value) => Volatile.Write(ref Word(word), value);

    private ref long Word(int word) => ref MemoryMarshal.Cast<byte, long>(_memory.Bytes.Slice(_at + word, 8))[0];
}
