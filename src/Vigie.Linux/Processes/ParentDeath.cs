using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>Ties the life of this process to the one that started it.</summary>
public static class ParentDeath
{
    private const int SetParentDeathSignal = 1;

    /// <summary>
    /// Asks for a signal when the parent dies; an errno. "Parent" is the thread that started this process: it has to live
    /// as long. A parent that died before this call sends nothing, so compare <see cref="ParentPid"/> afterwards.
    /// </summary>
    public static int SetSignal(int signal) =>
        Libc.prctl(SetParentDeathSignal, (nuint)signal, 0, 0, 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Process id of the parent now; another one than before means that it died.</summary>
    public static int ParentPid => Libc.getppid();
}
