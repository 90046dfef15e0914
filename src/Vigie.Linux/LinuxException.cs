using System.Runtime.InteropServices;

namespace Vigie.Linux;

/// <summary>
/// The machine refused something that a working machine grants (no more descriptors, a missing kernel feature, no
/// permission to open a socket). Failures that are part of the day's work come back as errno values instead.
/// </summary>
public sealed class LinuxException : IOException
{
    public LinuxException(string operation, LinuxError error)
        : base($"{operation}: {error}")
    {
        Operation = operation;
        Error = error;
    }

    /// <summary>What was attempted, in the words of the man page: "socket(AF_PACKET)".</summary>
    public string Operation { get; }

    public LinuxError Error { get; }

    /// <summary>The failure that the last libc call of this thread left behind.</summary>
    internal static LinuxException Last(string operation) => new(operation, new LinuxError(Marshal.GetLastPInvokeError()));
}
