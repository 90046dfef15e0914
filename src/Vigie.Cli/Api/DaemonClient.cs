using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Vigie.Contract;

namespace Vigie.Cli.Api;

/// <summary>
/// HTTP and JSON over the daemon's Unix socket. Whatever goes wrong is a <see cref="Failure"/>; only the end of the
/// program itself (cancellation) is an exception.
/// </summary>
internal sealed class DaemonClient : IDisposable
{
    /// <summary>No answer of ours comes near this size.</summary>
    private const int LargestAnswer = 64 << 20;

    private readonly HttpClient _http;
    private readonly string _socket;
    private readonly TimeSpan _patience;

    /// <param name="socket">The path of the socket.</param>
    /// <param name="patience">How long the daemon may take to answer.</param>
    public DaemonClient(string socket, TimeSpan patience)
    {
        _socket = socket;
        _patience = patience;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false, AllowAutoRedirect = false })
        {
            // The host part means nothing on a Unix socket, but HTTP wants one.
            BaseAddress = new Uri("http://localhost"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    public void Dispose() => _http.Dispose();

    public Task<Answer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class => AskAsync(HttpMethod.Get, path, type, stop);

    public Task<Answer<T>> PostAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class => AskAsync(HttpMethod.Post, path, type, stop);

    /// <summary>The events after a sequence number and then new ones as they happen; ends with a failure, never by itself.</summary>
    public async IAsyncEnumerable<Answer<EventDocument>> FollowAsync(long after, [EnumeratorCancellation] CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ApiPaths.EventsAfter(after, follow: true));
        var (response, failure) = await SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop).ConfigureAwait(false);
        using var answer = response;
        if (response is null)
        {
            yield return Answer<EventDocument>.Of(failure!);
            yield break;
        }

        if (!response.IsSuccessStatusCode)
        {
            yield return Answer<EventDocument>.Of(await ErrorAsync(response, stop).ConfigureAwait(false));
            yield break;
        }

        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(stop).ConfigureAwait(false), Encoding.UTF8);
        while (await ReadLineAsync(reader, stop).ConfigureAwait(false) is { } line)
        {
            var document = Parse(line, ContractJson.Default.EventDocument);
            yield return document;
            if (document.Failure is not null)
                yield break;
        }

        yield return Answer<EventDocument>.Of(Failure.Gone(_socket));
    }

    private async Task<Answer<T>> AskAsync<T>(HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken stop)
        where T : class
    {
        using var request = new HttpRequestMessage(method, path);
        var (response, failure) = await SendAsync(request, HttpCompletionOption.ResponseContentRead, stop).ConfigureAwait(false);
        using var answer = response;
        if (response is null)
            return Answer<T>.Of(failure!);
        return response.IsSuccessStatusCode
            ? Parse(Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false)), type)
            : Answer<T>.Of(await ErrorAsync(response, stop).ConfigureAwait(false));
    }

    private async Task<(HttpResponseMessage? Response, Failure? Failure)> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion, CancellationToken stop)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_patience);
        try
        {
            return (await _http.SendAsync(request, completion, patience.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return (null, Failure.Silent(_socket, _patience));
        }
        catch (HttpRequestException exception) when (SocketErrorOf(exception) is { } error)
        {
            return (null, Failure.Unconnected(_socket, error));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            return (null, Failure.Gone(_socket));
        }
        catch (HttpRequestException)
        {
            return (null, Failure.Unintelligible(_socket));
        }
    }

    private static async Task<Failure> ErrorAsync(HttpResponseMessage response, CancellationToken stop)
    {
        try
        {
            var body = await response.Content.ReadAsByteArrayAsync(stop).ConfigureAwait(false);
            return Failure.Of((int)response.StatusCode, JsonSerializer.Deserialize(body, ContractJson.Default.ErrorDocument)?.Error);
        }
        catch (Exception exception) when (exception is JsonException or HttpRequestException or IOException)
        {
            return Failure.Of((int)response.StatusCode, null);
        }
    }

    private Answer<T> Parse<T>(string body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) is { } value
                ? new Answer<T>(value, body, null)
                : Answer<T>.Of(Failure.Unintelligible(_socket));
        }
        catch (JsonException)
        {
            return Answer<T>.Of(Failure.Unintelligible(_socket));
        }
    }

    /// <summary>Null at the end of the stream, however it ended.</summary>
    private static async Task<string?> ReadLineAsync(StreamReader reader, CancellationToken stop)
    {
        try
        {
            return await reader.ReadLineAsync(stop).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            return null;
        }
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket), stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The reason when it was the connection that failed, not what came over it.</summary>
    private static SocketError? SocketErrorOf(HttpRequestException exception) =>
        exception.HttpRequestError is HttpRequestError.ConnectionError && exception.InnerException is SocketException inner
            ? inner.SocketErrorCode
            : null;
}
