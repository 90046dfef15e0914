using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>Keeps the pages of this process in memory, so that a busy disk cannot delay it.</summary>
public static class MemoryLock
{
    private const int Current = 1;
    private const int Future = 2;
    private const int OnFault = 4;

    /// <summary>
    /// Locks what is mapped now and later, each page as it is first touched. Returns an errno: EPERM or ENOMEM without
    /// CAP_IPC_LOCK, in which case nothing is locked and nothing else has changed.
    /// </summary>
    public static int TryLockAll() => Libc.mlockall(Current | Future | OnFault) == 0 ? 0 : Marshal.GetLastPInvokeError();

    public static int UnlockAll() => Libc.munlockall() == 0 ? 0 : Marshal.GetLastPInvokeError();
}
