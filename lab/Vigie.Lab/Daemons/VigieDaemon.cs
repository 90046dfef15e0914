using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Vigie.Contract;
using Vigie.Lab.Processes;

namespace Vigie.Lab.Daemons;

/// <summary>
/// A real `vigie run` on a host of the lab: the published executable, its own configuration file, socket and state
/// folder. Asks it questions over its socket as `vigie status` does.
/// </summary>
public sealed class VigieDaemon : IDisposable
{
    /// <summary>Names the executable when it is not the published one of this repository.</summary>
    public const string ExecutableVariable = "VIGIE_BIN";

    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _client;

    private VigieDaemon(LabHost host, LabProcess process)
    {
        Host = host;
        Process = process;
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancel) => Connect(host.SocketPath, cancel) })
        {
            BaseAddress = new Uri("http://vigie"),
            Timeout = TimeSpan.FromSeconds(5),
        };
    }

    public LabHost Host { get; }

    public LabProcess Process { get; }

    /// <summary>Where its configuration lies.</summary>
    public static string ConfigPath(LabHost host) => Path.Combine(host.Directory, "vigie.yaml");

    /// <summary>The published executable: VIGIE_BIN, or artifacts/vigie/vigie of the repository that this program was built in.</summary>
    public static string FindExecutable()
    {
        if (Environment.GetEnvironmentVariable(ExecutableVariable) is { Length: > 0 } named)
            return File.Exists(named) ? named : throw new LabException($"{ExecutableVariable} names {named}, which is not there");

        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (!File.Exists(Path.Combine(directory.FullName, "Vigie.slnx")))
                continue;
            var path = Path.Combine(directory.FullName, "artifacts", "vigie", "vigie");
            return File.Exists(path) ? path : throw new LabException($"{path} has not been built; ./test.sh and ./demo.sh build it");
        }

        throw new LabException($"no Vigie.slnx above {AppContext.BaseDirectory}; name the executable in {ExecutableVariable}");
    }

    /// <summary>Writes the configuration and starts the daemon; does not wait for anything.</summary>
    public static VigieDaemon Start(LabHost host, string yaml, params IEnumerable<string> moreArguments)
    {
        File.WriteAllText(ConfigPath(host), yaml);
        return StartAgain(host, moreArguments);
    }

    /// <summary>Starts the daemon with these virtual routers.</summary>
    public static VigieDaemon Start(LabHost host, params IEnumerable<VirtualRouterSetup> routers) => Start(host, VirtualRouterSetup.ToVigie(host.Name, routers), []);

    /// <summary>Starts the daemon with the configuration that already lies there.</summary>
    public static VigieDaemon StartAgain(LabHost host, params IEnumerable<string> moreArguments) =>
        host.Run.Own(new VigieDaemon(host, host.Start(FindExecutable(), Arguments(host, moreArguments), logFile: "vigie.log")));

    /// <summary>Starts the daemon through another program, which must end by replacing itself with the command it is given.</summary>
    public static VigieDaemon StartThrough(LabHost host, string yaml, IReadOnlyList<string> launcher)
    {
        File.WriteAllText(ConfigPath(host), yaml);
        string[] arguments = [.. launcher.Skip(1), FindExecutable(), .. Arguments(host, [])];
        return host.Run.Own(new VigieDaemon(host, host.Start(launcher[0], arguments, logFile: "vigie.log")));
    }

    /// <summary>Starts it with the configuration that already lies there, by a command that ends in the executable's path.</summary>
    internal static VigieDaemon StartAs(LabHost host, string[] command, IReadOnlyDictionary<string, string> environment)
    {
        string[] arguments =
        [
            .. command[1..], "run", "--config", ConfigPath(host), "--socket", host.SocketPath, "--state-dir", host.StateDirectory, "--log-format", "json",
        ];
        return host.Run.Own(new VigieDaemon(host, host.Start(command[0], arguments, environment, logFile: "vigie.log")));
    }

    /// <summary>What `GET /v1/status` says now.</summary>
    public StatusDocument Status() =>
        Get(ApiPaths.Status, content => content.ReadFromJsonAsync(ContractJson.Default.StatusDocument)) ?? throw new LabException("the status is empty");

    /// <summary>The same; null while nobody answers.</summary>
    public StatusDocument? TryStatus()
    {
        try
        {
            return Status();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>The same as plain JSON, as a program without our types would read it.</summary>
    public JsonDocument StatusJson() => Get(ApiPaths.Status, async content => JsonDocument.Parse(await content.ReadAsStreamAsync().ConfigureAwait(false)));

    /// <summary>What `GET /v1/events` still holds.</summary>
    public EventsDocument Events() =>
        Get(ApiPaths.Events, content => content.ReadFromJsonAsync(ContractJson.Default.EventsDocument)) ?? throw new LabException("the list of events is empty");

    /// <summary>What `POST /v1/reload` answers: the HTTP status and the body as it is.</summary>
    /// <param name="plan">What the query says of a plan; null: nothing, the reload is done.</param>
    public (int Status, string Body) Reload(string? plan = null) => Task.Run(async () =>
    {
        var path = plan is null ? ApiPaths.Reload : $"{ApiPaths.Reload}?{ApiPaths.PlanParameter}={plan}";
        using var answer = await _client.PostAsync(new Uri(path, UriKind.Relative), null).ConfigureAwait(false);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync().ConfigureAwait(false));
    }).GetAwaiter().GetResult();

    /// <summary>The virtual router in the status; null while the daemon does not answer or does not have it.</summary>
    public VirtualRouterStatus? TryRouter(string name)
    {
        if (Process.Exited)
            throw new LabException($"{Process.Description} ended with {Process.ExitCode}:\n{Process.Tail()}");
        try
        {
            return Status().VirtualRouters.FirstOrDefault(router => router.Name == name);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits until the daemon answers on its socket. Returns how long that took from its start.</summary>
    public TimeSpan WaitUntilListening(TimeSpan? deadline = null)
    {
        Condition.WaitFor($"{Process.Description} to answer", () => !Process.Exited && Answers(), deadline, TimeSpan.FromMilliseconds(2), () => Process.Tail());
        return LabClock.Now - Process.StartedAt;
    }

    public TimeSpan WaitForState(string router, VirtualRouterState state, TimeSpan? deadline = null) =>
        WaitForRouter(router, $"{router} to be {state}", status => status.State == state, deadline);

    /// <summary>
    /// Waits until it is a Backup that has heard its Active. One that has not knows nothing of it yet: neither its interval nor that
    /// there is one, so that it would find the addresses held by somebody unknown and leave them alone.
    /// </summary>
    public TimeSpan WaitUntilFollowing(string router, TimeSpan? deadline = null) => WaitForRouter(
        router, $"{router} to follow an Active", status => status is { State: VirtualRouterState.Backup, Active: not null }, deadline);

    /// <summary>Waits until the condition holds for the virtual router's status.</summary>
    public TimeSpan WaitForRouter(string router, string what, Func<VirtualRouterStatus, bool> isTrue, TimeSpan? deadline = null)
    {
        VirtualRouterStatus? last = null;
        return Condition.WaitFor($"{what} on {Host.Name}", () => (last = TryRouter(router)) is not null && isTrue(last), deadline, PollEvery,
            () => $"last seen: {last}\n{Process.Tail()}");
    }

    /// <summary>Asks it to leave and waits for its end (SIGTERM). Returns the exit code.</summary>
    public int Stop(TimeSpan? deadline = null) => Process.Stop(Signals.Terminate, deadline);

    /// <summary>Ends all its processes at once, without a chance to say goodbye.</summary>
    public void Kill() => Process.Kill();

    /// <summary>Closes the lab's connection to it; the process ends with the run.</summary>
    public void Dispose() => _client.Dispose();

    private bool Answers() => TryStatus() is not null;

    private static string[] Arguments(LabHost host, IEnumerable<string> moreArguments)
    {
        string[] more = [.. moreArguments];
        string[] log = more.Contains("--log-format") ? [] : ["--log-format", "json"];
        return ["run", "--config", ConfigPath(host), "--socket", host.SocketPath, "--state-dir", host.StateDirectory, .. log, .. more];
    }

    private T Get<T>(string path, Func<HttpContent, Task<T>> read)
    {
        return Task.Run(async () =>
        {
            using var answer = await _client.GetAsync(new Uri(path, UriKind.Relative)).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
                throw new LabException($"{path} on {Host.Name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync().ConfigureAwait(false)}");
            return await read(answer.Content).ConfigureAwait(false);
        }).GetAwaiter().GetResult();
    }

    private static async ValueTask<Stream> Connect(string path, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
