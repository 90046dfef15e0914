using Vigie.Tidy.Tests.Rules;

namespace Vigie.Tidy.Tests.Allowed;

/// <summary>
/// Every arrow between projects, every package and every shared framework, each with its reason. A new package or
/// project also gets a page or a paragraph in docs/decisions/.
/// </summary>
public static class AllowedReferences
{
    private const string Xunit = "the test framework, run as an executable";
    private const string Tested = "the room under test";
    private const string Vocabulary = "the value types its subject speaks in";

    public static readonly IReadOnlyCollection<AllowedReference> All =
    [
        new("Vigie.Core", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "keeps I/O, clocks, threads and randomness out; build time only"),
        new("Vigie.Node", "Microsoft.CodeAnalysis.BannedApiAnalyzers", "keeps I/O, clocks, threads and randomness out; build time only"),
        new("Vigie.Node", "Vigie.Core", "runs the machines and speaks the wire formats of Core"),
        new("Vigie.Linux", "Vigie.Core", "value types only: addresses, prefixes, instants"),
        new("Vigie.Configuration", "Vigie.Core", "the records the text becomes"),
        new("Vigie.Configuration", "YamlDotNet", "reads YAML as events with line and column"),
        new("Vigie.Daemon", "Vigie.Core", "composes the processes from it"),
        new("Vigie.Daemon", "Vigie.Node", "pumps the loops"),
        new("Vigie.Daemon", "Vigie.Linux", "adapts the kernel to Node's ports"),
        new("Vigie.Daemon", "Vigie.Contract", "serves the API's documents"),
        new("Vigie.Daemon", "Vigie.Configuration", "reads the file at start and on reload"),
        new("Vigie.Daemon", "Microsoft.AspNetCore.App", "HTTP and JSON over the Unix socket (Kestrel, slim)"),
        new("Vigie.Cli", "Vigie.Contract", "reads the API's documents, exits with its codes"),
        new("Vigie.Cli", "Vigie.Core", "the offline verbs show configuration records"),
        new("Vigie.Cli", "Vigie.Configuration", "config check and config schema work without a daemon"),
        new("Vigie.Cli", "System.CommandLine", "parses verbs and options, writes their help"),
        new("Vigie.Cli", "Spectre.Console", "tables and colour on a terminal"),
        new("Vigie", "Vigie.Daemon", "run is the daemon"),
        new("Vigie", "Vigie.Cli", "every other verb"),
        new("Vigie.Lab", "Vigie.Core", "addresses and prefixes of the topologies"),
        new("Vigie.Lab", "Vigie.Linux", "namespaces, sockets and clocks for hosts and probes"),
        new("Vigie.Lab", "Vigie.Contract", "asks daemons for their status"),
        new("Vigie.Demo", "Vigie.Lab", "the hosts it shows"),
        new("Vigie.Demo", "Spectre.Console", "the live view"),
        new("Vigie.Bench", "BenchmarkDotNet", "measures codecs with their allocations"),
        new("Vigie.Bench", "Vigie.Core", "the codecs it measures"),
        new("Vigie.Bench", "Vigie.Contract", "what daemons say about themselves"),
        new("Vigie.Bench", "Vigie.Lab", "hosts, faults and probes for whole daemons"),
        new("Vigie.Core.Tests", "xunit.v3", Xunit),
        new("Vigie.Core.Tests", "CsCheck", "properties over generated input, with shrinking"),
        new("Vigie.Core.Tests", "Vigie.Core", Tested),
        new("Vigie.Fuzz", "xunit.v3", "the corpus is replayed as tests"),
        new("Vigie.Fuzz", "Vigie.Core", "the decoders under attack"),
        new("Vigie.Configuration.Tests", "xunit.v3", Xunit),
        new("Vigie.Configuration.Tests", "CsCheck", "damaged and random files, with shrinking"),
        new("Vigie.Configuration.Tests", "Vigie.Core", Vocabulary),
        new("Vigie.Configuration.Tests", "Vigie.Configuration", Tested),
        new("Vigie.Cli.Tests", "xunit.v3", Xunit),
        new("Vigie.Cli.Tests", "Vigie.Contract", "its JSON form is tested here too"),
        new("Vigie.Cli.Tests", "Vigie.Configuration", "the schema that config schema must print"),
        new("Vigie.Cli.Tests", "Vigie.Cli", Tested),
        new("Vigie.Node.Tests", "xunit.v3", Xunit),
        new("Vigie.Node.Tests", "Vigie.Core", Vocabulary),
        new("Vigie.Node.Tests", "Vigie.Node", Tested),
        new("Vigie.Simulation", "xunit.v3", Xunit),
        new("Vigie.Simulation", "Vigie.Core", Vocabulary),
        new("Vigie.Simulation", "Vigie.Node", "the very code the daemon runs, on simulated ports"),
        new("Vigie.Simulation", "Microsoft.CodeAnalysis.CSharp", "compiles mutated copies of what is simulated, to see that the checkers see them"),
        new("Vigie.Linux.Tests", "xunit.v3", Xunit),
        new("Vigie.Linux.Tests", "Vigie.Core", Vocabulary),
        new("Vigie.Linux.Tests", "Vigie.Linux", Tested),
        new("Vigie.Linux.Tests", "Vigie.Lab", "a namespace of its own to work in"),
        new("Vigie.Daemon.Tests", "xunit.v3", Xunit),
        new("Vigie.Daemon.Tests", "Vigie.Core", Vocabulary),
        new("Vigie.Daemon.Tests", "Vigie.Node", "the ports the adapters implement"),
        new("Vigie.Daemon.Tests", "Vigie.Linux", "what the adapters adapt"),
        new("Vigie.Daemon.Tests", "Vigie.Contract", "the documents the API serves"),
        new("Vigie.Daemon.Tests", "Vigie.Configuration", "reload from a file"),
        new("Vigie.Daemon.Tests", "Vigie.Daemon", Tested),
        new("Vigie.Lab.Tests", "xunit.v3", Xunit),
        new("Vigie.Lab.Tests", "Vigie.Core", Vocabulary),
        new("Vigie.Lab.Tests", "Vigie.Contract", "what daemons say about themselves"),
        new("Vigie.Lab.Tests", "Vigie.Lab", "hosts, faults and probes for whole daemons"),
        new("Vigie.Tidy.Tests", "xunit.v3", Xunit),
        new("Vigie.Tidy.Tests", "Microsoft.CodeAnalysis.CSharp", "reads the sources as syntax instead of guessing with patterns"),
    ];

    /// <summary>Pairs that must stay apart even by way of a third project.</summary>
    public static readonly IReadOnlyCollection<Reference> Never =
    [
        new("Vigie.Node", "Vigie.Linux"),
        new("Vigie.Node", "Vigie.Daemon"),
        new("Vigie.Linux", "Vigie.Node"),
        new("Vigie.Cli", "Vigie.Linux"),
        new("Vigie.Cli", "Vigie.Node"),
        new("Vigie.Cli", "Vigie.Daemon"),
        new("Vigie.Configuration", "Vigie.Linux"),
        new("Vigie.Contract", "Vigie.Core"),
        new("Vigie.Simulation", "Vigie.Linux"),
        new("Vigie.Simulation", "Vigie.Daemon"),
        new("Vigie.Lab", "Vigie.Daemon"),
        new("Vigie.Lab", "Vigie.Node"),
    ];
}
