using System.Globalization;

namespace Vigie.Lab;

/// <summary>
/// The name that everything of one run starts with: vg{pid}-{start}-{tag}, where start is the runner's start time as the
/// kernel counts it. Pid and start time together name one process for ever, so a later run can tell whether the runner
/// of a leftover is still alive, even when its pid has been given to somebody else.
/// </summary>
public readonly record struct LabName(int Pid, long StartTicks, string Tag)
{
    private const string Digits = "0123456789abcdefghijklmnopqrstuvwxyz";

    /// <summary>A fresh name for the process that asks.</summary>
    public static LabName ForThisProcess()
    {
        var pid = Environment.ProcessId;
        var start = ReadStartTicks(pid) ?? throw new LabException("/proc does not tell when this process started");
        return new LabName(pid, start, ToBase36(Random.Shared.Next(36 * 36 * 36, 36 * 36 * 36 * 36)));
    }

    /// <summary>Reads the prefix out of a namespace or folder name; false for names that are not the lab's.</summary>
    public static bool TryParse(string text, out LabName name)
    {
        name = default;
        var parts = text.Split('-');
        if (parts.Length < 3 || !parts[0].StartsWith("vg", StringComparison.Ordinal) || parts[2].Length == 0
            || !int.TryParse(parts[0].AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)
            || !TryFromBase36(parts[1], out var start))
            return false;
        name = new LabName(pid, start, parts[2]);
        return true;
    }

    /// <summary>Whether the very process that made this name still runs.</summary>
    public bool RunnerIsAlive => ReadStartTicks(Pid) == StartTicks;

    public override string ToString() => $"vg{Pid}-{ToBase36(StartTicks)}-{Tag}";

    /// <summary>Field 22 of /proc/PID/stat, in clock ticks since boot; null when there is no such process.</summary>
    internal static long? ReadStartTicks(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            // The second field is the program's name in brackets and may itself hold spaces and brackets.
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            const int startTimeAfterName = 19;
            return long.Parse(fields[startTimeAfterName], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string ToBase36(long value)
    {
        var text = "";
        do
        {
            text = Digits[(int)(value % 36)] + text;
            value /= 36;
        }
        while (value > 0);
        return text;
    }

    private static bool TryFromBase36(string text, out long value)
    {
        value = 0;
        if (text.Length is 0 or > 11)
            return false;
        foreach (var character in text)
        {
            var digit = Digits.IndexOf(character, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            value = value * 36 + digit;
        }

        return true;
    }
}
