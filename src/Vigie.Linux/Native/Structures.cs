using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vigie.Linux.Native;

// The C structures of the kernel's uapi that cross the border, for 64-bit little-endian Linux (x86-64 and arm64).
// Names are ours, field order and sizes are the kernel's; a test compares them with a C compiler's answers.

#pragma warning disable CS0649 // The kernel writes, or the ABI reserves, the fields that no code of ours assigns.

/// <summary>struct timespec.</summary>
internal struct Timespec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>struct itimerspec.</summary>
internal struct TimerSpec
{
    public Timespec Interval;
    public Timespec Value;
}

/// <summary>struct iovec.</summary>
internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}

/// <summary>struct msghdr. The padding after the 32-bit lengths is the compiler's, and must stay zero for musl.</summary>
internal unsafe struct MessageHeader
{
    public void* Name;
    public ulong NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct mmsghdr.</summary>
internal struct MultiMessageHeader
{
    public MessageHeader Header;
    public uint Length;
}

/// <summary>struct cmsghdr, followed by its data.</summary>
internal struct ControlHeader
{
    public nuint Length;
    public int Level;
    public int Type;
}

/// <summary>16 bytes of an IPv6 address in network order.</summary>
[InlineArray(16)]
internal struct Bytes16
{
    private byte _first;
}

/// <summary>8 bytes of a link-layer address.</summary>
[InlineArray(8)]
internal struct Bytes8
{
    private byte _first;
}

/// <summary>struct sockaddr_in; the address is in network order.</summary>
internal struct SocketAddressIPv4
{
    public ushort Family;
    public ushort PortBigEndian;
    public uint AddressBigEndian;
    public ulong Zero;
}

/// <summary>struct sockaddr_in6.</summary>
internal struct SocketAddressIPv6
{
    public ushort Family;
    public ushort PortBigEndian;
    public uint FlowInfo;
    public Bytes16 Address;
    public uint ScopeId;
}

/// <summary>struct sockaddr_ll.</summary>
internal struct SocketAddressPacket
{
    public ushort Family;
    public ushort ProtocolBigEndian;
    public int InterfaceIndex;
    public ushort HardwareType;
    public byte PacketType;
    public byte AddressLength;
    public Bytes8 Address;
}

/// <summary>struct sockaddr_nl.</summary>
internal struct SocketAddressNetlink
{
    public ushort Family;
    public ushort Padding;
    public uint PortId;
    public uint Groups;
}

/// <summary>struct in_pktinfo.</summary>
internal struct PacketInfoIPv4
{
    public int InterfaceIndex;
    public uint SourceBigEndian;
    public uint DestinationBigEndian;
}

/// <summary>struct in6_pktinfo.</summary>
internal struct PacketInfoIPv6
{
    public Bytes16 Address;
    public uint InterfaceIndex;
}

/// <summary>struct ip_mreqn.</summary>
internal struct MembershipIPv4
{
    public uint GroupBigEndian;
    public uint LocalBigEndian;
    public int InterfaceIndex;
}

/// <summary>struct ipv6_mreq.</summary>
internal struct MembershipIPv6
{
    public Bytes16 Group;
    public int InterfaceIndex;
}

/// <summary>struct sock_filter: one instruction of classic BPF.</summary>
internal struct BpfInstruction
{
    public ushort Code;
    public byte JumpTrue;
    public byte JumpFalse;
    public uint Operand;
}

/// <summary>struct sock_fprog.</summary>
internal unsafe struct BpfProgramHeader
{
    public ushort Length;
    public BpfInstruction* Instructions;
}

/// <summary>struct rlimit (64-bit).</summary>
internal struct ResourceLimit
{
    public ulong Soft;
    public ulong Hard;
}

/// <summary>The start of siginfo_t as waitid fills it; 128 bytes in all.</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SignalInfo
{
    [FieldOffset(0)]
    public int Signal;

    [FieldOffset(8)]
    public int Code;

    [FieldOffset(16)]
    public int Pid;

    [FieldOffset(24)]
    public int Status;
}

/// <summary>struct __user_cap_header_struct.</summary>
internal struct CapabilityHeader
{
    public uint Version;
    public int Pid;
}

/// <summary>struct __user_cap_data_struct.</summary>
internal struct CapabilityData
{
    public uint Effective;
    public uint Permitted;
    public uint Inheritable;
}

/// <summary>The start of struct statx, the same on every architecture; 256 bytes in all.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    [FieldOffset(20)]
    public uint User;

    [FieldOffset(24)]
    public uint Group;

    [FieldOffset(28)]
    public ushort Mode;
}

/// <summary>struct passwd.</summary>
internal unsafe struct UserEntry
{
    public byte* Name;
    public byte* Password;
    public uint User;
    public uint Group;
    public byte* FullName;
    public byte* Home;
    public byte* Shell;
}
