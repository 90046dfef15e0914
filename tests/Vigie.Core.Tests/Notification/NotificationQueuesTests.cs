using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Core.Notification;
using Xunit;
using static Vigie.Core.Election.RouterState;

namespace Vigie.Core.Tests.Notification;

/// <summary>The order of notifications, its limits, and what a process that is started again makes of what was kept.</summary>
public sealed class NotificationQueuesTests
{
    private static readonly NotifyConfig Everything = new() { Program = "/everything" };
    private static readonly NotifyConfig OnlyActive = new() { Program = "/only-active", On = [Active] };
    private readonly List<NotificationEffect> _effects = [];
    private NotificationQueues _queues = new();
    private long _now = 1;

    [Fact]
    public void Transitions_are_told_one_after_the_other()
    {
        Configure(Everything);
        Enter("db", Backup);
        Enter("db", Active);

        Assert.Equal(["db 1 initialize->backup /everything"], Runs());
        Ended("db", Everything);
        Assert.Equal(["db 2 backup->active /everything"], Runs());
        Ended("db", Everything);
        Assert.Empty(Runs());
        Assert.True(_queues.IsIdle);
    }

    [Fact]
    public void All_entries_hear_of_one_transition_before_any_hears_of_the_next()
    {
        Configure(OnlyActive, Everything);
        Enter("db", Backup);
        Enter("db", Active);
        Enter("db", Fault);

        Assert.Equal(["db 1 initialize->backup /everything"], Runs());
        Ended("db", Everything);
        Assert.Equal(["db 2 backup->active /only-active"], Runs());
        Ended("db", OnlyActive);
        Assert.Equal(["db 2 backup->active /everything"], Runs());
        Ended("db", Everything);
        Assert.Equal(["db 3 active->fault /everything"], Runs());
    }

    [Fact]
    public void An_entry_may_be_for_some_virtual_routers_only()
    {
        Configure(Everything with { VirtualRouters = ["web"] });
        Enter("db", Backup);
        Enter("web", Backup);

        Assert.Equal(["web 1 initialize->backup /everything"], Runs());
    }

    [Fact]
    public void A_slow_script_does_not_hold_up_other_virtual_routers_but_only_so_many_run_at_once()
    {
        Configure(Everything);
        for (var i = 0; i < NotificationQueues.MostAtOnce + 2; i++)
            Enter($"r{i:D2}", Backup);

        Assert.Equal(NotificationQueues.MostAtOnce, Runs().Count);
        Ended("r03", Everything);
        Assert.Equal([$"r{NotificationQueues.MostAtOnce:D2} 1 initialize->backup /everything"], Runs());
        Assert.Equal(NotificationQueues.MostAtOnce, _queues.Running);
    }

    [Fact]
    public void When_too_many_wait_the_oldest_that_nobody_has_heard_of_go_and_that_is_said()
    {
        Configure(Everything);
        Enter("db", Backup);
        Assert.Single(Runs());
        const int Changes = 2 * NotificationQueues.LongestQueue;
        for (var i = 0; i < Changes; i++)
            Enter("db", i % 2 == 0 ? Active : Backup);

        Assert.Equal(NotificationQueues.LongestQueue, _queues.Waiting);
        const int Lost = Changes + 1 - NotificationQueues.LongestQueue;
        Assert.Equal(Lost, _queues.Skipped);
        Ended("db", Everything);
        Assert.Contains(_effects, e => e is { Kind: NotificationEffectKind.TellSkipped, Router: "db", Count: Lost });
        // Nothing but a gap in the numbers; what follows on what was heard fits it.
        Assert.Equal([$"db {Lost + 2} backup->backup /everything"], Runs());
        var last = "";
        while (!_queues.IsIdle)
        {
            Ended("db", Everything);
            last = Runs().LastOrDefault() ?? last;
        }

        Assert.Equal($"db {Changes + 1} active->backup /everything", last);
    }

    [Fact]
    public void The_same_state_for_another_reason_is_not_told()
    {
        Configure(Everything);
        Enter("db", Fault);
        Ended("db", Everything);
        _ = Runs();
        Enter("db", Fault);

        Assert.Empty(Runs());
    }

    [Fact]
    public void A_state_that_no_event_told_is_told_when_it_is_found()
    {
        Configure(Everything);
        Enter("db", Backup);
        Ended("db", Everything);
        _ = Runs();

        Found("db", Backup, since: 1);
        Assert.Empty(Runs());
        Found("db", Active, since: 50);
        Assert.Equal(["db 2 backup->active /everything"], Runs());
        Enter("db", Active, at: 50); // the event after all
        Enter("db", Backup, at: 40); // older than what was found
        Ended("db", Everything);
        Assert.Empty(Runs());
    }

