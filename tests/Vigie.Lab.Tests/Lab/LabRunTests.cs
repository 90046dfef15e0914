using System.Diagnostics;
using Vigie.Core.Net;
using Vigie.Lab.Processes;
using Vigie.Lab.Topologies;
using Xunit;

namespace Vigie.Lab.Tests.Lab;

/// <summary>The lab builds what its drawings show, keeps away from the machine, and leaves nothing behind.</summary>
public sealed class LabRunTests
{
    [Fact]
    public void Three_hosts_and_a_client_stand_in_less_than_half_a_second()
    {
        using (new TwoHostsAndClient())
        {
            // The first one also pays for loading code.
        }

        var start = LabClock.Now;
        using var lab = new ThreeHostsAndClient();
        var took = LabClock.Now - start;

        Assert.Equal("10.77.0.1", lab.Alpha.IPv4.ToString());
        Assert.Equal("fd77::50", lab.Client.IPv6.ToString());
        // Ten times the goal: a slow machine is no failure, a lost second is.
        Assert.True(took < TimeSpan.FromSeconds(5), $"building took {took.TotalMilliseconds} ms");
        TestContext.Current.SendDiagnosticMessage($"three hosts and a client: {took.TotalMilliseconds:0} ms");
    }

    [Fact]
    public void Hosts_reach_each_other_over_both_families_at_once()
    {
        using var lab = new TwoHostsAndClient();

        Assert.True(lab.Client.Reaches(lab.Alpha.IPv4));
        Assert.True(lab.Client.Reaches(lab.Alpha.IPv6));
        var linkLocal = lab.Beta.Addresses().Single(address => address.Family == IpFamily.IPv6 && address.IsLinkLocal);
        Assert.True(lab.Client.Reaches(linkLocal, "eth0"));
        Assert.False(lab.Client.Reaches(IpAddress.Parse("10.77.0.99")));
    }

    [Fact]
    public void Nothing_is_left_when_a_run_ends()
    {
        LabName name;
        int pid;
        using (var lab = new TwoHostsAndClient())
        {
            name = lab.Run.Name;
            pid = lab.Alpha.Start("sleep", ["600"]).Pid;
            Assert.Equal(5, LabSweep.TracesOf(name).Count); // Three hosts, one switch, one folder.
        }

        Assert.Empty(LabSweep.TracesOf(name));
        Assert.False(Directory.Exists($"/proc/{pid}"));
        Assert.DoesNotContain(Namespaces(), entry => entry.StartsWith(name.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_is_left_when_building_fails_half_way()
    {
        LabName? name = null;

        var failure = Assert.Throws<LabException>(() => LabRun.Build(null, run =>
        {
            name = run.Name;
            var lan = run.AddSegment("lan");
            run.AddHost("alpha").Plug(lan, "eth0", "10.77.0.1/24");
            run.AddHost("beta").Plug(lan, "far-too-long-for-an-interface", "10.77.0.2/24");
        }));

        Assert.Contains("far-too-long", failure.Message, StringComparison.Ordinal);
        Assert.Empty(LabSweep.TracesOf(name!.Value));
    }

    [Fact]
    public void The_next_run_sweeps_what_a_dead_runner_left()
    {
        // Process 1 lives, but did not start at tick 1: exactly what a reused pid looks like.
        var dead = new LabName(1, 1, "dead");
        Run("ip", "netns", "add", $"{dead}-alpha");
        Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), dead.ToString(), "alpha"));
        using var daemon = Process.Start("ip", ["netns", "exec", $"{dead}-alpha", "sleep", "600"])!;
        Condition.WaitFor("the leftover daemon", () => File.ReadAllText($"/proc/{daemon.Id}/cmdline").StartsWith("sleep", StringComparison.Ordinal));

        using (new LabRun())
        {
            Assert.Empty(LabSweep.TracesOf(dead));
            Assert.True(daemon.WaitForExit(TimeSpan.FromSeconds(5)));
        }
    }

    [Fact]
    public void A_sweep_leaves_living_runs_and_foreign_names_alone()
    {
        var foreign = $"other-{Environment.ProcessId}-namespace";
        Run("ip", "netns", "add", foreign);
        try
        {
            using var lab = new TwoHostsAndClient();

            LabSweep.RemoveLeftovers();
            LabSweep.RemoveLeft();

            Assert.Equal(5, LabSweep.TracesOf(lab.Run.Name).Count);
            Assert.Contains(foreign, Namespaces());
        }
        finally
        {
            Run("ip", "netns", "del", foreign);
        }
    }

