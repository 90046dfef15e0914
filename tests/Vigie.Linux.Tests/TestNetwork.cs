using System.Diagnostics;
using System.Globalization;
using Vigie.Core.Net;

namespace Vigie.Linux.Tests;

/// <summary>
/// Two hosts in namespaces of their own, joined by a veth pair; nothing has a name, so nothing is left behind.
/// <code>
///   left: v0 10.77.0.1/24 fd77::1/64 ───── v0 10.77.0.2/24 fd77::2/64 :right
/// </code>
/// </summary>
internal sealed class TestNetwork : IDisposable
{
    private readonly FileDescriptor _left;
    private readonly FileDescriptor _right;

    public TestNetwork()
    {
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException("these tests make network namespaces and raw sockets: run them as root");
        _left = NetworkNamespace.Create();
        _right = NetworkNamespace.Create();
        AddLink("v0", 10);
        Configure(Left, 1);
        Configure(Right, 2);
        LeftIndex = 10;
        RightIndex = 110;

        AwaitIPv6("v0");
    }

    public int LeftIndex { get; }

    public int RightIndex { get; }

    public static IpAddress LeftIPv4 { get; } = IpAddress.Parse("10.77.0.1");

    public static IpAddress RightIPv4 { get; } = IpAddress.Parse("10.77.0.2");

    public static IpAddress LeftIPv6 { get; } = IpAddress.Parse("fd77::1");

    public static IpAddress RightIPv6 { get; } = IpAddress.Parse("fd77::2");

    public Func<string[], string> IpOnLeft => Left;

    public Func<string[], string> IpOnRight => Right;

    /// <summary>
    /// Joins the two hosts by a link of the same name on both, which is down as yet. The indexes differ: the kernel takes
    /// a link whose two ends have the same index for an ordinary one, and reports its carrier up to a second later.
    /// </summary>
    public void AddLink(string name, int leftIndex)
    {
        var right = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{_right.Number}");
        var (left, rightIndex) = (leftIndex.ToString(CultureInfo.InvariantCulture), (leftIndex + 100).ToString(CultureInfo.InvariantCulture));
        Left("link", "add", name, "index", left, "type", "veth", "peer", "name", name, "index", rightIndex, "netns", right);
    }

    /// <summary>IPv6 waits for the link layer before it sends or hears anything: its multicast route tells.</summary>
    public void AwaitIPv6(string link)
    {
        foreach (var ip in new[] { IpOnLeft, IpOnRight })
        {
            Waiting.Until(
                () => ip(["-6", "route", "show", "table", "local", "type", "multicast"]).Contains($"dev {link}", StringComparison.Ordinal),
                $"IPv6 on {link}");
        }
    }

    public T OnLeft<T>(Func<T> function) => NetworkNamespace.Run(_left, function);

    public T OnRight<T>(Func<T> function) => NetworkNamespace.Run(_right, function);

    /// <summary>Runs ip(8) on the left host and returns what it printed.</summary>
    public string Left(params string[] arguments) => OnLeft(() => Run("ip", arguments));

    /// <summary>Runs ip(8) on the right host and returns what it printed.</summary>
    public string Right(params string[] arguments) => OnRight(() => Run("ip", arguments));

    public static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}");
    }

    public void Dispose()
    {
        _left.Dispose();
        _right.Dispose();
    }

    private static void Configure(Func<string[], string> ip, int host)
    {
        ip(["link", "set", "v0", "addrgenmode", "none"]);
        ip(["addr", "add", $"10.77.0.{host}/24", "dev", "v0"]);
        ip(["addr", "add", $"fd77::{host}/64", "dev", "v0", "nodad"]);
        ip(["addr", "add", $"fe80::{host}/64", "dev", "v0", "nodad"]);
        ip(["link", "set", "lo", "up"]);
        ip(["link", "set", "v0", "up"]);
    }
}
