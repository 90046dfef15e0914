using Vigie.Core.Configuration;
using Vigie.Core.Election;
using Vigie.Node.Tests.Scenarios;
using Xunit;

namespace Vigie.Node.Tests;

/// <summary>
/// Many virtual routers in one loop, of which a step looks only at those of which something is due. That none is forgotten is
/// compared with a look at every one after each step, here as in all scenarios: see <see cref="Host"/>.
/// </summary>
public class ScheduleTests
{
    private const int Routers = 60;

    [Fact]
    public void Each_of_many_routers_advertises_at_its_own_interval()
    {
        var host = new Host([.. Enumerable.Range(1, Routers).Select(i => Router(i, intervalMilliseconds: 10 * i))]).Started();
        host.Run(5); // the slowest has taken over
        var before = Enumerable.Range(0, Routers).Select(i => host.Status(i).Sent).ToArray();

        host.Run(252);

        for (var i = 0; i < Routers; i++)
        {
            var status = host.Status(i);
            Assert.Equal(RouterState.Active, status.State);
            Assert.InRange(status.Sent - before[i], 25200 / (i + 1), 25200 / (i + 1) + 1);
            Assert.Equal(0, status.Lateness.Max);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void No_input_makes_the_loop_forget_what_is_due(int seed)
    {
        var random = new Random(seed);
        var all = Enumerable.Range(1, Routers).Select(i => Router(i, 100 * random.Next(1, 12), (byte)(i % 5 == 0 ? 100 : 150))).ToArray();
        var host = new Host(all).Started();
        for (var n = 0; n < 400; n++)
        {
            host.Run(random.NextDouble() * random.Next(1, 5) / 2);
            Disturb(host, random, all);
        }

        host.Link();
        host.Reconfigure(all);
        host.Loop.Drain(host.Now, drained: false);
        host.Run(120); // every hold is over
        for (var i = 0; i < Routers; i++)
            Assert.Equal(RouterState.Active, host.Status(i).State);
    }

    private static void Disturb(Host host, Random random, VirtualRouterConfig[] all)
    {
        var i = random.Next(1, Routers + 1);
        switch (random.Next(12))
        {
            case 0:
                host.Link(running: random.Next(2) == 0);
                break;
            case 1:
                host.Arp($"10.77.0.{100 + i}", Host.PeerMac);
                break;
            case 2:
                host.Sleep(random.NextDouble() * 3);
                break;
            case 3:
                host.Reconfigure([.. all.Where(_ => random.Next(8) > 0)]);
                break;
            case 4:
                host.Reconfigure([.. all.Select(r => random.Next(4) > 0 ? r : r with { Priority = (byte)random.Next(1, 255) })]);
                break;
            case 5:
                host.Give("drain or not", () => host.Loop.Drain(host.Now, random.Next(2) == 0));
                break;
            case 6:
                host.Give("switchover", () => host.Loop.Switchover(host.Now, $"r{i}"));
                break;
            case 7:
                host.Give("failback", () => host.Loop.Failback(host.Now, $"r{i}"));
                break;
            case 8:
                host.Link();
                break;
            default:
                host.Hear("10.77.0.2", (byte)random.Next(255), 100 * random.Next(1, 12), $"10.77.0.{100 + i}", (byte)i);
                break;
        }
    }

    private static VirtualRouterConfig Router(int i, int intervalMilliseconds, byte priority = 150) =>
        Host.Router($"r{i}", (byte)i, priority, intervalMilliseconds, $"10.77.0.{100 + i}/24");
}
