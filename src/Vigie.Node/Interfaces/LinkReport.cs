using Vigie.Core.Net;

namespace Vigie.Node.Interfaces;

/// <summary>What the kernel says of an interface.</summary>
/// <param name="Index">The kernel's index; names may change, indexes do not.</param>
/// <param name="Name">The present name.</param>
/// <param name="Mac">The hardware address.</param>
/// <param name="Running">Administratively up and with carrier.</param>
/// <param name="ForwardsIPv6">It forwards IPv6, so that its neighbour advertisements carry the router flag.</param>
public readonly record struct LinkReport(int Index, string Name, MacAddress Mac, bool Running, bool ForwardsIPv6);

/// <summary>What the kernel says of an address on an interface.</summary>
/// <param name="InterfaceIndex">The kernel's index of the interface.</param>
/// <param name="Prefix">The address and its length as the kernel holds them.</param>
/// <param name="Ours">It carries our protocol tag: Vigie put it there.</param>
/// <param name="Usable">Neither tentative nor a detected duplicate.</param>
public readonly record struct AddressReport(int InterfaceIndex, IpPrefix Prefix, bool Ours, bool Usable);
