using System.Diagnostics;

namespace Vigie.Lab;

/// <summary>
/// Runs a short tool (ip, nft) to its end and returns what it printed. The tool lives in the network namespace of the
/// calling thread, which is why callers reach it through <see cref="NamespaceThread"/>.
/// </summary>
internal static class Command
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    internal static string Run(string file, IEnumerable<string> arguments, string? input = null)
    {
        var (exitCode, output, errors) = TryRun(file, arguments, input);
        return exitCode == 0
            ? output
            : throw new LabException($"{file} {string.Join(' ', arguments)} failed with {exitCode}: {errors.Trim()}{(input is null ? "" : "\ninput was:\n" + input)}");
    }

    internal static (int ExitCode, string Output, string Errors) TryRun(string file, IEnumerable<string> arguments, string? input = null)
    {
        var start = new ProcessStartInfo(file)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        using var process = Launch(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(Limit))
        {
            process.Kill();
            throw new LabException($"{file} {string.Join(' ', arguments)} did not end within {Limit.TotalSeconds} s");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult(), errors.GetAwaiter().GetResult());
    }

    private static Process Launch(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new LabException($"{start.FileName} did not start");
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new LabException($"{start.FileName} cannot be started: {missing.Message}", missing);
        }
    }
}
