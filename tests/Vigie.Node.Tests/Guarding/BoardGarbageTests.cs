using System.Buffers.Binary;
using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Node.Guarding;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests.Guarding;

/// <summary>
/// A node that goes mad writes nonsense into the memory that it shares with its guardian: the guardian lives, says so once,
/// and goes on speaking for what it could read.
/// </summary>
public sealed class BoardGarbageTests
{
    private const int Interval = 100;

    public static TheoryData<string> Memories => ["random", "ones", "zeroes", "random after the header", "random words in the header"];

    [Fact]
    public void A_record_reads_as_it_was_written()
    {
        var record = RoleRecord.TryRead(Written());

        Assert.NotNull(record);
        Assert.Equal(("db", "eth0", Host.Eth0, (byte)51, (byte)150), (record.Name, record.Interface, record.InterfaceIndex, record.Vrid, record.Priority));
        Assert.Equal(2, record.Families.Length);
        Assert.Equal(["10.77.0.100/24", "fd77::100/64"], record.KernelAddresses.Select(address => address.ToString()));
        Assert.Equal(["10.77.0.2", "10.77.0.3"], record.Peers.Select(peer => peer.ToString()));
        Assert.Equal(3, record.Advertisements.Length);
    }

    [Fact]
    public void No_part_of_a_record_and_none_with_more_behind_it_is_one()
    {
        var written = Written();
        for (var length = 0; length < written.Length; length++)
            Assert.True(RoleRecord.TryRead(written.AsSpan(0, length)) is null, $"{length} of {written.Length} bytes");
        Assert.Null(RoleRecord.TryRead([.. written, 0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void A_wrong_number_anywhere_is_found_or_does_no_harm(int number)
    {
        var written = Written();
        var refused = 0;
        for (var at = 0; at + sizeof(int) <= written.Length; at++)
        {
            var wrong = written.ToArray();
            BinaryPrimitives.WriteInt32LittleEndian(wrong.AsSpan(at), number);
            if (wrong.AsSpan().SequenceEqual(written))
                continue;
            if (RoleRecord.TryRead(wrong) is { } record)
                AssertHarmless(record);
            else
                refused++;
        }

        // The counts of families, addresses, peers and advertisements, and the lengths of names, addresses and messages.
        Assert.InRange(refused, 20, written.Length);
    }

    [Fact]
    public void A_wrong_count_is_refused_wherever_one_stands()
    {
        foreach (var wrong in (int[])[0, 1, 4, 1000, int.MaxValue, -1])
            foreach (var (what, at, right) in Counts(Written()))
            {
                var record = Written();
                BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(at), wrong);
                Assert.True(wrong == right || RoleRecord.TryRead(record) is null, $"{wrong} {what} in place of {right}");
            }
    }

    [Fact]
    public void Random_bytes_are_no_record_and_random_changes_do_no_harm()
    {
        var random = new Random(51);
        var written = Written();
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(2 * written.Length)];
            random.NextBytes(bytes);
            Assert.Null(RoleRecord.TryRead(bytes));
            var changed = written.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (RoleRecord.TryRead(changed) is { } record)
                AssertHarmless(record);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(400)]
    public void A_node_that_writes_nonsense_and_dies_is_spoken_for_by_what_was_read_before_and_that_is_told_once(int length)
    {
        var host = Active();
        host.NodesFail = true;
        var began = host.Now;
        WriteNonsense(host, length);
        host.Crash();
        for (var i = 0; i < 20; i++)
        {
            WriteNonsense(host, length);
            host.Run(TimeSpan.FromMilliseconds(Interval));
        }

        Assert.Equal([new GuardianEvent(GuardianEventKind.RecordUnreadable, "db")], host.Events.Where(e => e.Kind == GuardianEventKind.RecordUnreadable));
        Assert.True(host.LongestSilence(began) <= 1.5 * TimeSpan.FromMilliseconds(Interval), $"silent for {host.LongestSilence(began)}");
        Assert.All(host.Sent.Where(sent => sent.At > began), sent => Assert.Equal((150, true), (sent.Priority, sent.ByGuardian)));
    }

    [Fact]
    public void What_can_be_read_again_is_told_again_when_it_cannot()
    {
        var host = Active();
        Assert.True(host.Board.TryGet(0, out var slot) & slot.TryCopyRecord(out var good));
        host.NodesFail = true;
        host.Crash();
        foreach (var bytes in (byte[][])[[1, 2, 3], good, [1, 2, 3], good, [4, 5, 6]])
        {
            bytes.CopyTo(slot.BeginRecord());
            slot.EndRecord(bytes.Length);
            host.Run(TimeSpan.FromMilliseconds(Interval));
        }

        Assert.Equal(3, host.Events.Count(e => e.Kind == GuardianEventKind.RecordUnreadable));
    }

    [Fact]
    public void A_router_that_cannot_be_read_is_left_out_and_the_others_are_spoken_for()
    {
        var host = new GuardedHost(
            Host.Router(intervalMilliseconds: Interval), Host.Router("web", 52, intervalMilliseconds: Interval, addresses: "10.77.0.101/24"));
        host.Run(TimeSpan.FromSeconds(3));
        WriteNonsense(host, 100);
        host.Board.Publish(); // the other half: nothing is there, and then this one again
        host.Board.Publish();
        host.NodesFail = true;
        host.Run(TimeSpan.FromMilliseconds(Interval));
        var crashed = host.Now;
        host.Crash();
        host.Run(TimeSpan.FromSeconds(1));

        Assert.Equal([new GuardianEvent(GuardianEventKind.RecordUnreadable)], host.Events.Where(e => e.Kind == GuardianEventKind.RecordUnreadable));
        Assert.InRange(host.LongestSilenceOf(52, crashed), TimeSpan.Zero, 1.5 * TimeSpan.FromMilliseconds(Interval));
        Assert.True(host.LongestSilenceOf(51, crashed) >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_next_node_takes_up_nothing_that_it_cannot_read_and_lives()
    {
        var host = Active();
        WriteNonsense(host, 100);
        host.Crash();
        host.Run(TimeSpan.FromSeconds(3));

        Assert.True(host.Guardian.IsNodeWell(host.Now));
        Assert.Equal(1, host.Guardian.Restarts);
        Assert.Equal(Core.Election.RouterState.Active, host.StateOf());
    }

    [Theory]
    [MemberData(nameof(Memories))]
    public void Whatever_stands_in_the_shared_memory_the_guardian_lives(string what)
    {
        var memory = new byte[RoleBoard.Size];
        for (var seed = 0; seed < 20; seed++)
        {
            memory.AsSpan().Clear();
            var host = Active(memory);
            host.NodesFail = true;
            Spoil(memory, what, new Random(seed));
            host.Crash();
            host.Run(TimeSpan.FromSeconds(7)); // covers, and gives up
            Spoil(memory, what, new Random(seed + 1000));
            host.Run(TimeSpan.FromSeconds(1));
            host.Guardian.Stop();
            host.Guardian.LeaveForNode(host.Now);
            _ = host.Board.Text.Length;
        }
    }

    private static void Spoil(byte[] memory, string what, Random random)
    {
        switch (what)
        {
            case "random":
                random.NextBytes(memory);
                break;
            case "ones":
                memory.AsSpan().Fill(0xFF);
                break;
            case "zeroes":
                memory.AsSpan().Clear();
                break;
            case "random after the header":
                random.NextBytes(memory.AsSpan(4096, 8192));
                break;
            default:
                // Where the guardian looks first, with numbers of which some are nearly right.
                for (var word = 0; word < 64; word++)
                    BinaryPrimitives.WriteInt64LittleEndian(memory.AsSpan(4096 + 8 * word), random.Next(4) switch
                    {
                        0 => random.NextInt64(),
                        1 => -random.NextInt64(10_000),
                        2 => 8 * random.NextInt64(RoleBoard.Size / 8 + 10),
                        _ => random.NextInt64(200),
                    });
                break;
        }
    }

    private static GuardedHost Active(byte[]? memory = null)
    {
        var host = new GuardedHost(memory ?? new byte[RoleBoard.Size], Host.Router(intervalMilliseconds: Interval));
        host.Run(TimeSpan.FromSeconds(3));
        Assert.Equal(Core.Election.RouterState.Active, host.StateOf());
        return host;
    }

    private static void WriteNonsense(GuardedHost host, int length)
    {
        Assert.True(host.Board.TryGet(0, out var slot));
        new Random(length).NextBytes(slot.BeginRecord()[..length]);
        slot.EndRecord(length);
    }

    /// <summary>A record of a router with everything in it, as its node writes it.</summary>
    private static byte[] Written()
    {
        var host = new GuardedHost(Host.Router(
            intervalMilliseconds: Interval, addresses: "10.77.0.100/24 fd77::100/64", peers: "10.77.0.2 10.77.0.3"));
        host.Run(TimeSpan.FromSeconds(3));
        Assert.True(host.Board.TryGet(0, out var slot) & slot.TryCopyRecord(out var bytes));
        return bytes;
    }

    /// <summary>Where the counts of a written record stand; from its end, since every part has a known length.</summary>
    private static IEnumerable<(string What, int At, int Right)> Counts(byte[] written)
    {
        const int Message4 = 8 + 4;
        const int Message6 = 8 + 16;
        var advertisements = written.Length - 2 * (2 * 5 + 4 + 2 * Message4) - (2 * 17 + 4 + 2 * Message6) - sizeof(int);
        var peers = advertisements - 2 * 5 - sizeof(int);
        var addresses = peers - (5 + 1) - (17 + 1) - sizeof(int);
        yield return ("advertisements", advertisements, 3);
        yield return ("peers", peers, 2);
        yield return ("addresses", addresses, 2);
    }

    /// <summary>Whatever is reckoned with it comes out.</summary>
    private static void AssertHarmless(RoleRecord record)
    {
        Assert.InRange(record.AdvertisementInterval, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(255));
        Assert.InRange(record.Families.Length, 0, 2);
        Assert.All(record.KernelAddresses, address => Assert.True(address.Length <= IpPrefix.MaxLength(address.Family)));
        Assert.All(record.Advertisements, prepared => Assert.Equal(prepared.Source.Family, prepared.Destination.Family));
        _ = record.ToAdopt(Instant.Never);
    }
}
