namespace Vigie.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions(bool Quick, string? Output)
{
    public static BenchmarkOptions Parse(string[] arguments)
    {
        string? output = null;
        var at = Array.IndexOf(arguments, "--output");
        if (at >= 0 && at + 1 < arguments.Length)
            output = arguments[at + 1];
        return new BenchmarkOptions(arguments.Contains("--quick"), output);
    }

    /// <summary>Prints the report, and writes it to the file if one was asked for.</summary>
    public void Publish(string report)
    {
        Console.WriteLine();
        Console.WriteLine(report);
        if (Output is not null)
            File.WriteAllText(Output, report);
    }
}
