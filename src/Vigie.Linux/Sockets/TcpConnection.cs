namespace Vigie.Linux;

/// <summary>A TCP connection of this host, by the kernel's own identity of it.</summary>
/// <param name="Family">The family of its socket.</param>
/// <param name="Identity">Ports, addresses, interface and cookie, as the kernel wrote them.</param>
public readonly record struct TcpConnection(byte Family, byte[] Identity);
