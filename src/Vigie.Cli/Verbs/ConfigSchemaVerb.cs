using System.CommandLine;
using Vigie.Configuration;

namespace Vigie.Cli.Verbs;

/// <summary><c>vigie config schema</c>: the JSON Schema of the configuration, for editors.</summary>
internal static class ConfigSchemaVerb
{
    public static Command Create()
    {
        var command = new Command("schema", "Print the JSON Schema of the configuration, for editors");
        command.SetAction(parsed => parsed.InvocationConfiguration.Output.Write(ConfigurationSchema.Json));
        return command;
    }
}
