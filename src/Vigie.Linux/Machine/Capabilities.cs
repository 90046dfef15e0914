using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>The privileges this room's calls need (uapi linux/capability.h).</summary>
public enum Capability
{
    Kill = 5,
    SetGid = 6,
    SetUid = 7,
    NetBindService = 10,
    NetAdmin = 12,
    NetRaw = 13,
    IpcLock = 14,
    SysAdmin = 21,
    SysNice = 23,
    SysResource = 24,
}

/// <summary>What the calling thread may do right now.</summary>
public static unsafe class Capabilities
{
    private const uint Version3 = 0x20080522;

    /// <summary>Whether the capability is in the effective set.</summary>
    public static bool Has(Capability capability)
    {
        var header = new CapabilityHeader { Version = Version3 };
        var data = stackalloc CapabilityData[2];
        if (Libc.capget(&header, data) < 0)
            throw LinuxException.Last("capget");
        var number = (int)capability;
        return (data[number / 32].Effective >> number % 32 & 1) != 0;
    }
}
