using System.Text;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Daemon.ControlSide;
using Vigie.Linux;
using Vigie.Node;
using Vigie.Node.Messages;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Daemon.Tests.ControlSide;

/// <summary>Reloads and plans that are asked for at the same time, against a node's end that the test plays by hand.</summary>
public sealed class ReloadServiceTests : IDisposable
{
    private const string Older = "virtual_routers:\n  - {name: db, vrid: 51, interface: eth0, addresses: [10.77.0.100/24]}\n";
    private const string Newer = "virtual_routers:\n  - {name: db, vrid: 51, interface: eth0, addresses: [10.77.0.101/24]}\n";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vigie-reload-");
    private readonly LogWriter _log = new(TextWriter.Null, LogFormat.Json);
    private readonly SeqPacketSocket _node;
    private readonly NodeChannel _channel;
    private readonly RunningConfiguration _running = new(Read(Older));
    private readonly ReloadService _reload;
    private readonly EventRing _events;
    private readonly byte[] _buffer = new byte[Descriptors.LongestMessage];

    public ReloadServiceTests()
    {
        (_node, var control) = SeqPacketSocket.CreatePair();
        _events = new EventRing(_log);
        _channel = new NodeChannel(control, _events, new WallClock());
        _channel.Start();
        _reload = new ReloadService(ConfigFile, _channel, _events, _running);
    }

    private string ConfigFile => Path.Combine(_folder.FullName, "vigie.yaml");

