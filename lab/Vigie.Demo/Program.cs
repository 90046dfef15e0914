using Vigie.Demo;
using Vigie.Lab;

// The demonstration as a program: `serve` is the small service that runs on each host, `clean` removes what --keep left,
// `sweep` what runs left that were killed, everything else is the show itself. demo.sh builds and starts it.
const int ExitAfterSignal = 130;
const string PictureOption = "--picture=";

return args switch
{
    ["serve", var name, .. var addresses] => HostService.Run(name, addresses),
    ["clean"] => Say(LabSweep.RemoveLeft()),
    ["sweep"] => Say(LabSweep.RemoveLeftovers()),
    _ => Show(args),
};

static int Say(IReadOnlyList<string> removed)
{
    Console.WriteLine(removed.Count == 0 ? "Nothing was left." : $"Removed {string.Join(", ", removed)}.");
    return 0;
}

static int Show(string[] arguments)
{
    var keep = false;
    string? picture = null;
    var plain = Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
    foreach (var argument in arguments)
    {
        switch (argument)
        {
            case "--keep":
                keep = true;
                break;
            case "--plain":
                plain = true;
                break;
            case var _ when argument.StartsWith(PictureOption, StringComparison.Ordinal):
                picture = argument[PictureOption.Length..];
                break;
            default:
                Console.Error.WriteLine($"{argument} is not known; the options are --keep, --plain and {PictureOption}FILE");
                return 2;
        }
    }

    // The lab removes everything by itself when a signal ends us; what then fails under our hands is no news.
    var interrupted = false;
    try
    {
        using var cluster = new DemoCluster(new LabRunOptions { CanBeLeft = keep, Interrupted = () => Volatile.Write(ref interrupted, true) });
        using IDemoView view = plain ? new PlainView() : new LiveView(cluster);
        var results = new DemoScript(cluster, view).Play();
        view.Dispose();
        Summary.Print(cluster, results);
        if (picture is not null)
            Picture.Save(picture, ["$ ./demo.sh", "", .. Summary.Lines(cluster, results)]);
        if (keep)
            cluster.LeaveInPlace();
        return 0;
    }
    catch (Exception) when (Volatile.Read(ref interrupted))
    {
        return ExitAfterSignal;
    }
    catch (LabException failure)
    {
        Console.Error.WriteLine($"The demonstration could not be finished: {failure.Message}");
        return 1;
    }
}
