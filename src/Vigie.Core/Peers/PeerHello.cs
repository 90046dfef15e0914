using System.Buffers.Binary;

namespace Vigie.Core.Peers;

/// <summary>
/// What a host knows and is, as it tells each of its peers some times a second: a whole state and no difference, so that a lost one
/// costs nothing and the last one is true. This is a view of the bytes; reading allocates nothing.
/// </summary>
/// <remarks>
/// <code>
///  0  marks: 1 leaving, 2 deaf, 4 more to follow    1  how many hosts it hears    2  how many virtual routers (2 bytes)
///  4  digest of the configuration (8)
/// 12  per host that it hears: number of the host (4), paths (1)
///     per virtual router: number (4), priority (1), state (1), resignation (2), successor (4)
/// </code>
/// Numbers are those of <see cref="NameNumber"/>. Bits without a meaning are sent as zero and ignored.
/// </remarks>
public readonly ref struct PeerHello
{
    /// <summary>In bytes, before the lists.</summary>
    public const int FixedLength = 12;

    /// <summary>A host that is heard, in bytes.</summary>
    public const int HearingLength = 5;

    /// <summary>A virtual router, in bytes.</summary>
    public const int RouterLength = 12;

    /// <summary>The hosts that one hello can name, this one not included.</summary>
    public const int MostHearings = 31;

    /// <summary>The virtual routers that fit beside as many hosts. With more, hellos take turns.</summary>
    public const int MostRouters = (ChannelPacket.MaximumContent - FixedLength - MostHearings * HearingLength) / RouterLength;

    /// <summary>The paths that a host can name: one bit each.</summary>
    public const int MostPaths = 8;

    private readonly ReadOnlySpan<byte> _hearings;
    private readonly ReadOnlySpan<byte> _routers;

    private PeerHello(HelloMarks marks, ulong configuration, ReadOnlySpan<byte> hearings, ReadOnlySpan<byte> routers)
    {
        (Marks, Configuration) = (marks, configuration);
        _hearings = hearings;
        _routers = routers;
    }

    public HelloMarks Marks { get; }

    /// <summary>A digest of what hosts of a cluster must agree on. Equal: they agree.</summary>
    public ulong Configuration { get; }

    public int HearingCount => _hearings.Length / HearingLength;

    public int RouterCount => _routers.Length / RouterLength;

    /// <summary>Reads the content of a packet. Any bytes give an answer; on an error the hello is empty.</summary>
    public static HelloError TryDecode(ReadOnlySpan<byte> content, out PeerHello hello)
    {
        hello = default;
        if (content.Length < FixedLength)
            return HelloError.Truncated;
        int hearings = content[1], routers = BinaryPrimitives.ReadUInt16BigEndian(content[2..]);
        if (hearings > MostHearings)
            return HelloError.Hearings;
        if (routers > MostRouters)
            return HelloError.Routers;
        if (content.Length != FixedLength + hearings * HearingLength + routers * RouterLength)
            return HelloError.Length;
        var lists = content[FixedLength..];
        var routerList = lists[(hearings * HearingLength)..];
        for (var i = 0; i < routers; i++)
            if ((routerList[i * RouterLength + 5] & RouterStatement.RoleMask) > (int)PeerRole.Active)
                return HelloError.Role;
        hello = new PeerHello(
            (HelloMarks)content[0] & (HelloMarks.Leaving | HelloMarks.Deaf | HelloMarks.MoreToFollow), BinaryPrimitives.ReadUInt64BigEndian(content[4..]),
            lists[..(hearings * HearingLength)], routerList);
        return HelloError.None;
    }

    /// <summary>The host of this place in the list.</summary>
    public HearingStatement Hearing(int index)
    {
        var bytes = _hearings.Slice(index * HearingLength, HearingLength);
        return new HearingStatement(BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4]);
    }

    /// <summary>The virtual router of this place in the list.</summary>
    public RouterStatement Router(int index) => RouterStatement.Read(_routers.Slice(index * RouterLength, RouterLength));

    /// <summary>Writes a hello and returns its length.</summary>
    /// <param name="marks">About the host.</param>
    /// <param name="configuration">See <see cref="Configuration"/>.</param>
    /// <param name="hearings">At most <see cref="MostHearings"/>.</param>
    /// <param name="routers">At most <see cref="MostRouters"/>.</param>
    /// <param name="content">At least <see cref="ChannelPacket.MaximumContent"/> bytes.</param>
    public static int Encode(
        HelloMarks marks, ulong configuration, ReadOnlySpan<HearingStatement> hearings, ReadOnlySpan<RouterStatement> routers, Span<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hearings.Length, MostHearings, nameof(hearings));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(routers.Length, MostRouters, nameof(routers));
        content[0] = (byte)marks;
        content[1] = (byte)hearings.Length;
        BinaryPrimitives.WriteUInt16BigEndian(content[2..], (ushort)routers.Length);
        BinaryPrimitives.WriteUInt64BigEndian(content[4..], configuration);
        var at = FixedLength;
        foreach (var hearing in hearings)
        {
            BinaryPrimitives.WriteUInt32BigEndian(content[at..], hearing.Host);
            content[at + 4] = hearing.Paths;
            at += HearingLength;
        }

        foreach (var router in routers)
        {
            router.Write(content[at..]);
            at += RouterLength;
        }

        return at;
    }
}

/// <summary>What a hello says of its sender.</summary>
[Flags]
public enum HelloMarks : byte
{
    None = 0,

    /// <summary>The host is being stopped or drained: it takes no role.</summary>
    Leaving = 1,

    /// <summary>The host was late itself and may have missed what others said: that it names nobody says nothing of them.</summary>
    Deaf = 2,

    /// <summary>It has more virtual routers than fit; the next hello has others.</summary>
    MoreToFollow = 4,
}

/// <summary>Why content is no hello, in the order of the checks.</summary>
public enum HelloError : byte
{
    None = 0,

    /// <summary>Fewer bytes than every hello has.</summary>
    Truncated,

    /// <summary>More hosts than a hello can name.</summary>
    Hearings,

    /// <summary>More virtual routers than a hello can name.</summary>
    Routers,

    /// <summary>Not as long as its lists.</summary>
    Length,

    /// <summary>A virtual router in a state that this version does not know.</summary>
    Role,
}

/// <summary>A host that the sender hears.</summary>
/// <param name="Host"><see cref="NameNumber"/> of its name.</param>
/// <param name="Paths">A bit for each path on which it was heard lately, in the order of the configuration (<see cref="PeerHello.MostPaths"/>).</param>
public readonly record struct HearingStatement(uint Host, byte Paths);
