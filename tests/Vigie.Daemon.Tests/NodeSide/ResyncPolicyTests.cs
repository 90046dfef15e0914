using Vigie.Core;
using Vigie.Daemon.NodeSide;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>When links and addresses are read anew, and when its failure is worth an event.</summary>
public sealed class ResyncPolicyTests
{
    [Fact]
    public void A_failure_is_tried_again_after_ever_longer_pauses_up_to_five_seconds_and_reported_once()
    {
        var policy = new ResyncPolicy();
        var now = Instant.Zero;
        List<double> pauses = [];
        List<int> reported = [];
        policy.Want(now);
        for (var attempt = 1; attempt <= 10; attempt++)
        {
            now = policy.DueAt;
            policy.Begin();
            if (policy.Fail(now))
                reported.Add(attempt);
            pauses.Add((policy.DueAt - now).TotalMilliseconds);
        }

        Assert.Equal([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000], pauses);
        Assert.Equal([3], reported);
    }

    [Fact]
    public void After_a_success_the_next_failure_counts_from_one_again()
    {
        var policy = new ResyncPolicy();
        for (var i = 0; i < 5; i++)
        {
            policy.Begin();
            policy.Fail(Instant.Zero);
        }

        policy.Begin();
        policy.Succeed();
        Assert.Equal((Instant.Never, 0), (policy.DueAt, policy.Failures));

        policy.Begin();
        Assert.False(policy.Fail(Instant.Zero));
        Assert.Equal(Instant.Zero + ResyncPolicy.FirstPause, policy.DueAt);
    }

    [Fact]
    public void What_is_lost_while_an_answer_is_awaited_needs_no_second_request()
    {
        var policy = new ResyncPolicy();
        policy.Want(Instant.Zero);
        policy.Begin();
        policy.Want(Instant.Zero);
        Assert.Equal((Instant.Never, true), (policy.DueAt, policy.IsUnderWay));
    }
}
