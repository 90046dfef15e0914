using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Vigie.Cli;

/// <summary>The help of a verb, followed by examples to copy.</summary>
internal sealed class ExamplesHelpAction(HelpAction inner) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var exitCode = inner.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var examples = Examples(parseResult.CommandResult.Command.Name);
        if (examples.Length == 0)
            return exitCode;
        output.WriteLine("Examples:");
        foreach (var (line, meaning) in examples)
        {
            output.WriteLine($"  # {meaning}");
            output.WriteLine($"  {line}");
        }

        output.WriteLine();
        return exitCode;
    }

    private static (string Line, string Meaning)[] Examples(string command) => command switch
    {
        "vigie" =>
        [
            ("vigie config check /etc/vigie/vigie.yaml", "find every mistake in a configuration, without root"),
            ("sudo vigie run", "take part in the election, with /etc/vigie/vigie.yaml"),
            ("vigie status", "who holds the addresses?"),
            ("vigie events --follow", "watch what happens"),
        ],
        "run" =>
        [
            ("sudo vigie run --config vigie.yaml", "run in the foreground; Ctrl-C hands the addresses over and ends"),
            ("sudo vigie run --log-format json 2>> /var/log/vigie.log", "one JSON object per line"),
        ],
        "status" =>
        [
            ("vigie status --watch", "refresh every second until Ctrl-C"),
            ("vigie status --json | jq -r '.virtual_routers[] | select(.state == \"active\").name'", "the virtual routers this host holds"),
        ],
        "events" =>
        [
            ("vigie events", "what the daemon remembers"),
            ("vigie events --follow --json | jq 'select(.severity != \"info\")'", "only what matters, as it happens"),
        ],
        "reload" => [("vigie reload --plan", "what would change, and does a role move?"), ("vigie config check /etc/vigie/vigie.yaml && vigie reload", "check first; a faulty file changes nothing anyway")],
        "switchover" => [("vigie switchover db", "on the host that owns it: let another one")],
        "failback" => [("vigie failback db", "on the host from which it was moved away")],
        "drain" or "undrain" => [("vigie drain && apt-get upgrade && vigie undrain", "maintenance without a failover")],
        "release" => [("sudo vigie release", "after everything of Vigie was killed: hand the addresses over")],
        "config" or "check" =>
        [
            ("vigie config check vigie.yaml", "exit code 0 when it is right, 3 when not"),
            ("ssh db2 cat /etc/vigie/vigie.yaml | vigie config check -", "read standard input"),
        ],
        "schema" => [("vigie config schema > vigie.schema.json", "for editors that know JSON Schema")],
        _ => [],
    };
}
