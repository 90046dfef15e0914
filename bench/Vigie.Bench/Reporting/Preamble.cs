using System.Diagnostics;
using System.Globalization;
using Vigie.Contract;

namespace Vigie.Bench.Reporting;

/// <summary>On what, with what and when something was measured; names no host.</summary>
internal static class Preamble
{
    public static string Text(BenchmarkOptions options) => string.Create(CultureInfo.InvariantCulture,
        $"""
        | | |
        |---|---|
        | command | `./bench.sh {options.Command}` |
        | date | {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC |
        | machine | {Processor()}, {Environment.ProcessorCount} processors, {Memory()} memory |
        | kernel | Linux {Environment.OSVersion.Version} |
        | load before | {File.ReadAllText("/proc/loadavg").Split(' ')[0]} processes (average of a minute) |
        | programs | Vigie {VigieVersion.Current}, {Keepalived()} |

        """);

    private static string Processor() =>
        Value("/proc/cpuinfo", "model name") ?? "unknown processor";

    private static string Memory() => Value("/proc/meminfo", "MemTotal")?.Split(' ')[0] is { } kilobytes
        ? string.Create(CultureInfo.InvariantCulture, $"{double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024 / 1024:0.0} GB")
        : "unknown";

    private static string? Value(string file, string key) => File.ReadLines(file)
        .Where(line => line.StartsWith(key, StringComparison.Ordinal)).Select(line => line.Split(':', 2)[1].Trim()).FirstOrDefault();

    // "Keepalived v2.2.7 (01/16,2022)" is the first line of what it prints on standard error.
    private static string Keepalived()
    {
        using var process = Process.Start(new ProcessStartInfo("keepalived", ["--version"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var line = process.StandardError.ReadLine();
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return line is null ? "keepalived of an unknown version" : line.Split('(')[0].Trim().Replace("Keepalived v", "keepalived ", StringComparison.Ordinal);
    }
}
