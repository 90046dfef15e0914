using Vigie.Linux;

namespace Vigie.Daemon.GuardianSide;

/// <summary>What can be known to go wrong before anything is started, each with its remedy.</summary>
internal static class StartChecks
{
    /// <summary>Larger files are not configurations.</summary>
    private const long LargestConfiguration = 1024 * 1024;

    /// <summary>Null when this kernel and these privileges will do.</summary>
    public static string? Platform()
    {
        if (KernelVersion.Current < KernelVersion.Floor)
            return $"Linux {KernelVersion.Current} is too old: Vigie needs {KernelVersion.Floor} or later (Debian 12 has it)";
        List<string> missing = [];
        if (!Capabilities.Has(Capability.NetAdmin))
            missing.Add("CAP_NET_ADMIN (to add addresses)");
        if (!Capabilities.Has(Capability.NetRaw))
            missing.Add("CAP_NET_RAW (to send and hear VRRP)");
        return missing.Count == 0
            ? null
            : $"no permission: this process lacks {string.Join(" and ", missing)}. Run it as root, or grant the capabilities to its unit or user";
    }

    /// <summary>Null when the file was read.</summary>
    public static string? ReadConfiguration(string file, out string text)
    {
        text = "";
        try
        {
            if (new FileInfo(file) is { Exists: true, Length: > LargestConfiguration } large)
                return $"{file} is {large.Length:N0} bytes long; a configuration has at most {LargestConfiguration:N0}. Is it the right file?";
            text = File.ReadAllText(file);
            return null;
        }
        catch (FileNotFoundException)
        {
            return $"there is no configuration {file}; write one (docs/configuration.md shows how) or name another with --config";
        }
        catch (DirectoryNotFoundException)
        {
            return $"there is no configuration {file}: its directory does not exist; name another with --config";
        }
        catch (UnauthorizedAccessException)
        {
            return $"no permission to read the configuration {file}; give the user of this process read access";
        }
        catch (IOException e)
        {
            return $"cannot read the configuration {file}: {e.Message}";
        }
    }
}
