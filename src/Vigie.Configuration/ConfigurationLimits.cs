using Vigie.Core.Wire;

namespace Vigie.Configuration;

/// <summary>The size limits of a configuration. Reaching one is an error that names it.</summary>
public static class ConfigurationLimits
{
    /// <summary>Characters (and, when read from a file, bytes) of the file: 1 MiB.</summary>
    public const int FileSize = 1 << 20;

    /// <summary>Lists and mappings within one another.</summary>
    public const int Depth = 16;

    /// <summary>Virtual routers in one file.</summary>
    public const int VirtualRouters = 4096;

    /// <summary>Unicast peers of one virtual router.</summary>
    public const int Peers = 255;

    /// <summary>Notifications in one file.</summary>
    public const int Notifications = 64;

    /// <summary>The program of a notification and its arguments.</summary>
    public const int NotifyArguments = 64;

    /// <summary>Characters of one of them, before the values are put in.</summary>
    public const int NotifyArgumentLength = 1024;

    /// <summary>Problems reported for one file; further ones are left out and the last line says so.</summary>
    public const int Problems = 1000;

    /// <summary>An advertisement must fit one packet of this many bytes: the MTU of Ethernet.</summary>
    public const int PacketSize = 1500;

    private const int IPv4Header = 20;
    private const int IPv6Header = 40;

    /// <summary>Version 2 appends them to its addresses (RFC 3768 5.3.10).</summary>
    private const int AuthenticationData = 8;

    private const int FitIPv4 = (PacketSize - IPv4Header - VrrpCodec.HeaderLength - AuthenticationData) / 4;

    /// <summary>366 would fit the packet, but the count field has one byte (RFC 9568 5.2.5).</summary>
    public const int IPv4AddressesPerAdvertisement =
        FitIPv4 < VrrpCodec.MaximumAddressCount ? FitIPv4 : VrrpCodec.MaximumAddressCount;

    /// <summary>What fits the packet.</summary>
    public const int IPv6AddressesPerAdvertisement = (PacketSize - IPv6Header - VrrpCodec.HeaderLength) / 16;
}
