using System.Text.Json;
using Vigie.Contract;
using Xunit;

namespace Vigie.Cli.Tests;

/// <summary>The JSON form of the documents: programs of other people read it, so its keys are pinned here.</summary>
public sealed class ContractJsonTests
{
    private const string IssueExample = """
        {"node":"alpha","version":"0.1.0","virtual_routers":[{"name":"db","vrid":51,"state":"active","priority":150,
          "addresses":[{"address":"10.77.0.100/24","present":true}],"active":"10.77.0.1","since":"2026-01-02T03:04:05Z","reason":"r","transitions":1,
          "advertisements":{"sent":10,"received":0,"dropped":{}},"lateness_us":{"p99":80,"max":900}}]}
        """;

    private const string Expected = """
        {"node":"alpha","version":"0.1.0","started":"2026-01-02T03:04:05.678000Z","kernel":"6.1.0","real_time":true,"memory_locked":true,
        "unknown_vrid":9,"lost_messages":10,
        "lateness_us":{"p50":1,"p99":2,"p99_99":3,"max":4,"count":5,"late":1,"since":"1970-01-01T00:00:00.000000Z","buckets":[{"max":1,"count":4},{"max":4,"count":1}]},
        "node_process":{"pid":11,"cpu_seconds":1.5,"resident_bytes":12,"allocated_bytes":0,"collections":1},
        "control_process":{"pid":13,"cpu_seconds":2,"resident_bytes":14,"allocated_bytes":15,"collections":16},
            "guardian":{"pid":17,"node_pid":18,"node_restarts":19,"node_kills":20,"advertisements_covered":21,"covering":false,"control_restarts":22,"rounds":23,"steady_allocated_bytes":24,"collections":25},
        "notify":{"entries":1,"runs":23,"failures":24,"running":25,"waiting":26,"skipped":27,"last_failure":{"at":"1970-01-01T00:00:00.000000Z",
        "virtual_router":"db","state":"active","program":"/opt/x","message":"exit code 3","remedy":null}},
        "virtual_routers":[{"name":"db","vrid":51,"interface":"eth0","version":3,"state":"backup","priority":150,
        "addresses":[{"address":"10.77.0.100/24","present":false}],"active":"10.77.0.2","since":"1970-01-01T00:00:00.000000Z",
        "reason":"because","leaving":false,"stands_aside":null,"remedy":null,"transitions":2,"preemption_held_until":null,"advertisements":{"sent":1,"received":2,"dropped":{"vrid_mismatch":3}},
        "lateness_us":{"p50":1,"p99":2,"p99_99":3,"max":4,"count":5,"late":1},"keeps_time":false,"advertisement_interval_ms":100,
        "active_advertisement_interval_ms":1000,"peers":["10.77.0.2"],"foreign_claims":6,
        "last_foreign_claim":{"address":"10.77.0.100","mac":"02:00:00:00:00:01","at":"1970-01-01T00:00:00.000000Z"},
        "announcements_sent":7,"address_list_mismatches":8,
        "families":[{"family":"ipv4","source":"10.77.0.1","active":"10.77.0.2","active_priority":200}]}]}
        """;

