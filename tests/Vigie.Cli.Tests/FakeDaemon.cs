using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Vigie.Cli.Tests;

/// <summary>
/// A few lines of HTTP on a Unix socket, so that the client is tried against bytes on a real socket and against answers
/// that a right server never gives.
/// </summary>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vigie-cli-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Stream, Task> _answer;
    private readonly Task _serving;

    private FakeDaemon(Func<string, Stream, Task> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen(8);
        _serving = ServeAsync();
    }

    public string SocketPath => Path.Combine(_folder, "vigie.sock");

    /// <summary>Never comes: awaited by an answer that keeps its connection open until the test ends.</summary>
    public static Task Forever { get; } = new TaskCompletionSource().Task;

    /// <summary>The first line of every request, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers every request with the same body.</summary>
    public static FakeDaemon Answering(string body, int status = 200) =>
        new((_, stream) => WriteAsync(stream, Response(body, status)));

    /// <summary>Writes exactly these bytes after the request, and closes.</summary>
    public static FakeDaemon Raw(string bytes) => new((_, stream) => WriteAsync(stream, bytes));

    /// <summary>Whatever the function writes; then the connection is closed.</summary>
    public static FakeDaemon With(Func<string, Stream, Task> answer) => new(answer);

    /// <summary>Nobody can connect any more; those who are connected still are.</summary>
    public void StopListening() => _listener.Dispose();

    public static string Response(string body, int status = 200) =>
        $"HTTP/1.1 {status} Any\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";

    public static async Task WriteAsync(Stream stream, string text)
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await stream.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(AnswerAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            var request = new StringBuilder();
            var buffer = new byte[1];
            while (!request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, _stop.Token) > 0)
                request.Append((char)buffer[0]);
            var line = request.ToString().Split("\r\n")[0];
            Requests.Enqueue(line);
            await _answer(line, stream).WaitAsync(_stop.Token);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client has gone, which is its right, or the test has ended.
        }
    }
}
