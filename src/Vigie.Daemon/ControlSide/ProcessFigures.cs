using System.ComponentModel;
using System.Diagnostics;
using Vigie.Contract;

namespace Vigie.Daemon.ControlSide;

/// <summary>What one of our processes has used, by the kernel's accounting and its own.</summary>
internal static class ProcessFigures
{
    /// <summary>The figures of a process that is alive; only its own where the kernel tells nothing of it.</summary>
    public static ProcessStatus Of(int pid, long allocatedBytes, int collections)
    {
        var known = new ProcessStatus { Pid = pid, AllocatedBytes = allocatedBytes, Collections = collections };
        try
        {
            using var process = Process.GetProcessById(pid);
            return known with
            {
                CpuSeconds = Math.Round(process.TotalProcessorTime.TotalSeconds, 2), ResidentBytes = process.WorkingSet64,
            };
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception or IOException)
        {
            return known; // it is just ending, or /proc hides it
        }
    }
}
