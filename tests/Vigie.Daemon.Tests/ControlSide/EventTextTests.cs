using Vigie.Contract;
using Vigie.Core;
using Vigie.Core.Election;
using Vigie.Core.Net;
using Vigie.Daemon.ControlSide;
using Vigie.Linux;
using Vigie.Node.Events;
using Vigie.Node.Routers;
using Xunit;

namespace Vigie.Daemon.Tests.ControlSide;

/// <summary>Every event, reason and drop reads as a sentence and has a stable word.</summary>
public sealed class EventTextTests
{
    public static TheoryData<NodeEventKind> Kinds => [.. Enum.GetValues<NodeEventKind>()];

    public static TheoryData<TransitionReason> Reasons => [.. Enum.GetValues<TransitionReason>()];

    public static TheoryData<DropReason> Drops => [.. Enum.GetValues<DropReason>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_event_has_a_sentence_and_a_stable_word(NodeEventKind kind)
    {
        var document = EventText.Describe(Event(kind), "db", new WallClock());

        Assert.Matches("^[a-z_]+$", document.Kind);
        Assert.NotEmpty(document.Message);
        Assert.Equal("db", document.VirtualRouter);
    }

    [Fact]
    public void No_two_kinds_of_event_share_a_word()
    {
        var words = Enum.GetValues<NodeEventKind>().Select(kind => EventText.Describe(Event(kind), "", new WallClock()).Kind).ToList();

        Assert.Equal(words.Count, words.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void Every_reason_has_a_sentence(TransitionReason reason) => Assert.NotEmpty(ReasonText.Of(reason));

    [Theory]
    [MemberData(nameof(Drops))]
    public void Every_drop_reason_has_a_word_and_a_sentence(DropReason drop)
    {
        Assert.Matches("^[a-z_]+$", ReasonText.Word(drop));
        Assert.NotEmpty(ReasonText.Of(drop).Message);
    }

    [Fact]
    public void A_refused_address_names_the_address_the_kernels_reason_and_the_remedy()
    {
        var document = EventText.Describe(
            Event(NodeEventKind.AddressRefused) with { Error = Errno.EPERM, Address = IpPrefix.Parse("10.77.0.100/24") }, "db", new WallClock());

        Assert.Contains("10.77.0.100/24", document.Message, StringComparison.Ordinal);
        Assert.Contains("EPERM", document.Message, StringComparison.Ordinal);
        Assert.Equal("grant CAP_NET_ADMIN to this process", document.Remedy);
        Assert.Equal(EventSeverity.Error, document.Severity);
        Assert.Equal("1", document.Data["errno"]);
    }

    [Fact]
    public void A_group_that_cannot_be_joined_is_told_with_the_name_of_the_interface()
    {
        var document = EventText.Describe(
            Event(NodeEventKind.JoinFailed) with { Error = Errno.ENOBUFS, Source = IpAddress.Parse("224.0.0.18"), Interface = "eth0" }, "", new WallClock());

        Assert.StartsWith("cannot listen to 224.0.0.18 on eth0: ENOBUFS", document.Message, StringComparison.Ordinal);
        Assert.Equal("eth0", document.Data["interface"]);
    }

    [Fact]
    public void An_event_of_the_whole_host_names_no_virtual_router()
    {
        Assert.Null(EventText.Describe(Event(NodeEventKind.Started) with { Router = -1 }, "", new WallClock()).VirtualRouter);
    }

    private static NodeEvent Event(NodeEventKind kind) => new()
    {
        Kind = kind, At = Clock.Now(), State = RouterState.Fault, Reason = TransitionReason.InterfaceMissing,
        Source = IpAddress.Parse("10.77.0.2"), Drop = DropReason.Ttl, Mac = new MacAddress(0x020000000001),
    };
}
