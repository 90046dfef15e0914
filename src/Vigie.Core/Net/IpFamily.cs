namespace Vigie.Core.Net;

/// <summary>The two address families; the value is the IP version number.</summary>
public enum IpFamily : byte
{
    IPv4 = 4,
    IPv6 = 6,
}