    [Fact]
    public void The_smallest_status_is_read_with_defaults_for_what_it_lacks()
    {
        var status = JsonSerializer.Deserialize(IssueExample, ContractJson.Default.StatusDocument)!;

        var router = Assert.Single(status.VirtualRouters);
        Assert.Equal(VirtualRouterState.Active, router.State);
        Assert.Equal(new AddressStatus("10.77.0.100/24", true), Assert.Single(router.Addresses));
        Assert.Equal(10, router.Advertisements.Sent);
        Assert.Equal(80, router.Lateness.P99);
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), router.Since);
        Assert.Empty(router.Families);
        Assert.Empty(router.Peers);
        Assert.Equal(0, router.Version);
        Assert.Equal("", router.Interface);
        Assert.Null(status.Kernel);
    }

    [Fact]
    public void A_status_has_every_key_that_is_documented()
    {
        var status = new StatusDocument
        {
            Node = "alpha",
            Version = "0.1.0",
            Started = new DateTimeOffset(2026, 1, 2, 5, 4, 5, 678, TimeSpan.FromHours(2)),
            Kernel = "6.1.0",
            RealTime = true,
            MemoryLocked = true,
            UnknownVrid = 9,
            LostMessages = 10,
            Lateness = new() { P50 = 1, P99 = 2, P9999 = 3, Max = 4, Count = 5, Late = 1, Since = DateTimeOffset.UnixEpoch, Buckets = [new(1, 4), new(4, 1)] },
            NodeProcess = new() { Pid = 11, CpuSeconds = 1.5, ResidentBytes = 12, AllocatedBytes = 0, Collections = 1 },
            ControlProcess = new() { Pid = 13, CpuSeconds = 2, ResidentBytes = 14, AllocatedBytes = 15, Collections = 16 },
            Guardian = new() { Pid = 17, NodePid = 18, NodeRestarts = 19, NodeKills = 20, AdvertisementsCovered = 21, Covering = false, ControlRestarts = 22, Rounds = 23, SteadyAllocatedBytes = 24, Collections = 25 },
            Notify = new()
            {
                Entries = 1, Runs = 23, Failures = 24, Running = 25, Waiting = 26, Skipped = 27,
                LastFailure = new() { At = DateTimeOffset.UnixEpoch, VirtualRouter = "db", State = "active", Program = "/opt/x", Message = "exit code 3" },
            },
            VirtualRouters =
            [
                new VirtualRouterStatus
                {
                    Name = "db", Vrid = 51, Interface = "eth0", Version = 3, State = VirtualRouterState.Backup, Priority = 150,
                    Addresses = [new("10.77.0.100/24", false)], Active = "10.77.0.2", Since = DateTimeOffset.UnixEpoch, Reason = "because",
                    Transitions = 2,
                    Advertisements = new() { Sent = 1, Received = 2, Dropped = new Dictionary<string, long> { ["vrid_mismatch"] = 3 } },
                    Lateness = new() { P50 = 1, P99 = 2, P9999 = 3, Max = 4, Count = 5, Late = 1 }, KeepsTime = false,
                    AdvertisementIntervalMs = 100, ActiveAdvertisementIntervalMs = 1000, Peers = ["10.77.0.2"], ForeignClaims = 6,
                    LastForeignClaim = new("10.77.0.100", "02:00:00:00:00:01", DateTimeOffset.UnixEpoch), AnnouncementsSent = 7,
                    AddressListMismatches = 8,
                    Families = [new() { Family = "ipv4", Source = "10.77.0.1", Active = "10.77.0.2", ActivePriority = 200 }],
                },
            ],
        };

        var json = JsonSerializer.Serialize(status, ContractJson.Default.StatusDocument);

        Assert.Equal(
            string.Concat(Expected.Split('\n', StringSplitOptions.TrimEntries)),
            json);
    }

    [Fact]
    public void Events_errors_and_reloads_are_written_in_snake_case()
    {
        Assert.Equal(
            """{"sequence":7,"time":"1970-01-01T00:00:00.000000Z","kind":"state_changed","virtual_router":"db","severity":"warning","message":"m","remedy":null,"data":{"from":"backup"}}""",
            JsonSerializer.Serialize(
                new EventDocument
                {
                    Sequence = 7, Time = DateTimeOffset.UnixEpoch, Kind = "state_changed", VirtualRouter = "db",
                    Severity = EventSeverity.Warning, Message = "m", Data = new Dictionary<string, string> { ["from"] = "backup" },
                },
                ContractJson.Default.EventDocument));
        Assert.Equal(
            """{"changed":true,"added":["a"],"removed":[],"changed_routers":["b"],"planned":false,"unchanged":[],"settings":[{"router":"b","key":"priority","old":"1","new":"2"}],"may_move":[],"left_out":0,"moves":null,"message":"m"}""",
            JsonSerializer.Serialize(
                new ReloadResult
                {
                    Changed = true, Added = ["a"], ChangedRouters = ["b"], Settings = [new() { Router = "b", Key = "priority", Old = "1", New = "2" }], Message = "m",
                },
                ContractJson.Default.ReloadResult));
        Assert.Equal(
            """{"error":{"code":"refused","message":"m","remedy":"r","details":[]}}""",
            JsonSerializer.Serialize(
                new ErrorDocument { Error = new() { Code = ErrorCodes.Refused, Message = "m", Remedy = "r" } },
                ContractJson.Default.ErrorDocument));
    }

    [Fact]
    public void The_readable_form_leaves_quotes_alone()
    {
        var error = new ErrorDocument { Error = new() { Code = ErrorCodes.Refused, Message = "'é' <b>" } };

        var json = JsonSerializer.Serialize(error, ContractJson.Readable.ErrorDocument);

        Assert.Equal("""{"error":{"code":"refused","message":"'é' <b>","remedy":null,"details":[]}}""", json);
    }

    [Fact]
    public void The_version_has_no_commit_suffix() => Assert.Equal("0.1.0", VigieVersion.Current);

    [Fact]
    public void An_event_query_names_the_last_seen_event()
    {
        Assert.Equal("/v1/events?after=0", ApiPaths.EventsAfter(0, follow: false));
        Assert.Equal("/v1/events?after=12&follow=true", ApiPaths.EventsAfter(12, follow: true));
    }
}
