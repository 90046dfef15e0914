using System.Diagnostics;
using System.Globalization;
using Vigie.Contract;
using Vigie.Core;
using Vigie.Lab;

namespace Vigie.Demo;

/// <summary>One line of the final table.</summary>
internal sealed record DemoResult(string What, string From, string To, ClientOutage Outage);

/// <summary>What happens in the demonstration, in order, and how it is told.</summary>
internal sealed class DemoScript(DemoCluster cluster, IDemoView view)
{
    // Long enough to read the sentence that has just appeared.
    private static readonly TimeSpan ReadingTime = TimeSpan.FromSeconds(3);

    // The quiet time after an event that still counts as part of it.
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(1);

    private readonly List<DemoResult> _results = [];

    internal IReadOnlyList<DemoResult> Play()
    {
        BringUp();
        var (alpha, beta, gamma) = (cluster.Alpha, cluster.Beta, cluster.Gamma);

        view.Explain($"Maintenance: Vigie on {alpha.Name} is told to stop. It says goodbye to the others, so they need not wait to notice.");
        Measure("clean stop", alpha, beta, alpha.StopVigie);

        view.Explain($"Power cut: {beta.Name} vanishes without a word. The others can only tell from its silence: "
            + $"it should say \"I am here\" {DemoCluster.AdvertisementsPerSecond} times a second, and after about three that are missing the next host takes over.");
        Measure("power cut", beta, gamma, beta.CutPower);

        view.Explain($"{beta.Name} gets its power back. It is configured to come before {gamma.Name}, so it takes the address over from a host that works: nobody should notice.");
        Measure("return", gamma, beta, () =>
        {
            beta.RestorePower();
            beta.StartVigie();
        });

        view.Explain($"The maintenance of {alpha.Name} is done: Vigie is started again, and as the first in line it takes the address back.");
        Measure("return", beta, alpha, alpha.StartVigie);
        return _results;
    }

    private void BringUp()
    {
        view.Explain("Three hosts, alpha, beta and gamma, offer the same small service. Clients know none of them: they know one address, "
            + $"{DemoCluster.Vip4} (and {DemoCluster.Vip6} for IPv6), the virtual IP, or VIP. Exactly one host holds it at a time. "
            + "Vigie runs on all three and sees to that. A fourth host, the client, asks the VIP a thousand times a second who is there.");
        foreach (var host in cluster.Hosts)
            host.StartService();
        foreach (var host in cluster.Hosts)
            host.StartVigie();
        cluster.Alpha.WaitForState(VirtualRouterState.Active);
        cluster.StartClient();
        cluster.WaitForAnswersFrom(cluster.Alpha);
        view.Happened("alpha owns the VIP: it is the first in line. beta and gamma listen, ready to take over.");
        Thread.Sleep(ReadingTime);
    }

    private void Measure(string what, DemoHost from, DemoHost to, Action happen)
    {
        Thread.Sleep(ReadingTime);
        var begin = LabClock.Now;
        view.Happened($"now: {what} of {(what == "return" ? to.Name : from.Name)}");
        happen();
        cluster.WaitForAnswersFrom(to);
        view.Happened($"the VIP is with {to.Name}");
        var settled = Stopwatch.StartNew();
        to.WaitForState(VirtualRouterState.Active);
        Thread.Sleep(Aftermath > settled.Elapsed ? Aftermath - settled.Elapsed : TimeSpan.Zero);
        var result = new DemoResult(what, from.Name, to.Name, cluster.OutageBetween(begin, LabClock.Now));
        _results.Add(result);
        view.Happened($"longest wait of the client for an answer: {Text(result.Outage.IPv4?.Length)} over IPv4, {Text(result.Outage.IPv6?.Length)} over IPv6");
    }

    internal static string Text(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0.0} ms") : "no answer";
}