    [Fact]
    public void A_run_that_is_left_in_place_stays_until_it_is_removed()
    {
        LabName name;
        int pid;
        using (var lab = new TwoHostsAndClient(new LabRunOptions { CanBeLeft = true }))
        {
            name = lab.Run.Name;
            pid = lab.Alpha.Start("sleep", ["600"]).Pid;
            lab.Run.LeaveInPlace();
        }

        try
        {
            Assert.Equal(5, LabSweep.TracesOf(name).Count);
            Assert.True(Directory.Exists($"/proc/{pid}"));
            // A runner that lives is not swept, whatever it left.
            Assert.DoesNotContain(name.ToString(), LabSweep.RemoveLeft());
        }
        finally
        {
            LabSweep.RemoveRun(name.ToString());
        }

        Assert.Empty(LabSweep.TracesOf(name));
        Condition.WaitFor("the program's end", () => !Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public void A_host_without_power_loses_programs_and_VIPs_but_not_its_own_addresses()
    {
        using var lab = new TwoHostsAndClient();
        lab.Alpha.Ip($"addr add {TwoHostsAndClient.Vip4} dev eth0", $"addr add {TwoHostsAndClient.Vip6} dev eth0 nodad");
        var program = lab.Alpha.Start("sleep", ["600"]);

        lab.Alpha.CutPower();

        program.WaitForExit();
        Assert.False(lab.Beta.Reaches(lab.Alpha.IPv4));
        lab.Alpha.RestorePower();
        // One echo request may still fail with the neighbour entry that failed meanwhile.
        Condition.WaitFor("alpha over IPv4", () => lab.Beta.Reaches(lab.Alpha.IPv4));
        Condition.WaitFor("alpha over IPv6", () => lab.Beta.Reaches(lab.Alpha.IPv6));
        Assert.False(lab.Alpha.Holds(TwoHostsAndClient.Vip4.Address) || lab.Alpha.Holds(TwoHostsAndClient.Vip6.Address));
    }

    [Fact]
    public void Names_are_read_back_as_they_were_written()
    {
        var name = LabName.ForThisProcess();

        Assert.True(LabName.TryParse($"{name}-alpha", out var read));
        Assert.Equal(name, read);
        Assert.True(read.RunnerIsAlive);
        Assert.False((read with { StartTicks = read.StartTicks + 1 }).RunnerIsAlive);
        foreach (var other in new[] { "", "vg", "vg12", "vg12-3", "vgx-3-a", "cni-12-3-a", "vg12-!-a", "vg12-3-" })
            Assert.False(LabName.TryParse(other, out _), other);
    }

    [Fact]
    public void The_machines_own_namespace_is_refused()
    {
        var name = $"vg{Environment.ProcessId}-0-machine";
        // The namespace that this program was started in; on a plain machine it is that of process 1 too.
        Run("ip", "netns", "attach", name, $"{Environment.ProcessId}");
        try
        {
            var refusal = Assert.Throws<LabException>(() => new NamespaceThread(name));
            Assert.Contains("machine's own", refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            Run("ip", "netns", "del", name);
        }
    }

    [Fact]
    public void A_sysctl_outside_the_network_is_refused()
    {
        using var lab = new TwoHostsAndClient();

        lab.Alpha.WriteSysctl("net/ipv4/conf/eth0/arp_ignore", "1");
        Assert.Throws<LabException>(() => lab.Alpha.WriteSysctl("kernel/printk", "1"));
        Assert.Throws<LabException>(() => lab.Alpha.WriteSysctl("net/../kernel/printk", "1"));

        Assert.Equal("1\n", lab.Alpha.Inside(() => File.ReadAllText("/proc/sys/net/ipv4/conf/eth0/arp_ignore")));
    }

    [Fact]
    public void A_program_is_ended_with_everything_it_started()
    {
        using var lab = new TwoHostsAndClient();
        var shell = lab.Alpha.Start("sh", ["-c", "sleep 600 & (setsid sleep 601 &) ; echo ready; wait"]);
        shell.WaitForLine(line => line == "ready");
        var tree = shell.Tree();
        Assert.True(tree.Count >= 2);

        shell.Kill();

        Assert.Equal(128 + Signals.Kill, shell.ExitCode);
        Condition.WaitFor("the children's end", () => tree.All(pid => !Directory.Exists($"/proc/{pid}") || IsZombie(pid)));
    }

    [Fact]
    public void Lines_of_a_program_arrive_whole_and_its_early_end_is_reported()
    {
        using var lab = new TwoHostsAndClient();
        var program = lab.Alpha.Start("sh", ["-c", "echo one; printf tw; echo o >&2; exit 3"]);

        Assert.Equal("two", program.WaitForLine(line => line.StartsWith("tw", StringComparison.Ordinal) && line.Length == 3));
        var failure = Assert.Throws<LabException>(() => program.WaitForLine(line => line == "three"));

        Assert.Contains("ended with 3", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["one", "two"], program.Lines);
    }

    [Fact]
    public void A_program_that_is_paused_does_nothing_until_it_is_resumed()
    {
        using var lab = new TwoHostsAndClient();
        var counter = lab.Alpha.Start("sh", ["-c", "while :; do echo tick; sleep 0.01; done"]);
        counter.WaitForLine(line => line == "tick");

        counter.Pause();
        // A shell that is just starting a child sleeps uninterruptibly until that one runs, which it now does not.
        Condition.WaitFor("the pause", () => counter.Tree().All(pid => State(pid) is 'T' or 'D' or 'Z'));
        var during = counter.Lines.Length;
        counter.Resume();

        Condition.WaitFor("more ticks", () => counter.Lines.Length > during + 3);
    }

    [Fact]
    public void An_interface_can_be_plugged_in_and_pulled_out_later()
    {
        using var lab = new TwoHostsAndClient();
        var backbone = lab.Run.AddSegment("backbone");

        var port = lab.Alpha.Plug(backbone, "eth1", "10.78.0.1/24");
        lab.Beta.Plug(backbone, "eth1", "10.78.0.2/24");
        Assert.True(lab.Beta.Reaches(IpAddress.Parse("10.78.0.1")));
        lab.Alpha.Unplug(port);

        Assert.False(lab.Alpha.Holds(IpAddress.Parse("10.78.0.1")));
        Assert.True(lab.Alpha.Holds(lab.Alpha.IPv4));
    }

    private static bool IsZombie(int pid) => State(pid) == 'Z';

    private static char State(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'Z';
        }
    }

    private static string[] Namespaces() => [.. Directory.EnumerateFiles("/run/netns").Select(path => Path.GetFileName(path))];

    private static void Run(string file, params string[] arguments)
    {
        using var process = Process.Start(file, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
