using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>Names for the boot of the machine and for the life of the daemon within it: the same in every control process of one guardian.</summary>
/// <param name="Boot">Changes with every start of the machine.</param>
/// <param name="Life">Changes with every guardian.</param>
internal sealed record DaemonLife(string Boot, string Life)
{
    private const int StartTimeField = 19; // the 22nd of proc_pid_stat(5), counted from behind the name

    public static DaemonLife Current()
    {
        try
        {
            var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            var guardian = ParentDeath.ParentPid;
            var stat = File.ReadAllText($"/proc/{guardian}/stat");
            // A process number is used again; with the time of its start it is not.
            var started = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTimeField];
            return new DaemonLife(boot, $"{guardian}@{started}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Never the same as any other: rather told twice than not at all.
            return new DaemonLife("", Guid.NewGuid().ToString());
        }
    }
}
