using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Daemon.ControlSide;
using Vigie.Linux;
using Vigie.Node.Events;
using Vigie.Node.Messages;
using Xunit;

namespace Vigie.Daemon.Tests.NotifySide;

/// <summary>A notification service with the published executable as its runner, and a folder of scripts that root alone can write to.</summary>
internal sealed class NotifyScene : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateDirectory($"/run/vigie-test-{Guid.NewGuid():N}");
    private readonly LogWriter _log = new(TextWriter.Null, LogFormat.Json);
    private readonly EventRing _ring;
    private long _now = 1;

    public NotifyScene(string entries, string life = "life")
    {
        Assert.SkipUnless(UserIdentity.Own == 0, "needs root: scripts must belong to root and run as somebody else");
        _ring = new EventRing(_log);
        Folder = _folder.FullName;
        File.SetUnixFileMode(Folder, (UnixFileMode)Convert.ToInt32("755", 8));
        File.WriteAllText(Out, "");
        File.SetUnixFileMode(Out, (UnixFileMode)Convert.ToInt32("666", 8));
        Config = Read(entries);
        Service = Create(life);
    }

    public string Folder { get; }

    /// <summary>Where scripts write, whoever they are.</summary>
    public string Out => Path.Combine(Folder, "out");

    public NodeConfig Config { get; }

    public NotifyService Service { get; private set; }

    public int StatusAsked { get; private set; }

    public IReadOnlyList<EventDocument> Events => _ring.After(0).Events;

    public string[] Lines => File.ReadAllText(Out).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>DIR stands for the scene's folder.</summary>
    public NodeConfig Read(string entries)
    {
        var text = "node: alpha\nvirtual_routers:\n"
            + "  - {name: db, vrid: 51, interface: eth0, addresses: [10.77.0.100/24, fd77::100/64]}\n"
            + "  - {name: web, vrid: 52, interface: eth1, addresses: [10.77.0.101/24]}\n"
            + $"notify:\n{entries.Replace("DIR", Folder, StringComparison.Ordinal)}\n";
        var result = ConfigurationReader.Read(text, "vigie.yaml", "host");
        Assert.True(result.Config is not null, result.Render(color: false));
        return result.Config;
    }

    /// <summary>Writes a script; OUT stands for the output, DIR for the folder.</summary>
    public string Script(string name, string body, string mode = "755")
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{body.Replace("OUT", Out, StringComparison.Ordinal).Replace("DIR", Folder, StringComparison.Ordinal)}\n");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        return path;
    }

    public void Open(string gate) => File.WriteAllText(Path.Combine(Folder, gate), "");

    public void Start() => Service.Start();

    /// <summary>The service ends as its process would, and another one takes its place.</summary>
    public void Restart(string life = "life")
    {
        Service.Dispose();
        Service = Create(life);
        Service.Start();
    }

    public void Enter(string router, RouterState state, TransitionReason reason = TransitionReason.ActiveSilent) => Service.OnEvent(
        new NodeEvent { Kind = NodeEventKind.StateChanged, At = new Instant(_now++), Router = 0, State = state, Reason = reason }, router);

    /// <summary>A status in which the virtual router has been in this state for so long.</summary>
    public void Find(string router, RouterState state, long since) => Service.OnStatus(new StatusAnswer(
        default, new HostLateness(default, []), [new RouterStatus { Name = router, Interface = "eth0", State = state, Since = new Instant(since) }]));

    public static void Until(Func<bool> isTrue, string what)
    {
        var until = Clock.Now() + Patience;
        using var timer = new TimerFd();
        using var epoll = new Epoll();
        epoll.Add(timer, 1, EpollInterest.Readable);
        while (!isTrue())
        {
            Assert.True(Clock.Now() < until, $"waited in vain for {what}");
            timer.Arm(Clock.Now() + TimeSpan.FromMilliseconds(3));
            epoll.Wait(new EpollEvent[1], -1);
        }
    }

    public void UntilRuns(long count) => Until(() => Service.Status?.Runs >= count, $"{count} runs; events: {string.Join("\n", Events.Select(e => e.Message))}");

    public void UntilLines(int count) => Until(() => Lines.Length >= count, $"{count} lines: {string.Join('|', Lines)}; events: {string.Join("\n", Events.Select(e => e.Message))}");

    public void Dispose()
    {
        Service.Dispose();
        _log.Dispose();
        _folder.Delete(recursive: true);
    }

    private NotifyService Create(string life) => new(
        Executable(), Config, new NotifyStore(Path.Combine(Folder, "state")), new DaemonLife("boot", life), _ring, new WallClock(), () => StatusAsked++);

    private static string Executable()
    {
        var path = Environment.GetEnvironmentVariable("VIGIE_BIN");
        Assert.SkipWhen(path is null, "VIGIE_BIN names no executable: ./test.sh publishes one");
        return path;
    }
}
