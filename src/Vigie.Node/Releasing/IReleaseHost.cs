using System.Collections.Immutable;
using Vigie.Core.Net;

namespace Vigie.Node.Releasing;

/// <summary>What <see cref="ReleaseLoop"/> does to its host.</summary>
public interface IReleaseHost
{
    /// <summary>Removes addresses now. Those that are gone already are no error.</summary>
    void Remove(int interfaceIndex, ImmutableArray<IpPrefix> addresses);

    /// <summary>Has the kernel remove addresses by itself within so many seconds; never later than it would have done anyway.</summary>
    void Expire(int interfaceIndex, ImmutableArray<IpPrefix> addresses, uint seconds);

    /// <summary>For the operator.</summary>
    void Report(ReleaseReport report);
}
