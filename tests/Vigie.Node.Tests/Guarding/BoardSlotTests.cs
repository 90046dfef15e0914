using Vigie.Node.Guarding;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>The record on the board under the eyes of another process: always a whole one.</summary>
public sealed class BoardSlotTests
{
    private const int Capacity = 200;

    [Fact]
    public void A_writer_that_dies_after_any_byte_leaves_the_record_before()
    {
        var slot = Slot();
        for (var written = 0; written <= Capacity; written++)
        {
            Write(slot, 1, 100);
            Write(slot, 2, 120);

            slot.BeginRecord()[..written].Fill(3); // and no more

            Assert.True(slot.TryCopyRecord(out var record));
            Assert.Equal(Enumerable.Repeat((byte)2, 120), record);
        }
    }

    [Fact]
    public void Nothing_was_written_before_the_first_record()
    {
        var slot = Slot();
        slot.BeginRecord().Fill(1);

        Assert.False(slot.TryCopyRecord(out _));
    }

    [Fact]
    public void A_reader_beside_a_busy_writer_never_gets_half_of_anything()
    {
        var slot = Slot();
        Write(slot, 1, 1);
        var stop = false;
        var writer = new Thread(() =>
        {
            for (var i = 1; !Volatile.Read(ref stop); i++)
                Write(slot, (byte)(i % 200 + 1), i % 200 + 1);
        });
        writer.Start();

        var copied = 0;
        for (var i = 0; i < 200_000; i++)
        {
            if (!slot.TryCopyRecord(out var record))
                continue;
            copied++;
            Assert.Equal(record[0], record.Length);
            Assert.True(record.AsSpan().IndexOfAnyExcept(record[0]) < 0, "bytes of two records");
        }

        Volatile.Write(ref stop, true);
        writer.Join();
        Assert.InRange(copied, 1000, int.MaxValue);
    }

    private static BoardSlot Slot()
    {
        var board = new RoleBoard(new Memory());
        Assert.True(board.TryLay("configuration"u8, [Capacity]));
        return board.Laid(0);
    }

    private static void Write(BoardSlot slot, byte value, int length)
    {
        slot.BeginRecord()[..length].Fill(value);
        slot.EndRecord(length);
    }

    private sealed class Memory : IBoardMemory
    {
        private readonly byte[] _bytes = new byte[RoleBoard.Size];

        public Span<byte> Bytes => _bytes;
    }
}
