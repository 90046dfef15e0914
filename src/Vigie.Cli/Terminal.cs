using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Vigie.Cli;

/// <summary>Where output goes, and what the other end can do.</summary>
internal sealed record Terminal
{
    private const int BrokenPipe = 32; // EPIPE
    private const int DefaultWidth = 80;

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Whether standard output is a terminal, on which a view can be refreshed in place.</summary>
    public bool IsInteractive { get; init; }

    public bool HasColor { get; init; }

    public bool HasErrorColor { get; init; }

    /// <summary>In characters.</summary>
    public int Width { get; init; } = DefaultWidth;

    /// <summary>In lines.</summary>
    public int Height { get; init; } = 24;

    public static Terminal OfProcess()
    {
        var wantsColor = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not "dumb";
        var isInteractive = !Console.IsOutputRedirected;
        return new Terminal
        {
            Out = new StreamWriter(OpenOutput(), new UTF8Encoding(false)) { NewLine = "\n" },
            Error = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(false)) { NewLine = "\n", AutoFlush = true },
            IsInteractive = isInteractive && Environment.GetEnvironmentVariable("TERM") is not "dumb",
            HasColor = isInteractive && wantsColor,
            HasErrorColor = !Console.IsErrorRedirected && wantsColor,
            Width = isInteractive ? Measure(() => Console.WindowWidth, DefaultWidth) : DefaultWidth,
            Height = isInteractive ? Measure(() => Console.WindowHeight, 24) : 24,
        };
    }

    /// <summary>The size now: people resize windows while they watch.</summary>
    public Terminal Measured() => !IsInteractive || Console.IsOutputRedirected
        ? this
        : this with { Width = Measure(() => Console.WindowWidth, Width), Height = Measure(() => Console.WindowHeight, Height) };

    public static bool IsBrokenPipe(IOException exception) => exception.HResult == BrokenPipe;

    /// <summary>
    /// The console's own stream says nothing when the reader of a pipe has gone, and a verb that follows would never
    /// end. A file stream tells; but only where there is no position, which it would keep apart from that of other
    /// writers to the same file.
    /// </summary>
    private static Stream OpenOutput()
    {
        if (!Console.IsOutputRedirected)
            return Console.OpenStandardOutput();
        try
        {
            var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return stream.CanSeek ? Console.OpenStandardOutput() : stream;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Console.OpenStandardOutput();
        }
    }

    private static int Measure(Func<int> measure, int otherwise)
    {
        try
        {
            var size = measure();
            return size > 0 ? size : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }
}
