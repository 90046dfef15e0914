using Vigie.Core.Peers;
using Xunit;
using static Vigie.Core.Tests.Peers.ChannelFixture;

namespace Vigie.Core.Tests.Peers;

/// <summary>Packets of another time: replayed, late, of a life of the sender or of the receiver that is over; and floods of them.</summary>
public sealed class ChannelSessionTests
{
    [Fact]
    public void Two_hosts_that_know_nothing_of_each_other_believe_each_other_after_three_packets()
    {
        var (alpha, beta) = Pair();
        Assert.Equal((AlphaSession, BetaSession), (beta.Current, alpha.Current));
        Assert.Equal((2ul, 1ul), (beta.Highest, alpha.Highest));
        Assert.Equal(ChannelError.None, alpha.Open(beta.Say()));
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say(), out var header));
        Assert.Equal((BetaSession, 2ul), (header.Receiver, header.Heard));
    }

    [Fact]
    public void A_host_proves_itself_by_naming_what_the_other_has_said_lately()
    {
        using var beta = Beta();
        using var alpha = Alpha();
        var now = Start;
        Assert.Equal(ChannelError.Unproven, beta.Open(alpha.Say(now: now), out var unproven, now));
        var answer = beta.Answer(unproven, now);
        // Alpha hears it late: two such times after it was sent it proves nothing any more.
        now += 2 * ChannelLine.Freshness;
        Assert.Equal(ChannelError.None, alpha.Open(answer, now - 2 * ChannelLine.Freshness));
        Assert.Equal(ChannelError.Unproven, beta.Open(alpha.Say(now: now), out unproven, now));
        Assert.True(beta.Current.IsNone);
        Assert.Equal(ChannelError.None, alpha.Open(beta.Answer(unproven, now), now));
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say(now: now), now));
    }

    [Fact]
    public void A_number_that_was_never_sent_proves_nothing()
    {
        // Who holds the key can write anything: a host of the cluster, but not of this conversation.
        using var beta = Beta();
        using var other = Alpha();
        using var liar = new ChannelLine([Key], "beta", "alpha", BetaSession); // says what beta has not said
        liar.SkipTo(50);
        other.Open(liar.Say());
        Assert.Equal(ChannelError.Unproven, beta.Open(other.Say()));
    }

    [Fact]
    public void What_a_former_life_of_the_receiver_was_told_is_not_believed_by_the_next_not_even_once_the_sender_is()
    {
        var (alpha, beta) = Pair();
        var recorded = Enumerable.Range(0, 5).Select(_ => alpha.Say()).ToArray();
        Assert.All(recorded, packet => Assert.Equal(ChannelError.None, beta.Open(packet)));
        using var next = Beta(new ChannelSession(0xB2));
        Assert.All(recorded, packet => Assert.Equal(ChannelError.Unproven, next.Open(packet)));
        Acquaint(next, alpha);
        Assert.Equal(ChannelError.None, next.Open(alpha.Say()));
        Assert.All(recorded, packet => Assert.Equal(ChannelError.Unproven, next.Open(packet)));
        Assert.Equal(ChannelError.None, next.Open(alpha.Say()));
    }

    [Fact]
    public void What_a_former_life_of_the_sender_said_is_not_believed_any_more()
    {
        var (first, beta) = Pair();
        var late = first.Say("never arrived");
        var now = Start;
        using var second = Alpha(new ChannelSession(0xA2));
        Acquaint(second, beta, now);
        now += 2 * ChannelLine.Freshness;
        Assert.Equal(ChannelError.None, beta.Open(second.Say(now: now), now));
        Assert.Equal(ChannelError.Unproven, beta.Open(late, now));
        Assert.Equal(ChannelError.Unproven, beta.Open(first.Say(now: now), now));
        Assert.Equal((new ChannelSession(0xA2), ChannelError.None), (beta.Current, beta.Open(second.Say(now: now), now)));
    }

    [Fact]
    public void A_life_whose_packets_were_held_back_does_not_push_out_the_one_after_it()
    {
        using var beta = Beta();
        using var first = Alpha();
        var now = Start;
        Assert.Equal(ChannelError.Unproven, beta.Open(first.Say(now: now), out var unproven, now));
        first.Open(beta.Answer(unproven, now), now);
        var held = first.Say(now: now); // names beta, and is not let through
        using var second = Alpha(new ChannelSession(0xA2));
        Acquaint(second, beta, now);

        // At once it is believed for a moment; whoever lives says more.
        Assert.Equal(ChannelError.None, beta.Open(held, now));
        Assert.Equal(ChannelError.None, beta.Open(second.Say(now: now), now));
        Assert.Equal(second.Own, beta.Current);
        // Later it is not even that.
        now += 2 * ChannelLine.Freshness;
        Assert.Equal(ChannelError.None, beta.Open(second.Say(now: now), now));
        Assert.Equal(ChannelError.Unproven, beta.Open(held, now));
    }

    [Fact]
    public void A_stranger_cannot_make_a_host_leave_the_session_it_believes()
    {
        var (alpha, beta) = Pair();
        using var former = Alpha(new ChannelSession(0xA0));
        using var stranger = Alpha(new ChannelSession(0xE0), KeyOf(9));
        Assert.Equal(ChannelError.Unproven, beta.Open(former.Say()));
        Assert.Equal(ChannelError.KeyUnknown, beta.Open(stranger.Say()));
        byte[] forged = [.. stranger.Say().AsSpan(0, 4), .. alpha.Say().AsSpan(4, 4), .. stranger.Say().AsSpan(8)];
        Assert.Equal(ChannelError.Forged, beta.Open(forged));
        // In alpha's own session, far ahead: nothing moves on before the seal fits.
        var ahead = alpha.Say();
        ahead[24] = 0xFF;
        Assert.Equal(ChannelError.Forged, beta.Open(ahead));
        Assert.Equal((AlphaSession, ChannelError.None), (beta.Current, beta.Open(alpha.Say())));
    }

    [Fact]
    public void Packets_may_overtake_each_other_within_the_window_and_none_counts_twice()
    {
        var (alpha, beta) = Pair();
        alpha.SkipTo(1000);
        var packets = Enumerable.Range(0, 2000).Select(i => alpha.Say($"{i}")).ToArray();
        Assert.Equal(ChannelError.None, beta.Open(packets[1500]));
        Assert.Equal(ChannelError.Stale, beta.Open(packets[1500 - ReplayWindow.Size]));
        Assert.Equal(ChannelError.None, beta.Open(packets[1500 - ReplayWindow.Size + 1]));
        Assert.Equal(2500ul, beta.Highest);
        foreach (var i in Enumerable.Range(600, 1400).Reverse())
            Assert.Equal(i is 1500 ? ChannelError.Replayed : i + ReplayWindow.Size <= 1999 ? ChannelError.Stale : ChannelError.None, beta.Open(packets[i]));
        Assert.All(packets, packet => Assert.True(beta.Open(packet) is ChannelError.Replayed or ChannelError.Stale));
    }

    [Fact]
    public void A_key_is_changed_without_a_packet_that_does_not_open()
    {
        var (old, next) = (KeyOf(1), KeyOf(2));
        var (alpha, beta) = Pair();
        Assert.False(beta.Use([old, next])); // believed, and not yet used
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say()));
        var onItsWay = alpha.Say();
        Assert.False(alpha.Use([next, old]));
        var later = alpha.Say();
        Assert.Equal(ChannelError.None, beta.Open(later));
        Assert.Equal(ChannelError.None, beta.Open(onItsWay));
        Assert.False(beta.Use([next, old]));
        Assert.Equal(ChannelError.Replayed, beta.Open(later));
        Assert.True(beta.Use([next])); // taken out, whoever knew it
        Assert.Equal(ChannelError.KeyUnknown, beta.Open(onItsWay));
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say()));
        Assert.Equal(ChannelError.None, alpha.Open(beta.Say()));
    }

    [Fact]
    public void A_session_in_which_a_stranger_has_spoken_is_healed_by_taking_out_the_key_and_beginning_anew()
    {
        var (old, next) = (KeyOf(1), KeyOf(2));
        var (alpha, beta) = Pair();
        using var thief = Alpha(); // the same names, session and key
        for (var i = 0; i < 3; i++)
            thief.Say();
        Assert.Equal(ChannelError.None, thief.Open(beta.Say()));
        thief.SkipTo(ulong.MaxValue - 1);
        Assert.Equal(ChannelError.None, beta.Open(thief.Say()));
        Assert.Equal(ChannelError.Stale, beta.Open(alpha.Say()));

        Assert.True(alpha.Use([next]) && beta.Use([next]));
        alpha.Renew(new ChannelSession(0xA2));
        beta.Renew(new ChannelSession(0xB2));
        Assert.Equal(ChannelError.KeyUnknown, beta.Open(thief.Say()));
        Acquaint(alpha, beta);
        Assert.Equal((new ChannelSession(0xA2), ChannelError.None), (beta.Current, beta.Open(alpha.Say())));
    }

    [Fact]
    public void Two_keys_of_one_number_are_told_apart_by_the_seal_alone()
    {
        // Found among some 80,000: the numbers have four bytes.
        var (first, second) = Collision.Value;
        Assert.Equal(first.Number, second.Number);
        Assert.False(first.IsSameAs(second));
        Assert.True(first.IsSameAs(first));
        using var alpha = Alpha(key: first);
        using var beta = Beta(null, second);
        Assert.Equal(ChannelError.Forged, beta.Open(alpha.Say()));
    }

    [Fact]
    public void A_flood_that_does_not_open_costs_no_more_than_its_budget_and_the_conversation_goes_on()
    {
        var (alpha, beta) = Pair();
        var forged = Alpha(new ChannelSession(0xEE), KeyOf(1)).Say().With(70, 1);
        var now = Start + TimeSpan.FromSeconds(1); // to become acquainted cost one
        var errors = Enumerable.Range(0, 3 * ChannelLine.MostFailuresPerSecond).Select(_ => beta.Open(forged, now)).CountBy(error => error).ToDictionary();
        Assert.Equal(ChannelLine.MostFailuresPerSecond, errors[ChannelError.Forged]);
        Assert.Equal(2 * ChannelLine.MostFailuresPerSecond, errors[ChannelError.Throttled]);
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say(now: now), now)); // strangers are counted apart
        Assert.Equal(ChannelError.Forged, beta.Open(forged, now + TimeSpan.FromSeconds(1)));

        var inSession = alpha.Say(now: now).With(70, 1);
        for (var i = 0; i < ChannelLine.MostFailuresPerSecond; i++)
            Assert.Equal(ChannelError.Forged, beta.Open(inSession, now));
        Assert.Equal(ChannelError.Throttled, beta.Open(inSession, now));
        var later = now + TimeSpan.FromSeconds(1);
        Assert.Equal(ChannelError.None, beta.Open(alpha.Say(now: later), later));
    }

    [Fact]
    public void Whoever_has_not_proved_itself_is_answered_now_and_then_and_a_new_life_whatever_old_ones_are_replayed()
    {
        using var beta = Beta();
        var now = Start;
        var former = Enumerable.Range(1, 5).Select(i => Alpha(new ChannelSession((UInt128)i)).Say()).ToArray();
        var answers = 0;
        for (var i = 0; i < 500; i++, now += TimeSpan.FromMilliseconds(1))
        {
            Assert.Equal(ChannelError.Unproven, beta.Open(former[i % 5], out var header, now));
            answers += beta.Answer(header, now).Length > 0 ? 1 : 0;
            if (i % 150 == 149)
                now += TimeSpan.FromSeconds(1); // what fails has its own budget
        }

        Assert.InRange(answers, 25, 50);
        using var alpha = Alpha();
        Assert.Equal(ChannelError.Unproven, beta.Open(alpha.Say(now: now), out var fresh, now));
        Assert.NotEmpty(beta.Answer(fresh, now));
        Assert.Empty(beta.Answer(fresh, now + ChannelLine.AnswerEvery / 2));
        Assert.NotEmpty(beta.Answer(fresh, now + ChannelLine.AnswerEvery));
    }

    [Fact]
    public void All_answers_together_have_a_limit()
    {
        using var beta = Beta();
        var answers = 0;
        for (var i = 1; i <= 150; i++)
        {
            beta.Open(Alpha(new ChannelSession((UInt128)i)).Say(), out var header);
            answers += beta.Answer(header).Length > 0 ? 1 : 0;
        }

        Assert.Equal(100, answers);
    }

    /// <summary>Two keys with one number, found by counting up.</summary>
    private static readonly Lazy<(ClusterKey First, ClusterKey Second)> Collision = new(() =>
    {
        var numbers = new Dictionary<uint, ClusterKey>();
        for (var i = 1; ; i++)
        {
            var key = ClusterKey.FromBytes([.. new byte[ClusterKey.Length - 4], .. BitConverter.GetBytes(i)]);
            if (!numbers.TryAdd(key.Number, key))
                return (numbers[key.Number], key);
        }
    });
}
