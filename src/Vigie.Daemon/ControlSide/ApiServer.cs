using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Vigie.Contract;

namespace Vigie.Daemon.ControlSide;

/// <summary>HTTP and JSON of the contract on the Unix socket. It answers; it decides nothing.</summary>
internal sealed class ApiServer(NodeChannel channel, StatusText status, EventRing events, ReloadService reload, AsideService aside)
{
    /// <summary>Connections at a time; more are closed at once.</summary>
    private const int MaxConnections = 256;

    /// <summary>Clients that keep their connection for events, so that some are always left for questions.</summary>
    private const int MaxFollowers = 64;

    private int _followers;

    /// <summary>Serves until cancelled. Returns one of <see cref="ExitCode"/>.</summary>
    public static int Run(
        RunOptions options, NodeChannel channel, StatusText status, EventRing events, ReloadService reload, AsideService aside,
        CancellationToken stopping)
    {
        var server = new ApiServer(channel, status, events, reload, aside);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1024;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.ListenUnixSocket(options.Socket);
        });
        var app = builder.Build();
        app.Run(server.AnswerAsync);
        try
        {
            File.Delete(options.Socket); // an earlier control process of this daemon left it
            app.StartAsync(stopping).GetAwaiter().GetResult();
            File.SetUnixFileMode(options.Socket,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            events.Add(EventText.Own("socket_refused", EventSeverity.Error, $"cannot listen on {options.Socket}: {e.Message}",
                "choose another path with --socket"));
            return ExitCode.Failed;
        }

        stopping.WaitHandle.WaitOne();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        app.StopAsync(patience.Token).GetAwaiter().GetResult();
        File.Delete(options.Socket);
        return ExitCode.Ok;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or IOException)
        {
            if (!context.Response.HasStarted)
                await FailAsync(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Busy,
                    $"the node process did not answer: {e.Message}", "ask again; if it stays so, look at the log").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or we are leaving.
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        var request = context.Request;
        return (request.Method, request.Path.Value) switch
        {
            ("GET", ApiPaths.Status) => StatusAsync(context),
            ("GET", ApiPaths.Events) => EventsAsync(context),
            ("GET", ApiPaths.Version) => WriteAsync(context, new VersionDocument { Version = VigieVersion.Current }, ContractJson.Default.VersionDocument),
            ("POST", ApiPaths.Reload) => ReloadAsync(context),
            ("POST", ApiPaths.Switchover) => SwitchoverAsync(context),
            ("POST", ApiPaths.Failback) => AsideAsync(context, aside.FailbackAsync(Name(context))),
            ("POST", ApiPaths.Drain) => AsideAsync(context, aside.DrainAsync(context.RequestAborted)),
            ("POST", ApiPaths.Undrain) => AsideAsync(context, aside.UndrainAsync()),
            (_, ApiPaths.Switchover or ApiPaths.Failback or ApiPaths.Drain or ApiPaths.Undrain or ApiPaths.Status or ApiPaths.Events or ApiPaths.Version or ApiPaths.Reload) => FailAsync(
                context, StatusCodes.Status405MethodNotAllowed, ErrorCodes.NotFound, $"{request.Path} does not take {request.Method}", null),
            _ => FailAsync(context, StatusCodes.Status404NotFound, ErrorCodes.NotFound, $"there is no {request.Path}", null),
        };
    }

    private async Task StatusAsync(HttpContext context)
    {
        var answer = await channel.StatusAsync(context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, status.Describe(answer), ContractJson.Default.StatusDocument).ConfigureAwait(false);
    }

    private async Task EventsAsync(HttpContext context)
    {
        var after = 0L;
        if (context.Request.Query.TryGetValue(ApiPaths.AfterParameter, out var text)
            && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after))
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
                $"'{text}' is not a sequence number", "give the `next` of an earlier answer, or 0").ConfigureAwait(false);
            return;
        }

        if (context.Request.Query[ApiPaths.FollowParameter] == "true")
            await FollowAsync(context, after).ConfigureAwait(false);
        else
            await WriteAsync(context, events.After(after), ContractJson.Default.EventsDocument).ConfigureAwait(false);
    }

    private async Task FollowAsync(HttpContext context, long after)
    {
        if (Interlocked.Increment(ref _followers) > MaxFollowers)
        {
            Interlocked.Decrement(ref _followers);
            await FailAsync(context, StatusCodes.Status503ServiceUnavailable, ErrorCodes.Busy,
                $"{MaxFollowers} clients follow the events already", "end one of them, or ask without follow").ConfigureAwait(false);
            return;
        }

        try
        {
            await StreamAsync(context, after).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _followers);
        }
    }

    private async Task StreamAsync(HttpContext context, long after)
    {
        context.Response.ContentType = ApiPaths.JsonLines;
        while (!context.RequestAborted.IsCancellationRequested)
        {
            var page = events.After(after);
            foreach (var document in page.Events)
            {
                await JsonSerializer.SerializeAsync(
                    context.Response.Body, document, ContractJson.Readable.EventDocument, context.RequestAborted).ConfigureAwait(false);
                await context.Response.Body.WriteAsync("\n"u8.ToArray(), context.RequestAborted).ConfigureAwait(false);
            }

            await context.Response.Body.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            after = page.Next;
            await events.WaitAfterAsync(after, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private async Task ReloadAsync(HttpContext context)
    {
        var plan = context.Request.Query[ApiPaths.PlanParameter];
        if (plan.Count > 0 && plan != "true" && plan != "false")
        {
            // Whoever wanted a plan must never get the deed.
            await FailAsync(context, StatusCodes.Status400BadRequest, ErrorCodes.BadRequest,
                $"'{plan}' is neither true nor false", $"give {ApiPaths.PlanParameter}=true or leave it out").ConfigureAwait(false);
            return;
        }

        var (result, error) = await reload.ReloadAsync(plan == "true").ConfigureAwait(false);
        if (result is not null)
        {
            await WriteAsync(context, result, ContractJson.Default.ReloadResult).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = error!.Code switch
        {
            ErrorCodes.ConfigurationInvalid => StatusCodes.Status422UnprocessableEntity,
            ErrorCodes.Refused => StatusCodes.Status409Conflict,
            ErrorCodes.Busy => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        await WriteAsync(context, new ErrorDocument { Error = error }, ContractJson.Default.ErrorDocument).ConfigureAwait(false);
    }

    private Task SwitchoverAsync(HttpContext context) =>
        context.Request.Query.ContainsKey(ApiPaths.ToParameter)
            ? FailAsync(context, StatusCodes.Status409Conflict, ErrorCodes.Refused,
                "a host to move to cannot be chosen: that needs the peer channel between the hosts, which this version does not have",
                "leave `--to` out; the election picks the Backup of the highest priority")
            : AsideAsync(context, aside.SwitchoverAsync(Name(context), context.RequestAborted));

    private static string Name(HttpContext context) => context.Request.Query[ApiPaths.NameParameter].ToString();

    private static async Task AsideAsync(HttpContext context, Task<(AsideResult? Result, ErrorDetail? Error)> asked)
    {
        var (result, error) = await asked.ConfigureAwait(false);
        if (result is not null)
        {
            await WriteAsync(context, result, ContractJson.Default.AsideResult).ConfigureAwait(false);
            return;
        }

        context.Response.StatusCode = error!.Code switch
        {
            ErrorCodes.NotFound => StatusCodes.Status404NotFound,
            ErrorCodes.Refused => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status500InternalServerError,
        };
        await WriteAsync(context, new ErrorDocument { Error = error }, ContractJson.Default.ErrorDocument).ConfigureAwait(false);
    }

    private static Task FailAsync(HttpContext context, int status, string code, string message, string? remedy)
    {
        context.Response.StatusCode = status;
        return WriteAsync(
            context, new ErrorDocument { Error = new ErrorDetail { Code = code, Message = message, Remedy = remedy } },
            ContractJson.Default.ErrorDocument);
    }

    private static Task WriteAsync<T>(HttpContext context, T document, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = ApiPaths.Json;
        return JsonSerializer.SerializeAsync(context.Response.Body, document, type, context.RequestAborted);
    }
}
