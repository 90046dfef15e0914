using Xunit;

namespace Vigie.Linux.Tests.Machine;

/// <summary>What is asked of the machine as a whole: version, privileges, scheduling, namespaces.</summary>
public sealed class MachineTests
{
    [Fact]
    public void The_kernels_version_is_the_one_that_uname_prints()
    {
        var release = TestNetwork.Run("uname", "-r");

        Assert.StartsWith(KernelVersion.Current.ToString() + ".", release, StringComparison.Ordinal);
        Assert.True(KernelVersion.Current >= KernelVersion.Floor);
    }

    [Theory]
    [InlineData(6, 1, 6, 1, 0)]
    [InlineData(6, 1, 6, 18, -1)]
    [InlineData(6, 18, 6, 2, 1)]
    [InlineData(5, 19, 6, 0, -1)]
    public void Versions_are_compared_as_numbers(int major, int minor, int otherMajor, int otherMinor, int expected) =>
        Assert.Equal(expected, Math.Sign(new KernelVersion(major, minor).CompareTo(new KernelVersion(otherMajor, otherMinor))));

    [Fact]
    public void Capabilities_are_the_effective_ones_of_this_process()
    {
        var line = File.ReadLines("/proc/thread-self/status").Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        var effective = Convert.ToUInt64(line["CapEff:".Length..].Trim(), 16);

        Assert.All(Enum.GetValues<Capability>(), capability =>
            Assert.Equal((effective >> (int)capability & 1) != 0, Capabilities.Has(capability)));
        Assert.True(Capabilities.Has(Capability.NetAdmin), "these tests need CAP_NET_ADMIN");
    }

    [Fact]
    public void Only_the_thread_that_asks_becomes_real_time_and_it_can_go_back()
    {
        (int Errno, bool During, bool Other, int Back, bool After) seen = default;
        OnThread(() =>
        {
            seen.Errno = Scheduling.TryRealTime(1, TimeSpan.FromSeconds(2));
            seen.During = Scheduling.IsRealTime;
            seen.Other = OnThread(() => Scheduling.IsRealTime);
            seen.Back = Scheduling.ReturnToNormal();
            seen.After = Scheduling.IsRealTime;
            return true;
        });

        Assert.Equal((0, true, false, 0, false), seen);
    }

    [Fact]
    public void An_impossible_priority_is_told_by_its_error() =>
        Assert.Equal(Errno.EINVAL, OnThread(() => Scheduling.TryRealTime(100, TimeSpan.FromSeconds(2))));

    [Fact]
    public void Code_runs_in_another_namespace_and_this_thread_stays_where_it_was()
    {
        using var other = NetworkNamespace.Create();
        var here = NamespaceOfThisThread();

        var there = NetworkNamespace.Run(other, NamespaceOfThisThread);
        var byPath = NetworkNamespace.Run($"/proc/self/fd/{other.Number}", NamespaceOfThisThread);

        Assert.NotEqual(here, there);
        Assert.Equal(there, byPath);
        Assert.Equal(here, NamespaceOfThisThread());
    }

    [Fact]
    public void What_goes_wrong_in_another_namespace_is_thrown_here()
    {
        using var other = NetworkNamespace.Create();

        Assert.Throws<FormatException>(() => NetworkNamespace.Run(other, () => int.Parse("x", System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => NetworkNamespace.Run("/run/netns/nowhere", () => 0)).Error.Value);
    }

    private static string? NamespaceOfThisThread() => new FileInfo("/proc/thread-self/ns/net").LinkTarget;

    private static T OnThread<T>(Func<T> function)
    {
        T? result = default;
        var thread = new Thread(() => result = function());
        thread.Start();
        thread.Join();
        return result!;
    }
}
