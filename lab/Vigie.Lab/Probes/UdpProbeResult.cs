using System.Collections.Immutable;
using Vigie.Core;
using Vigie.Core.Net;

namespace Vigie.Lab.Probes;

/// <summary>Answers of one host without another host's between them, in the order in which they arrived.</summary>
/// <param name="Host">The name that the answers carry.</param>
/// <param name="First">When the first of them arrived.</param>
/// <param name="Last">When the last of them arrived.</param>
/// <param name="Answers">How many there were.</param>
public sealed record ResponderRun(string Host, Instant First, Instant Last, long Answers);

/// <summary>A time without answers, as the client saw it.</summary>
/// <param name="From">When the last answer before the silence arrived.</param>
/// <param name="To">When the first answer after it arrived.</param>
/// <param name="Lost">Questions asked in between that were never answered. Questions that waited in the client's ARP queue and were answered late are not lost, but the client did wait for them.</param>
/// <param name="LongestStall">The longest time in between during which the probe itself got no processor; a figure that is not far above it says nothing about the service.</param>
/// <param name="Before">Who answered last before the silence.</param>
/// <param name="After">Who answered first after it.</param>
public sealed record ProbeGap(Instant From, Instant To, int Lost, TimeSpan LongestStall, string Before, string After)
{
    public TimeSpan Length => To - From;
}

/// <summary>
/// What a client saw of an address. The outage of an event is the longest silence around it: the time between the
/// arrivals of two consecutive answers. Without any fault that is one interval; a service that is away for x ms shows as
/// x ms to x ms + two intervals (give or take a round trip of some 0.05 ms). A moment in which the probe itself had no
/// processor looks the same, which is why every gap says how much of that there was.
/// </summary>
public sealed class UdpProbeResult
{
    private readonly long[] _sentAt;
    private readonly Answer[] _answers;
    private readonly (long At, TimeSpan Length)[] _stalls;
    private readonly string[] _names;

    internal UdpProbeResult(IpAddress target, TimeSpan interval, string[] names, ReadOnlySpan<long> sentAt, long[] answeredAt, byte[] answeredBy,
        ReadOnlySpan<(long At, TimeSpan Length)> stalls)
    {
        Target = target;
        Interval = interval;
        _names = names;
        _sentAt = sentAt.ToArray();
        _stalls = stalls.ToArray();
        _answers = [.. Enumerable.Range(0, _sentAt.Length).Where(number => answeredAt[number] != 0)
            .Select(number => new Answer(number, answeredAt[number], answeredBy[number]))
            .OrderBy(answer => answer.At).ThenBy(answer => answer.Number)];
        Runs = FindRuns();
    }

    public IpAddress Target { get; }

    public TimeSpan Interval { get; }

    /// <summary>Questions asked.</summary>
    public long Sent => _sentAt.Length;

    /// <summary>Questions answered, each counted once.</summary>
    public long Answered => _answers.Length;

    public long Lost => Sent - Answered;

    /// <summary>Second and further answers to a question: more than one host got it.</summary>
    public long Duplicates { get; internal init; }

    /// <summary>Answers that arrived after the answer to a later question.</summary>
    public long Reordered { get; internal init; }

    /// <summary>Questions that were not asked because the probe itself came too late; no evidence in either direction.</summary>
    public long LeftOut { get; internal init; }

    /// <summary>Questions that the client's own kernel refused to send or reported as undeliverable.</summary>
    public long SendErrors { get; internal init; }

    /// <summary>Who answered when, in order of arrival.</summary>
    public ImmutableArray<ResponderRun> Runs { get; }

    /// <summary>The longest time during which the probe itself got no processor.</summary>
    public TimeSpan LongestStall => _stalls.Length == 0 ? TimeSpan.Zero : _stalls.Max(stall => stall.Length);

    /// <summary>The longest time without an answer; null with fewer than two answers.</summary>
    public ProbeGap? LongestGap() => LongestGap(Instant.Zero, Instant.Never);

    /// <summary>
    /// The longest gap that overlaps the span: the outage of what happened in it. Null when no two answers enclose any
    /// part of the span, which also means that the address has not come back.
    /// </summary>
    public ProbeGap? LongestGap(Instant from, Instant to)
    {
        var longest = 0;
        for (var i = 1; i < _answers.Length; i++)
        {
            if (_answers[i].At < from.Nanoseconds || _answers[i - 1].At > to.Nanoseconds)
                continue;
            if (longest == 0 || Silence(i) > Silence(longest))
                longest = i;
        }

        return longest == 0 ? null : GapBefore(longest);
    }

    /// <summary>Every gap that is longer than the limit, in order.</summary>
    public ImmutableArray<ProbeGap> GapsLongerThan(TimeSpan limit)
    {
        var gaps = ImmutableArray.CreateBuilder<ProbeGap>();
        for (var i = 1; i < _answers.Length; i++)
        {
            if (Silence(i) > limit.Ticks * 100)
                gaps.Add(GapBefore(i));
        }

        return gaps.ToImmutable();
    }

    /// <summary>
    /// Times when two hosts answered for the address at once: a host answers again although another one has answered
    /// after it, less than <paramref name="within"/> ago. A VIP that moves away and later comes back is not counted as
    /// long as the visit lasted longer than that.
    /// </summary>
    public int TwoOwnerMoments(TimeSpan within)
    {
        var moments = 0;
        for (var i = 2; i < Runs.Length; i++)
        {
            if (Runs[i].First - Runs[i - 1].First < within && Runs[i].First - Runs[i - 2].Last < within)
                moments++;
        }

        return moments;
    }

    public override string ToString() =>
        $"{Target}: {Sent} asked, {Answered} answered, longest gap {LongestGap()?.Length.TotalMilliseconds:0.0} ms, by {string.Join(" > ", Runs.Take(20).Select(run => $"{run.Host} x{run.Answers}"))}"
        + $" ({Duplicates} duplicates, {Reordered} reordered, {LeftOut} left out, longest stall {LongestStall.TotalMilliseconds:0.0} ms)";

    private long Silence(int index) => _answers[index].At - _answers[index - 1].At;

    private ProbeGap GapBefore(int index)
    {
        var before = _answers[index - 1];
        var after = _answers[index];
        var asked = _sentAt.Count(at => at > _sentAt[before.Number] && at <= after.At);
        var answered = _answers.Count(answer => _sentAt[answer.Number] > _sentAt[before.Number] && _sentAt[answer.Number] <= after.At);
        var stall = _stalls.Where(stall => stall.At + stall.Length.Ticks * 100 > before.At && stall.At < after.At).Select(stall => stall.Length).DefaultIfEmpty().Max();
        return new ProbeGap(new Instant(before.At), new Instant(after.At), asked - answered, stall, _names[before.By], _names[after.By]);
    }

    private ImmutableArray<ResponderRun> FindRuns()
    {
        var runs = new List<ResponderRun>();
        foreach (var answer in _answers)
        {
            var name = _names[answer.By];
            if (runs.Count > 0 && runs[^1].Host == name)
                runs[^1] = runs[^1] with { Last = new Instant(answer.At), Answers = runs[^1].Answers + 1 };
            else
                runs.Add(new ResponderRun(name, new Instant(answer.At), new Instant(answer.At), 1));
        }

        return [.. runs];
    }

    private readonly record struct Answer(int Number, long At, byte By);
}
