using Vigie.Core;
using Vigie.Core.Net;
using Vigie.Daemon.NodeSide;
using Vigie.Linux;
using Vigie.Node.Ports;
using Xunit;

namespace Vigie.Daemon.Tests.NodeSide;

/// <summary>The hand-over to the writer thread: order, bounds, and that whoever hands over never waits.</summary>
public sealed class KernelWriterTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);
    private static readonly IpPrefix[] Addresses = [IpPrefix.Parse("10.77.0.100/24"), IpPrefix.Parse("fd77::100/64")];

    [Fact]
    public void Plans_and_requests_are_done_in_the_order_in_which_they_were_handed_over()
    {
        using var kernel = new SlowKernel();
        using var writer = new KernelWriter(kernel, () => { });
        writer.Submit(Plan(router: 1, generation: 1, present: true));
        Assert.True(writer.TrySubmit("listen"));
        writer.Submit(Plan(router: 2, generation: 1, present: false));
        writer.Submit(Plan(router: 1, generation: 1, present: false));

        kernel.Allow(4);
        Assert.True(writer.Finish(Long));

        Assert.Equal(["1: +2 (1)", "listen", "2: -2 (1)", "1: -2 (1)"], kernel.Done);
        Assert.Equal(
            [new AddressOutcome(1, 1, true, 0, default), "listen", new AddressOutcome(2, 1, false, 0, default), new AddressOutcome(1, 1, false, 0, default)],
            TakeAll(writer));
    }

    [Fact]
    public void The_array_of_a_plan_may_be_used_again_at_once()
    {
        using var kernel = new SlowKernel();
        using var writer = new KernelWriter(kernel, () => { });
        var array = new[] { Addresses[0] };
        writer.Submit(Plan(1, 1, present: true) with { Addresses = array, Count = 1 });
        array[0] = Addresses[1];
        writer.Submit(Plan(2, 1, present: true) with { Addresses = array, Count = 1 });
        array[0] = default;

        kernel.Allow(2);
        Assert.True(writer.Finish(Long));

        Assert.Equal(Addresses, kernel.Seen);
    }

    [Fact]
    public void Of_renewals_that_wait_one_is_enough_and_another_plan_in_between_makes_two()
    {
        using var kernel = new SlowKernel();
        using var writer = new KernelWriter(kernel, () => { });
        writer.Submit(Plan(9, 1, present: true)); // keeps the kernel busy
        var renewal = Plan(1, 1, present: true) with { Renewal = true };
        for (var i = 0; i < 100; i++)
            writer.Submit(renewal);
        writer.Submit(Plan(1, 1, present: false) with { Count = 1 });
        for (var i = 0; i < 100; i++)
            writer.Submit(renewal);
        Assert.Equal(4, writer.Waiting);

        kernel.Allow(4);
        Assert.True(writer.Finish(Long));

        Assert.Equal(["9: +2 (1)", "1: +2 (1)", "1: -1 (1)", "1: +2 (1)"], kernel.Done);
    }

    [Fact]
    public void What_a_newer_generation_replaces_is_not_added_any_more()
    {
        using var kernel = new SlowKernel();
        using var writer = new KernelWriter(kernel, () => { });
        writer.Submit(Plan(9, 1, present: true));
        kernel.AwaitBusy();
        writer.Submit(Plan(1, 1, present: true));
        writer.Submit(Plan(1, 2, present: false));
        writer.Submit(Plan(2, 1, present: true));

        kernel.Allow(4);
        Assert.True(writer.Finish(Long));

        Assert.Equal(["9: +2 (1)", "1: -2 (2)", "2: +2 (1)"], kernel.Done);
        Assert.Equal(4, TakeAll(writer).Count);
    }

    [Fact]
    public void An_error_comes_back_with_its_address_and_rings_also_for_a_renewal()
    {
        using var kernel = new SlowKernel { Error = Errno.EPERM };
        using var writer = new KernelWriter(kernel, () => { });
        writer.Submit(Plan(1, 7, present: true) with { Renewal = true });
        kernel.Allow(1);

        Assert.True(Rings(writer, Long));

        Assert.Equal([new AddressOutcome(1, 7, true, Errno.EPERM, Addresses[0])], TakeAll(writer));
    }

    [Fact]
    public void A_renewal_that_goes_well_rings_no_bell()
    {
        using var kernel = new SlowKernel();
        using var writer = new KernelWriter(kernel, () => { });
        writer.Submit(Plan(1, 1, present: true) with { Renewal = true });
        kernel.Allow(1);
        Waiting(() => writer.Answered == 1);
        Assert.False(writer.Answers.Acknowledge());
        Assert.Single(TakeAll(writer));
    }

    [Fact]
    public void What_finds_no_room_is_refused_and_what_was_handed_over_is_done()
    {
        using var kernel = new SlowKernel();
        using var writer = new KernelWriter(kernel, () => { });
        for (var i = 0; i < KernelWriter.MaxJobs; i++)
            writer.Submit(Plan(i, 1, present: true));
        writer.Submit(Plan(5000, 1, present: true));
        Assert.False(writer.TrySubmit("listen"));
        Assert.True(writer.TryTake(writer.Answered, out var refused, out _));
        Assert.Equal(new AddressOutcome(5000, 1, true, Errno.ENOBUFS, default), refused);

        kernel.Allow(KernelWriter.MaxJobs);
        Assert.True(writer.Finish(Long));

        Assert.Equal(KernelWriter.MaxJobs, TakeAll(writer).Count);
        Assert.True(writer.TrySubmit("listen"));
        kernel.Allow(1);
    }

    [Fact]
    public void Handing_over_and_taking_back_allocate_nothing_and_never_wait()
    {
        using var kernel = new SlowKernel { Records = false };
        using var writer = new KernelWriter(kernel, () => { });
        kernel.Allow(2_000_000);
        for (var i = 0; i < 2 * KernelWriter.MaxJobs; i++)
            Renew(writer, i);
        Assert.True(writer.Finish(Long));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 2 * KernelWriter.MaxJobs; i++)
            Renew(writer, i);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Finishing_waits_for_a_kernel_that_hangs_only_for_the_time_given()
    {
        using var kernel = new SlowKernel();
        using var writer = new KernelWriter(kernel, () => { });
        writer.Submit(Plan(1, 1, present: false));
        kernel.AwaitBusy();

        Assert.False(writer.Finish(TimeSpan.FromMilliseconds(30)));

        kernel.Allow(1);
        Assert.True(writer.Finish(Long));
        Assert.Equal(["1: -2 (1)"], kernel.Done);
    }

    private static void Renew(KernelWriter writer, int round)
    {
        writer.Submit(Plan(round % 50, 1, present: true) with { Renewal = true });
        while (writer.Waiting > 10)
            Thread.Yield();
        while (writer.TryTake(writer.Answered, out _, out _))
        {
        }
    }

    private static AddressPlan Plan(int router, int generation, bool present) =>
        new(router, generation, 3, Addresses, Addresses.Length, present, present ? 5u : 0);

    private static List<object> TakeAll(KernelWriter writer)
    {
        List<object> all = [];
        while (writer.TryTake(writer.Answered, out var outcome, out var answer))
            all.Add(answer ?? outcome);
        return all;
    }

    private static bool Rings(KernelWriter writer, TimeSpan limit)
    {
        using var epoll = new Epoll();
        epoll.Add(writer.Answers, 0, EpollInterest.Readable);
        Span<EpollEvent> events = stackalloc EpollEvent[1];
        return epoll.Wait(events, (int)limit.TotalMilliseconds) == 1;
    }

    private static void Waiting(Func<bool> condition)
    {
        for (var deadline = Clock.Now() + Long; !condition();)
        {
            Assert.True(Clock.Now() < deadline, "still waiting");
            Thread.Yield();
        }
    }

    /// <summary>Does nothing until it is allowed to, as a kernel whose routing lock somebody else holds.</summary>
    private sealed class SlowKernel : IKernelWork, IDisposable
    {
        private readonly SemaphoreSlim _allowed = new(0);
        private int _busy;

        public List<string> Done { get; } = [];

        public List<IpPrefix> Seen { get; } = [];

        public int Error { get; init; }

        public bool Records { get; init; } = true;

        public void Allow(int jobs) => _allowed.Release(jobs);

        public void AwaitBusy() => Waiting(() => Volatile.Read(ref _busy) > 0);

        public AddressOutcome Apply(in AddressPlan plan)
        {
            Interlocked.Increment(ref _busy);
            _allowed.Wait();
            if (Records)
            {
                Done.Add($"{plan.Router}: {(plan.Present ? '+' : '-')}{plan.Count} ({plan.Generation})");
                Seen.AddRange(plan.Addresses.AsSpan(0, plan.Count));
            }

            return new AddressOutcome(plan.Router, plan.Generation, plan.Present, Error, Error == 0 ? default : plan.Addresses[0]);
        }

        public object Answer(object request)
        {
            _allowed.Wait();
            Done.Add((string)request);
            return request;
        }

        public void Dispose()
        {
            _allowed.Release(KernelWriter.MaxJobs); // whatever is still waiting may end
        }
    }
}
