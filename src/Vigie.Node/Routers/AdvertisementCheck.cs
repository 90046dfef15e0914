using Vigie.Core.Configuration;
using Vigie.Core.Net;
using Vigie.Core.Wire;
using Vigie.Node.Ports;

namespace Vigie.Node.Routers;

/// <summary>
/// The checks of RFC 9568 7.1 and RFC 3768 7.1 that follow the decoding: what a message must be to reach the election of
/// one virtual router. It counts nothing and changes nothing.
/// </summary>
internal static class AdvertisementCheck
{
    public const byte RequiredHopLimit = 255;

    public static DropReason FromWire(VrrpError error) => error switch
    {
        VrrpError.None => DropReason.None,
        VrrpError.Truncated or VrrpError.Length or VrrpError.AddressCountZero => DropReason.Length,
        VrrpError.Version or VrrpError.AddressFamily => DropReason.Version,
        VrrpError.Type => DropReason.Type,
        VrrpError.Checksum => DropReason.Checksum,
        VrrpError.AuthenticationType => DropReason.Authentication,
        VrrpError.VridZero => DropReason.Vrid,
        VrrpError.IntervalZero => DropReason.Interval,
        _ => throw new InvalidOperationException($"unknown wire error {error}"),
    };

    /// <summary>Whether a well-formed message may reach this router's election.</summary>
    public static DropReason Check(
        VirtualRouterConfig config, ulong authenticationData, IpAddress ownPrimary,
        in ReceivedMessage received, in VrrpAdvertisement advertisement)
    {
        if (advertisement.Version != config.Version)
            return DropReason.Version;
        if (received.Source == ownPrimary)
            return DropReason.OwnSource;
        if (config.HasPeers(received.Source.Family))
        {
            if (!config.Peers.Contains(received.Source))
                return DropReason.UnknownPeer;
        }
        else if (!received.Destination.IsMulticast)
        {
            return DropReason.Destination;
        }

        if (config.Version == VrrpVersion.V2)
        {
            // RFC 3768 7.1 has the type and the interval compared; RFC 2338 7.1 the password too.
            var expected = config.Password is null ? VrrpAuthenticationType.None : VrrpAuthenticationType.SimpleText;
            if (advertisement.AuthenticationType != expected
                || (expected == VrrpAuthenticationType.SimpleText && advertisement.AuthenticationData != authenticationData))
                return DropReason.Authentication;
            if (advertisement.Interval != config.AdvertisementInterval)
                return DropReason.Interval;
        }

        // An address owner listens too (RFC 9568 7.1 with erratum 8298): two owners that did not would both stay Active.
        return DropReason.None;
    }

    /// <summary>Whether the sender has the same addresses as we, in whatever order.</summary>
    public static bool SameAddresses(ReadOnlySpan<IpAddress> ours, ReadOnlySpan<byte> theirs, int addressLength)
    {
        if (theirs.Length != ours.Length * addressLength)
            return false;
        for (var i = 0; i < ours.Length; i++)
            if (At(theirs, i, addressLength) != ours[i] && !Contains(theirs, ours[i], addressLength))
                return false; // ours has no address twice, so equal length and inclusion mean equality
        return true;
    }

    private static IpAddress At(ReadOnlySpan<byte> addresses, int index, int addressLength) =>
        IpAddress.FromBytes(addresses.Slice(index * addressLength, addressLength));

    private static bool Contains(ReadOnlySpan<byte> addresses, IpAddress wanted, int addressLength)
    {
        for (var i = 0; i * addressLength < addresses.Length; i++)
            if (At(addresses, i, addressLength) == wanted)
                return true;
        return false;
    }
}
