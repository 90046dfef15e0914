using System.CommandLine;
using System.Text;
using Vigie.Contract;

namespace Vigie.Cli.Verbs;

/// <summary>The option that all verbs share which talk to, or are, a daemon.</summary>
internal static class SocketOption
{
    /// <summary>What the kernel has room for (sun_path), less the closing zero.</summary>
    private const int LongestPath = 107;

    public static Option<string> Create()
    {
        var option = new Option<string>("--socket")
        {
            Description = "The daemon's Unix socket",
            HelpName = "PATH",
            DefaultValueFactory = _ => Defaults.Socket,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token, ..] && Encoding.UTF8.GetByteCount(token.Value) is 0 or > LongestPath)
                result.AddError($"--socket takes a path of 1 to {LongestPath} bytes");
        });
        return option;
    }
}
