using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Vigie.Linux.Tests.Processes;

/// <summary>What a service manager hears, by path and by abstract name, and what happens when it is not there.</summary>
public sealed class ServiceNotifierTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("vigie-notify-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_manager_hears_every_word_as_one_datagram(bool isAbstract)
    {
        var path = isAbstract ? $"@vigie-test-{Guid.NewGuid():N}" : Path.Combine(_directory, "notify");
        using var manager = Listen(path);
        using var notifier = ServiceNotifier.Open(path, null, null)!;

        Assert.True(notifier.Tell("READY=1\nSTATUS=well\n"u8));
        Assert.True(notifier.Tell("WATCHDOG=1\n"u8));

        Assert.Equal(["READY=1\nSTATUS=well\n", "WATCHDOG=1\n"], [Hear(manager), Hear(manager)]);
    }

    [Fact]
    public void A_manager_that_comes_later_or_comes_back_is_told_then()
    {
        var path = Path.Combine(_directory, "notify");
        using var notifier = ServiceNotifier.Open(path, null, null)!;
        Assert.False(notifier.Tell("READY=1\n"u8));

        using (var first = Listen(path))
        {
            Assert.True(notifier.Tell("READY=1\n"u8));
            Assert.Equal("READY=1\n", Hear(first));
        }

        File.Delete(path);
        // A process that another test starts at this moment has a copy of the socket until it runs its own program.
        Waiting.Until(() => !notifier.Tell("WATCHDOG=1\n"u8), "every copy of the first socket to be closed");
        using var second = Listen(path);
        Assert.True(notifier.Tell("WATCHDOG=1\n"u8));
        Assert.Equal("WATCHDOG=1\n", Hear(second));
    }

    [Fact]
    public void A_manager_that_does_not_read_is_not_waited_for()
    {
        var path = Path.Combine(_directory, "notify");
        using var manager = Listen(path);
        using var notifier = ServiceNotifier.Open(path, null, null)!;

        var told = 0;
        while (told < 100_000 && notifier.Tell("WATCHDOG=1\n"u8))
            told++;

        Assert.InRange(told, 1, 99_999);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("relative/path")]
    [InlineData("vsock:2:1")]
    public void What_is_no_Unix_socket_is_nobody(string? path) => Assert.Null(ServiceNotifier.Open(path, "1000000", null));

    [Fact]
    public void The_watchdog_is_that_of_this_process_alone()
    {
        var path = Path.Combine(_directory, "notify");
        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

        Assert.Equal(TimeSpan.FromSeconds(10), WatchdogOf(path, "10000000", own));
        Assert.Equal(TimeSpan.FromSeconds(10), WatchdogOf(path, "10000000", null));
        Assert.Equal(TimeSpan.Zero, WatchdogOf(path, "10000000", "1"));
        Assert.Equal(TimeSpan.Zero, WatchdogOf(path, "soon", own));
        Assert.Equal(TimeSpan.Zero, WatchdogOf(path, null, own));
    }

    private static TimeSpan WatchdogOf(string path, string? microseconds, string? pid)
    {
        using var notifier = ServiceNotifier.Open(path, microseconds, pid)!;
        return notifier.Watchdog;
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        socket.Bind(new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        return socket;
    }

    private static string Hear(Socket socket)
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
