using System.Globalization;

namespace Vigie.Bench;

/// <summary>What a set of processes has used, by the kernel's own accounting.</summary>
internal readonly record struct ProcessUsage(double CpuSeconds, double ResidentMegabytes)
{
    private const double TicksPerSecond = 100; // sysconf(_SC_CLK_TCK) is 100 on every Linux that .NET runs on

    public static ProcessUsage Of(IEnumerable<int> processes)
    {
        var cpu = 0.0;
        var resident = 0.0;
        foreach (var pid in processes)
        {
            // After the parenthesis that ends the name: state is field 3, utime 14, stime 15 (proc(5)). Threads that have
            // ended are in it, and their sum is exact, whatever the split between the two.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            cpu += (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
            var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            resident += Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
        }

        return new ProcessUsage(cpu, resident);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
