using Vigie.Node.Ports;

namespace Vigie.Daemon.NodeSide;

/// <summary>
/// What <see cref="KernelWriter"/> does to the kernel, one call after the other on its own thread. Any of it may take long:
/// most waits for the kernel's routing lock, which any other program may hold.
/// </summary>
internal interface IKernelWork
{
    /// <summary>Makes the kernel hold, or not hold, the addresses of a plan.</summary>
    AddressOutcome Apply(in AddressPlan plan);

    /// <summary>Anything rarer, which may allocate: the answer to a request is handed back with it.</summary>
    object Answer(object request);
}
