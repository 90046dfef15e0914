using System.Text.Json;
using Vigie.Contract;
using Vigie.Daemon.ControlSide;
using Xunit;

namespace Vigie.Daemon.Tests.ControlSide;

/// <summary>The ring of events, its numbers, and the log beside it.</summary>
public sealed class EventRingTests : IDisposable
{
    private readonly StringWriter _log = new();
    private readonly LogWriter _writer;
    private readonly EventRing _ring;

    public EventRingTests()
    {
        _writer = new LogWriter(_log, LogFormat.Json);
        _ring = new EventRing(_writer);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void Events_are_numbered_from_one_and_given_after_a_number()
    {
        Add("one");
        Add("two");
        Add("three");

        var page = _ring.After(1);

        Assert.Equal([2L, 3L], page.Events.Select(e => e.Sequence));
        Assert.Equal(3, page.Next);
        Assert.Equal(0, page.Lost);
    }

    [Fact]
    public void A_reader_that_is_too_far_behind_is_told_how_many_events_it_lost()
    {
        for (var i = 0; i < EventRing.Capacity + 10; i++)
            Add($"event {i}");

        var page = _ring.After(3);

        Assert.Equal(EventRing.Capacity, page.Events.Count);
        Assert.Equal(7, page.Lost);
        Assert.Equal(11, page.Events[0].Sequence);
    }

    [Fact]
    public void An_empty_ring_gives_nothing_and_lost_nothing()
    {
        var page = _ring.After(0);

        Assert.Empty(page.Events);
        Assert.Equal(0, page.Next);
        Assert.Equal(0, page.Lost);
    }

    [Fact]
    public void A_ring_that_follows_another_goes_on_above_its_numbers_and_counts_as_lost_only_what_it_had_itself()
    {
        var ring = new EventRing(_writer, start: 1_000_000_000);
        ring.Add(EventText.Own("test", EventSeverity.Info, "one"));

        Assert.Equal((1_000_000_001, 0), (Assert.Single(ring.After(42).Events).Sequence, ring.After(42).Lost));
        for (var i = 0; i < EventRing.Capacity; i++)
            ring.Add(EventText.Own("test", EventSeverity.Info, "more"));
        Assert.Equal(1, ring.After(42).Lost);
    }

    [Fact]
    public async Task Waiting_ends_with_the_next_event()
    {
        Add("one");
        var waiting = _ring.WaitAfterAsync(1, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);

        Add("two");

        await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Waiting_for_what_is_there_already_does_not_wait()
    {
        Add("one");

        Assert.True(_ring.WaitAfterAsync(0, TestContext.Current.CancellationToken).IsCompletedSuccessfully);
    }

    [Fact]
    public void Every_event_is_one_line_of_JSON_in_the_log()
    {
        Add("line one\nline two");
        Add("next");

        _writer.Dispose(); // ends when everything is written
        var lines = _log.ToString().TrimEnd().Split('\n');

        Assert.Equal(2, lines.Length);
        var first = JsonSerializer.Deserialize(lines[0], ContractJson.Default.EventDocument)!;
        Assert.Equal("line one\nline two", first.Message);
        Assert.Equal(1, first.Sequence);
    }

    private void Add(string message) => _ring.Add(EventText.Own("test", EventSeverity.Info, message));
}
