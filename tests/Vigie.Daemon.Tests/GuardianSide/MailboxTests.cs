using Vigie.Daemon.GuardianSide;
using Xunit;

namespace Vigie.Daemon.Tests.GuardianSide;

/// <summary>The one way from the guardian's real-time thread to the ordinary ones.</summary>
public sealed class MailboxTests
{
    [Fact]
    public void Letters_of_several_writers_arrive_once_each_and_in_the_order_of_their_writer()
    {
        const int Writers = 3;
        const int Each = 20_000;
        using var box = new Mailbox<(int Writer, int Number)>(64);
        Thread[] writers =
        [
            .. Enumerable.Range(0, Writers).Select(writer => new Thread(() =>
            {
                for (var number = 0; number < Each; number++)
                    while (!box.TryPut((writer, number)))
                        Thread.Yield();
            })),
        ];
        foreach (var writer in writers)
            writer.Start();

        var next = new int[Writers];
        for (var read = 0; read < Writers * Each; read++)
        {
            Assert.True(box.TryTake(out var letter));
            Assert.Equal(next[letter.Writer]++, letter.Number);
        }

        foreach (var writer in writers)
            writer.Join();
        box.Close();
        Assert.False(box.TryTake(out _));
    }

    [Fact]
    public void A_full_box_refuses_and_has_room_again_when_one_was_read()
    {
        using var box = new Mailbox<int>(4);
        for (var i = 0; i < 4; i++)
            Assert.True(box.TryPut(i));

        Assert.False(box.TryPut(4));
        Assert.True(box.TryTake(out var first));
        Assert.Equal(0, first);
        Assert.True(box.TryPut(4));
        Assert.False(box.TryPut(5));
    }

    [Fact]
    public void What_was_put_before_the_end_is_read_after_it()
    {
        using var box = new Mailbox<int>(4);
        box.TryPut(1);
        box.Close();

        Assert.True(box.TryTake(out _));
        Assert.False(box.TryTake(out _));
    }

    [Fact]
    public void Neither_writing_nor_reading_allocates()
    {
        using var box = new Mailbox<(long, long)>(16);
        box.TryPut((0, 0));
        box.TryTake(out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            box.TryPut((i, i));
            box.TryTake(out _);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
