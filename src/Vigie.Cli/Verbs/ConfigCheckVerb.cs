using System.CommandLine;
using Vigie.Configuration;
using Vigie.Contract;
using Vigie.Core.Configuration;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie config check</c>: every problem of a file at once, or a short summary of what it says.</summary>
internal static class ConfigCheckVerb
{
    private const int MostRouters = 50;
    private const int MostAddresses = 4;

    public static Command Create(CliContext context)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "The configuration; '-' for standard input",
            DefaultValueFactory = _ => Defaults.ConfigFile,
        };
        var command = new Command("check", "Find every mistake in a configuration; needs neither root nor the interfaces") { file };
        command.SetAction(parsed => Run(context, parsed.GetRequiredValue(file)));
        return command;
    }

    private static int Run(CliContext context, string file)
    {
        var terminal = context.Terminal;
        var result = ConfigurationFile.Read(file, context.HostName, context.CheckProgram);
        terminal.Error.Write(result.Render(terminal.HasErrorColor));
        if (result.Config is null)
        {
            terminal.Error.WriteLine($"{result.FileName}: {Count(result.ErrorCount, "error")}{Warnings(result)}");
            return ExitCode.Configuration;
        }

        Summarize(terminal.Out, result, result.Config);
        return ExitCode.Ok;
    }

    private static void Summarize(TextWriter output, ConfigurationResult result, NodeConfig config)
    {
        output.WriteLine($"{result.FileName}: no errors{Warnings(result)}; node {config.Node}, {Count(config.VirtualRouters.Length, "virtual router")}");
        foreach (var router in config.VirtualRouters.Take(MostRouters))
        {
            var addresses = string.Join(' ', router.Addresses.Take(MostAddresses));
            var more = router.Addresses.Length > MostAddresses ? $" and {router.Addresses.Length - MostAddresses} more" : "";
            var priority = router.Priority == VirtualRouterConfig.OwnerPriority ? "owner" : $"priority {router.Priority}";
            output.WriteLine($"  {router.Name}: vrid {router.Vrid} on {router.Interface}, {priority}, {addresses}{more}");
        }

        if (config.VirtualRouters.Length > MostRouters)
            output.WriteLine($"  and {config.VirtualRouters.Length - MostRouters} more");
        foreach (var notify in config.Notify)
            output.WriteLine($"  notify: {notify.Text}");
    }

    private static string Warnings(ConfigurationResult result) => result.WarningCount == 0 ? "" : $", {Count(result.WarningCount, "warning")}";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
