using System.Globalization;
using Vigie.Lab;
using Vigie.Lab.Daemons;
using Vigie.Lab.Topologies;

namespace Vigie.Bench;

/// <summary>From the command to an answer on the socket, which comes only when the node listens too.</summary>
internal static class StartBenchmark
{
    public static int Run(BenchmarkOptions options)
    {
        using var lab = new TwoHostsAndClient();
        var samples = new Samples();
        for (var i = 0; i < (options.Quick ? 3 : 15); i++)
        {
            var start = LabClock.Now;
            var daemon = VigieDaemon.Start(lab.Alpha, new VirtualRouterSetup());
            daemon.WaitUntilListening();
            samples.Add((LabClock.Now - start).TotalMilliseconds);
            daemon.Stop();
        }

        options.Publish(string.Create(CultureInfo.InvariantCulture,
            $"start to listening: median {samples.Median:0.0} ms, worst {samples.Worst:0.0} ms of {samples.Count} starts"));
        return 0;
    }
}
