using System.CommandLine;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie config</c>: the verbs that work on the file alone.</summary>
internal static class ConfigVerb
{
    public static Command Create(CliContext context) =>
        new("config", "Work on configuration files; needs neither root nor a daemon")
        {
            ConfigCheckVerb.Create(context),
            ConfigSchemaVerb.Create(),
        };
}