    public void Dispose()
    {
        _reload.Dispose();
        _channel.Dispose();
        _node.Dispose();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_notification_that_is_new_in_the_file_is_planned_at_first_and_runs_after_the_reload()
    {
        var told = new List<NodeConfig>();
        _running.OnChanged = told.Add;
        var text = Older + "notify:\n  - {run: [/bin/true, \"{state}\"], on: [active]}\n";
        File.WriteAllText(ConfigFile, text);
        foreach (var planned in (bool[])[true, false])
        {
            var asked = _reload.ReloadAsync(planned);
            Assert.Equal((text, planned), ReceiveConfiguration());
            Answer(planned);
            var (result, _) = await asked.WaitAsync(Patience, TestContext.Current.CancellationToken);

            Assert.True(result!.Changed);
            Assert.Contains("notifications change", result.Message, StringComparison.Ordinal);
            var change = Assert.Single(result.Settings, setting => setting.Key == "notify");
            Assert.Equal(("", "none", "run [/bin/true, {state}] on [active] timeout 10s"), (change.Router, change.Old, change.New));
            Assert.Equal(planned ? 0 : 1, told.Count);
        }

        Assert.Same(_running.Current, told[0]);
        Assert.Single(_running.Current.Notify);
    }

    [Fact]
    public async Task A_file_with_a_mistake_leaves_the_notifications_as_they_are()
    {
        File.WriteAllText(ConfigFile, Older + "notify:\n  - {run: [true]}\n");
        var before = _running.Current;

        var (_, error) = await _reload.ReloadAsync(planOnly: false);

        Assert.Contains("absolute path", Assert.Single(error!.Details), StringComparison.Ordinal);
        Assert.Same(before, _running.Current);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Who_waits_for_another_reload_or_plan_reads_the_file_after_it(bool firstPlans, bool secondPlans)
    {
        File.WriteAllText(ConfigFile, Older);
        var first = _reload.ReloadAsync(firstPlans);
        Assert.Equal((Older, firstPlans), ReceiveConfiguration());
        var second = _reload.ReloadAsync(secondPlans); // waits; had it read the file by now, the older one would win in the end
        File.WriteAllText(ConfigFile, Newer);

        Answer(firstPlans);

        Assert.Equal(firstPlans, (await first.WaitAsync(Patience, TestContext.Current.CancellationToken)).Result!.Planned);
        Assert.Equal((Newer, secondPlans), ReceiveConfiguration());
        Answer(secondPlans);
        Assert.Equal(secondPlans, (await second.WaitAsync(Patience, TestContext.Current.CancellationToken)).Result!.Planned);
    }

    [Fact]
    public async Task An_error_in_the_file_keeps_nobody_from_reloading_later()
    {
        File.WriteAllText(ConfigFile, "virtual_routers: 7\n");
        var (result, error) = await _reload.ReloadAsync(planOnly: false).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Null(result);
        Assert.NotNull(error);
        File.WriteAllText(ConfigFile, Older);

        var again = _reload.ReloadAsync(planOnly: false);

        Assert.Equal((Older, false), ReceiveConfiguration());
        Answer(planned: false);
        Assert.NotNull((await again.WaitAsync(Patience, TestContext.Current.CancellationToken)).Result);
    }

    [Fact]
    public async Task What_the_kernel_refused_is_told_with_its_remedy_and_as_an_event()
    {
        File.WriteAllText(ConfigFile, Older);
        var asked = _reload.ReloadAsync(planOnly: false);
        ReceiveConfiguration();
        var refusal = new ReconfigureRefusal(RefusalKind.Group, "db, web", "eth1", IpFamily.IPv4, default, Errno.ENOBUFS, "");
        var length = new ConfigurationDoneMessage(false, false, "", new ReconfigureOutcome()) { Refusals = [refusal] }.Write(_buffer);
        Assert.Equal(0, _node.Send(_buffer.AsSpan(0, length)));

        var (result, error) = await asked.WaitAsync(Patience, TestContext.Current.CancellationToken);

        Assert.Null(result);
        Assert.Equal(ErrorCodes.Refused, error!.Code);
        Assert.Equal(
            "db, web: advertisements cannot be heard on eth1: IPv4 group not joined: ENOBUFS (No buffer space available)", Assert.Single(error.Details));
        Assert.Contains("igmp_max_memberships", error.Remedy, StringComparison.Ordinal);
        var told = Assert.Single(_events.After(0).Events, e => e.Kind == "reload_refused");
        Assert.Contains("db, web: ", told.Message, StringComparison.Ordinal);
        Assert.Contains("igmp_max_memberships", told.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_refusal_has_a_sentence_and_a_remedy()
    {
        foreach (var kind in Enum.GetValues<RefusalKind>())
        foreach (var error in (int[])[Errno.ENOBUFS, Errno.ENOMEM, Errno.EMFILE, Errno.EPERM])
        {
            var refusal = new ReconfigureRefusal(kind, "db", "eth1", IpFamily.IPv6, IpPrefix.Parse("10.77.0.100/24"), error, "");
            var told = RefusalText.Describe(new ConfigurationDoneMessage(false, false, "", new ReconfigureOutcome()) { Refusals = [refusal] });
            Assert.StartsWith("db: ", Assert.Single(told.Details), StringComparison.Ordinal);
            Assert.DoesNotMatch("^;|^ *; then", told.Remedy);
        }
    }

    private static NodeConfig Read(string text) => ConfigurationReader.Read(text, "vigie.yaml", "host").Config!;

    private void Answer(bool planned)
    {
        var length = new ConfigurationDoneMessage(true, planned, "", new ReconfigureOutcome { Changed = { "db" } }).Write(_buffer);
        Assert.Equal(0, _node.Send(_buffer.AsSpan(0, length)));
    }

    private (string Text, bool Planned) ReceiveConfiguration()
    {
        var piece = Receive();
        Assert.Equal((byte)MessageKind.ConfigurationPiece, piece[0]);
        var commit = Receive();
        Assert.Equal((byte)MessageKind.ConfigurationCommit, commit[0]);
        return (Encoding.UTF8.GetString(piece.AsSpan(2)), commit[1] != 0);
    }

    private byte[] Receive()
    {
        using var epoll = new Epoll();
        epoll.Add(_node, 1, EpollInterest.Readable);
        var ready = new EpollEvent[1];
        Assert.True(epoll.Wait(ready, (int)Patience.TotalMilliseconds) > 0, "control sent nothing");
        Assert.Equal(ReceiveResult.Data, _node.TryReceive(_buffer, out var length));
        return _buffer[..length];
    }
}
