using System.Globalization;

namespace Vigie.Bench;

/// <summary>What a set of processes has used, by the kernel's own accounting.</summary>
internal readonly record struct ProcessUsage(double CpuSeconds, double ResidentMegabytes)
{
    private const double NanosecondsPerSecond = 1e9;

    public static ProcessUsage Of(IEnumerable<int> processes)
    {
        var cpu = 0.0;
        var resident = 0.0;
        foreach (var pid in processes)
        {
            // Nanoseconds on a processor, thread by thread; the ticks of /proc/PID/stat are too coarse for a percent.
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
                cpu += Number(File.ReadAllText(thread + "/schedstat").Split(' ')[0]) / NanosecondsPerSecond;
            var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            resident += Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
        }

        return new ProcessUsage(cpu, resident);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
