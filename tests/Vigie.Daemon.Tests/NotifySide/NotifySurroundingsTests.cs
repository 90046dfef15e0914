using System.Globalization;
using Vigie.Core.Election;
using Xunit;

namespace Vigie.Daemon.Tests.NotifySide;

/// <summary>What a script finds around it, and what it does not.</summary>
public sealed class NotifySurroundingsTests
{
    [Fact]
    public void Arguments_are_what_the_configuration_says_with_the_values_put_in()
    {
        using var scene = new NotifyScene("- {run: [DIR/script, \"{name}\", \"{state} {previous}\", \"{reason}\", \"{node}/{vrid}/{interface}\", \"{addresses}\", \"{{$HOME}} *\", '']}");
        scene.Script("script", "for a in \"$0\" \"$@\"; do echo \"[$a]\" >> OUT; done");
        Assert.Equal(
            [$"[{scene.Folder}/script]", "[db]", "[active initialize]", "[active_silent]", "[alpha/51/eth0]", "[10.77.0.100/24 fd77::100/64]", "[{$HOME} *]", "[]"],
            Told(scene));
    }

    [Fact]
    public void The_environment_is_what_the_manual_says_and_nothing_else()
    {
        using var scene = new NotifyScene("- {run: [DIR/script]}");
        Environment.SetEnvironmentVariable("VIGIE_TEST_SECRET", "inherited");
        scene.Script("script", "tr '\\0' '\\n' < /proc/$$/environ >> OUT");

        var lines = Told(scene);
        var since = lines.Single(line => line.StartsWith("VIGIE_SINCE=", StringComparison.Ordinal));
        Assert.Equal(
            [
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "VIGIE_ADDRESSES=10.77.0.100/24 fd77::100/64", "VIGIE_INTERFACE=eth0",
                "VIGIE_NAME=db", "VIGIE_NODE=alpha", "VIGIE_PREVIOUS=initialize", "VIGIE_REASON=active_silent", "VIGIE_SEQUENCE=1", since, "VIGIE_STATE=active", "VIGIE_VRID=51",
            ],
            lines.Order(StringComparer.Ordinal));
        Assert.True(DateTimeOffset.TryParseExact(since["VIGIE_SINCE=".Length..], "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _), since);
    }

    [Fact]
    public void There_are_three_descriptors_and_the_first_is_empty()
    {
        using var scene = new NotifyScene("- {run: [/bin/sh, -c, \"ls /proc/self/fd > DIR/out; readlink /proc/$$/fd/0 >> DIR/out; cat >> DIR/out; pwd >> DIR/out\"]}");
        File.WriteAllText(Path.Combine(scene.Folder, "leak"), "");
        using var leak = new FileStream(Path.Combine(scene.Folder, "leak"), FileMode.Open);

        // 3 is the folder that ls reads.
        Assert.Equal(["0", "1", "2", "3", "/dev/null", "/"], Told(scene));
    }

    [Theory]
    [InlineData("", "65534")]
    [InlineData(", user: nobody", "65534")]
    [InlineData(", user: 65534", "65534")]
    [InlineData(", user: daemon", "1")]
    [InlineData(", user: root", "0")]
    public void A_script_is_its_user_and_has_no_privileges_of_ours(string user, string number)
    {
        using var scene = new NotifyScene($"- {{run: [/bin/sh, -c, \"cat /proc/self/status > DIR/out\"]{user}}}");
        var status = Told(scene).Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim().Replace('\t', ' '));
        Assert.Equal($"{number} {number} {number} {number}", status["Uid"]);
        var group = number == "65534" ? GroupOf("nobody") : number;
        Assert.Equal($"{group} {group} {group} {group}", status["Gid"]);
        Assert.Equal(GroupsOf(number == "65534" ? "nobody" : number == "1" ? "daemon" : "root", group), status["Groups"].Split(' ').Order());
        Assert.Equal("1", status["NoNewPrivs"]);
        Assert.Equal("0022", status["Umask"]);
        const string None = "0000000000000000";
        Assert.Equal((None, None), (status["CapInh"], status["CapAmb"]));
        if (number != "0")
            Assert.Equal((None, None, None), (status["CapPrm"], status["CapEff"], status["CapBnd"]));
        Assert.Equal(None, status["SigBlk"]);
        // glibc's two own signals (32, 33) are ignored in every child of posix_spawn.
        Assert.Equal(0UL, Convert.ToUInt64(status["SigIgn"], 16) & ~0x1_8000_0000UL);
    }

    [Fact]
    public void What_the_daemon_was_granted_to_be_on_time_is_not_handed_on()
    {
        using var scene = new NotifyScene("- {run: [/bin/sh, -c, \"cut -d' ' -f 18,19,40,41 /proc/self/stat > DIR/out; cat /proc/self/oom_score_adj >> DIR/out; ulimit -n >> DIR/out; cat /proc/self/limits >> DIR/out\"]}");
        var before = File.ReadAllText("/proc/self/oom_score_adj");
        // Some machines of tests refuse even root to be spared; then there is nothing that could be handed on.
        TrySpare("-500");
        try
        {
            var lines = Told(scene);
            Assert.Equal("20 0 0 0", lines[0]); // priority, nice, real-time priority, policy
            Assert.Equal("0", lines[1]);
            Assert.Equal("1024", lines[2]);
            Assert.Equal(["8388608", "8388608"], Limits(lines, "Max locked memory"));
            Assert.Equal(["0", "0"], Limits(lines, "Max realtime priority"));
            Assert.Equal(["0", "0"], Limits(lines, "Max nice priority"));
            Assert.Equal("0", Limits(lines, "Max core file size")[0]);
        }
        finally
        {
            TrySpare(before.Trim());
        }
    }

    private static void TrySpare(string adjustment)
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", adjustment);
        }
        catch (UnauthorizedAccessException)
        {
            Assert.Equal("0", File.ReadAllText("/proc/self/oom_score_adj").Trim());
        }
    }

    [Fact]
    public void A_script_leads_a_session_of_its_own()
    {
        using var scene = new NotifyScene("- {run: [/bin/sh, -c, \"echo $$ > DIR/out; cut -d' ' -f 5,6,7 /proc/$$/stat >> DIR/out\"]}");
        var lines = Told(scene);
        Assert.Equal($"{lines[0]} {lines[0]} 0", lines[1]); // group, session, terminal
    }

    private static string[] Told(NotifyScene scene)
    {
        scene.Start();
        scene.Enter("db", RouterState.Active);
        scene.UntilRuns(1);
        Assert.True(scene.Events.Count == 0, string.Join('\n', scene.Events.Select(e => e.Message)));
        return scene.Lines;
    }

    private static string[] Limits(string[] lines, string name) =>
        lines.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2];

    private static string GroupOf(string user) => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).Single(fields => fields[0] == user)[3];

    /// <summary>By the files; a machine of tests has no directory service.</summary>
    private static IEnumerable<string> GroupsOf(string user, string first) => File.ReadLines("/etc/group").Select(line => line.Split(':'))
        .Where(fields => fields[3].Split(',').Contains(user)).Select(fields => fields[2]).Append(first).Distinct().Order();
}
