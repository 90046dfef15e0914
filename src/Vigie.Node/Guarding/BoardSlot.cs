using System.Runtime.InteropServices;
using Vigie.Core;

namespace Vigie.Node.Guarding;

/// <summary>One virtual router on the <see cref="RoleBoard"/>: three words that change all the time, and a record that changes rarely.</summary>
public readonly struct BoardSlot
{
    private const int DueWord = 0;
    private const int SentWord = 8;
    private const int ReceivedWord = 16;
    private const int GivenUpWord = 24;
    private const int SequenceWord = 32;
    private const int LengthWord = 40;
    private const int CapacityWord = 48;
    private const int RecordAt = 56;

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
        get => Read(DueWord) is var due and not 0 ? new Instant(due) : Instant.Never;
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

    /// <summary>Room for a record of that many bytes and the words before it.</summary>
    internal static int SizeOf(int recordCapacity) => RecordAt + recordCapacity + 7 & ~7;

    internal void Clear(int recordCapacity)
    {
        _memory.Bytes.Slice(_at, RecordAt).Clear();
        Write(CapacityWord, recordCapacity);
    }

    /// <summary>Replaces the record: write into what is given, then say how long it is.</summary>
    internal Span<byte> BeginRecord()
    {
        Write(SequenceWord, Read(SequenceWord) | 1);
        Interlocked.MemoryBarrier(); // odd before the first byte changes
        return _memory.Bytes.Slice(_at + RecordAt, (int)Read(CapacityWord));
    }

    internal void EndRecord(int length)
    {
        Write(LengthWord, length);
        Write(SequenceWord, Read(SequenceWord) + 1); // a release: even after the last byte
    }

    /// <summary>Copies the record, or returns false when it was never written or its writer has not finished it.</summary>
    public bool TryCopyRecord(out byte[] record)
    {
        record = [];
        var before = Read(SequenceWord);
        var length = (int)Read(LengthWord);
        if ((before & 1) != 0 || length <= 0 || length > Read(CapacityWord))
            return false;
        record = _memory.Bytes.Slice(_at + RecordAt, length).ToArray();
        Interlocked.MemoryBarrier();
        return Read(SequenceWord) == before;
    }

    private long Read(int word) => Volatile.Read(ref Word(word));

    private void Write(int word, long value) => Volatile.Write(ref Word(word), value);

    private ref long Word(int word) => ref MemoryMarshal.Cast<byte, long>(_memory.Bytes.Slice(_at + word, 8))[0];
}