    [Fact]
    public void A_router_that_has_not_begun_is_not_told_of()
    {
        Configure(Everything);
        Found("db", Initialize, since: 0);

        Assert.Empty(Runs());
    }

    [Fact]
    public void A_process_started_again_goes_on_where_the_one_before_it_was()
    {
        Configure(OnlyActive, Everything);
        Enter("db", Backup);
        Ended("db", Everything);
        Enter("db", Active, at: 10);
        Ended("db", OnlyActive);
        Enter("db", Backup, at: 20);
        _ = Runs();
        var kept = _queues.Export();

        _queues = new NotificationQueues();
        _queues.Import(kept, sameLife: true);
        Configure(OnlyActive, Everything);

        // The one that was cut off, not the one that was over.
        Assert.Equal(["db 2 backup->active /everything"], Runs());
        Found("db", Backup, since: 20);
        Ended("db", Everything);
        Assert.Equal(["db 3 active->backup /everything"], Runs());
        Ended("db", Everything);
        Assert.Empty(Runs());
        Assert.True(_queues.IsIdle);
    }

    [Fact]
    public void What_happened_while_nobody_listened_is_told_once()
    {
        Configure(Everything);
        Enter("db", Backup);
        Ended("db", Everything);
        _ = Runs();
        var kept = _queues.Export();
        _queues = new NotificationQueues();
        _queues.Import(kept, sameLife: true);
        Configure(Everything);

        Found("db", Active, since: 99);
        Found("db", Active, since: 99);

        Assert.Equal(["db 2 backup->active /everything"], Runs());
    }

    [Fact]
    public void In_another_life_of_the_daemon_the_first_state_is_told_even_if_it_is_the_old_one()
    {
        Configure(Everything);
        Enter("db", Backup);
        Enter("db", Active);
        Enter("db", Backup);
        _ = Runs();
        var kept = _queues.Export();
        _queues = new NotificationQueues();
        _queues.Import(kept, sameLife: false);
        Configure(Everything);
        Assert.Empty(Runs()); // what waited is outdated

        Enter("db", Backup);

        Assert.Equal(["db 4 backup->backup /everything"], Runs());
    }

    [Fact]
    public void A_notification_that_a_reload_takes_away_is_not_told_any_more_and_a_new_one_is()
    {
        Configure(Everything);
        Enter("db", Backup);
        Enter("db", Active);
        Assert.Single(Runs());
        Configure(OnlyActive);
        Ended("db", Everything);

        Assert.Equal(["db 2 backup->active /only-active"], Runs());
    }

    [Fact]
    public void A_virtual_router_that_is_gone_is_forgotten_when_its_last_word_is_told()
    {
        Configure(Everything);
        Enter("db", Backup);
        Ended("db", Everything);
        Configure(["web"], Everything);
        Enter("db", Initialize);
        Assert.Contains("db", _queues.Export().Select(router => router.Name));
        _ = Runs();
        Ended("db", Everything);

        Assert.DoesNotContain("db", _queues.Export().Select(router => router.Name));
    }

    [Fact]
    public void Nothing_is_remembered_later_than_it_is_run()
    {
        Configure(Everything);
        _effects.Clear();
        Enter("db", Backup);

        Assert.Equal([NotificationEffectKind.Remember, NotificationEffectKind.Run], _effects.Select(effect => effect.Kind));
    }

    private void Configure(params NotifyConfig[] notify) => Configure(["db", "web"], notify);

    private void Configure(string[] routers, params NotifyConfig[] notify) => _queues.OnConfiguration(
        new NodeConfig
        {
            Node = "alpha",
            VirtualRouters = [.. routers.Select(name => new VirtualRouterConfig { Name = name, Vrid = 1, Interface = "eth0", Addresses = [IpPrefix.Parse("10.0.0.1/24")] })],
            Notify = [.. notify],
        },
        _effects);

    private void Enter(string router, RouterState state, long? at = null) =>
        _queues.OnTransition(new Instant(at ?? _now++), router, state, TransitionReason.Startup, _effects);

    private void Found(string router, RouterState state, long since) =>
        _queues.OnFound(router, state, new Instant(since), TransitionReason.Startup, _effects);

    private void Ended(string router, NotifyConfig notify) => _queues.OnEnded(router, notify, _effects);

    private List<string> Runs()
    {
        List<string> runs =
        [
            .. _effects.Where(effect => effect.Kind == NotificationEffectKind.Run).Select(effect =>
                $"{effect.Router} {effect.Transition!.Sequence} {NotifyConfig.Word(effect.Transition.Previous)}->{NotifyConfig.Word(effect.Transition.State)} {effect.Notify!.Program}"),
        ];
        _effects.Clear();
        return runs;
    }
}
