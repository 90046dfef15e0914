using System.Runtime.InteropServices;
using System.Text;
using Vigie.Linux.Native;
using Xunit;

namespace Vigie.Linux.Tests;

/// <summary>
/// Our structures against the C compiler's: the expected table is what gcc prints for the uapi headers on 64-bit Linux,
/// and where a C compiler is installed it is asked again.
/// </summary>
public sealed unsafe class StructureLayoutTests
{
    private const string Expected = """
        timespec 16 tv_nsec 8
        itimerspec 32 it_value 16
        iovec 16 iov_len 8
        msghdr 56 msg_namelen 8 msg_iov 16 msg_iovlen 24 msg_control 32 msg_controllen 40 msg_flags 48
        mmsghdr 64 msg_len 56
        cmsghdr 16 cmsg_level 8 cmsg_type 12
        sockaddr_in 16 sin_port 2 sin_addr 4
        sockaddr_in6 28 sin6_port 2 sin6_flowinfo 4 sin6_addr 8 sin6_scope_id 24
        sockaddr_ll 20 sll_protocol 2 sll_ifindex 4 sll_hatype 8 sll_pkttype 10 sll_halen 11 sll_addr 12
        sockaddr_nl 12 nl_pid 4 nl_groups 8
        in_pktinfo 12 ipi_spec_dst 4 ipi_addr 8
        in6_pktinfo 20 ipi6_ifindex 16
        ip_mreqn 12 imr_address 4 imr_ifindex 8
        ipv6_mreq 20 ipv6mr_interface 16
        sock_filter 8 jt 2 jf 3 k 4
        sock_fprog 16 filter 8
        rlimit 16 rlim_max 8
        siginfo_t 128 si_code 8 si_pid 16 si_status 24
        __user_cap_header_struct 8 pid 4
        __user_cap_data_struct 12 permitted 4 inheritable 8
        statx 256 stx_uid 20 stx_gid 24 stx_mode 28
        passwd 48 pw_passwd 8 pw_uid 16 pw_gid 20 pw_gecos 24 pw_dir 32 pw_shell 40
        """;

    [Fact]
    public void Our_structures_have_the_layout_of_the_kernels()
    {
        var text = new StringBuilder();
        WriteMessages(text);
        WriteAddresses(text);
        WriteOthers(text);

        Assert.Equal(Expected + "\n", text.ToString());
    }

    [Fact]
    public void An_epoll_event_is_packed_on_x86_64_only() => Assert.Equal(
        RuntimeInformation.ProcessArchitecture == Architecture.X64 ? (12, 4) : (16, 8),
        (Epoll.EventSize, Epoll.DataOffset));

    [Fact]
    public void A_C_compiler_prints_the_same_table()
    {
        var compiler = Array.Find(["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"], File.Exists);
        Assert.SkipWhen(compiler is null, "no C compiler is installed");
        var source = new StringBuilder("""
            #define _GNU_SOURCE
            #include <stddef.h>
            #include <stdio.h>
            #include <signal.h>
            #include <pwd.h>
            #include <sys/stat.h>
            #include <time.h>
            #include <sys/socket.h>
            #include <sys/uio.h>
            #include <sys/resource.h>
            #include <sys/epoll.h>
            #include <netinet/in.h>
            #include <linux/if_packet.h>
            #include <linux/netlink.h>
            #include <linux/filter.h>
            #include <linux/capability.h>
            int main(void) {

            """);
        foreach (var line in Expected.Split('\n'))
        {
            var words = line.Split(' ');
            var type = words[0].EndsWith("_t", StringComparison.Ordinal) ? words[0] : "struct " + words[0];
            source.Append(FormattableString.Invariant($"printf(\"{words[0]} %zu\", sizeof({type}));\n"));
            for (var i = 2; i < words.Length; i += 2)
                source.Append(FormattableString.Invariant($"printf(\" {words[i]} %zu\", offsetof({type}, {words[i]}));\n"));
            source.Append("printf(\"\\n\");\n");
        }

        source.Append("printf(\"epoll_event %zu data %zu\\n\", sizeof(struct epoll_event), offsetof(struct epoll_event, data)); return 0; }\n");
        var folder = Directory.CreateTempSubdirectory("vigie-layout");
        try
        {
            var (c, exe) = (Path.Combine(folder.FullName, "layout.c"), Path.Combine(folder.FullName, "layout"));
            File.WriteAllText(c, source.ToString());
            TestNetwork.Run(compiler!, "-o", exe, c);

            Assert.Equal($"{Expected}\nepoll_event {Epoll.EventSize} data {Epoll.DataOffset}\n", TestNetwork.Run(exe));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void WriteMessages(StringBuilder text)
    {
        Timespec timespec;
        Line(text, "timespec", sizeof(Timespec), ("tv_nsec", Distance(&timespec, &timespec.Nanoseconds)));
        TimerSpec timer;
        Line(text, "itimerspec", sizeof(TimerSpec), ("it_value", Distance(&timer, &timer.Value)));
        IoVector vector;
        Line(text, "iovec", sizeof(IoVector), ("iov_len", Distance(&vector, &vector.Length)));
        MessageHeader message;
        Line(text, "msghdr", sizeof(MessageHeader),
            ("msg_namelen", Distance(&message, &message.NameLength)), ("msg_iov", Distance(&message, &message.Vectors)),
            ("msg_iovlen", Distance(&message, &message.VectorCount)), ("msg_control", Distance(&message, &message.Control)),
            ("msg_controllen", Distance(&message, &message.ControlLength)), ("msg_flags", Distance(&message, &message.Flags)));
        MultiMessageHeader multi;
        Line(text, "mmsghdr", sizeof(MultiMessageHeader), ("msg_len", Distance(&multi, &multi.Length)));
        ControlHeader control;
        Line(text, "cmsghdr", sizeof(ControlHeader), ("cmsg_level", Distance(&control, &control.Level)), ("cmsg_type", Distance(&control, &control.Type)));
    }

    private static void WriteAddresses(StringBuilder text)
    {
        SocketAddressIPv4 ipv4;
        Line(text, "sockaddr_in", sizeof(SocketAddressIPv4), ("sin_port", Distance(&ipv4, &ipv4.PortBigEndian)), ("sin_addr", Distance(&ipv4, &ipv4.AddressBigEndian)));
        SocketAddressIPv6 ipv6;
        Line(text, "sockaddr_in6", sizeof(SocketAddressIPv6),
            ("sin6_port", Distance(&ipv6, &ipv6.PortBigEndian)), ("sin6_flowinfo", Distance(&ipv6, &ipv6.FlowInfo)),
            ("sin6_addr", Distance(&ipv6, &ipv6.Address)), ("sin6_scope_id", Distance(&ipv6, &ipv6.ScopeId)));
        SocketAddressPacket packet;
        Line(text, "sockaddr_ll", sizeof(SocketAddressPacket),
            ("sll_protocol", Distance(&packet, &packet.ProtocolBigEndian)), ("sll_ifindex", Distance(&packet, &packet.InterfaceIndex)),
            ("sll_hatype", Distance(&packet, &packet.HardwareType)), ("sll_pkttype", Distance(&packet, &packet.PacketType)),
            ("sll_halen", Distance(&packet, &packet.AddressLength)), ("sll_addr", Distance(&packet, &packet.Address)));
        SocketAddressNetlink netlink;
        Line(text, "sockaddr_nl", sizeof(SocketAddressNetlink), ("nl_pid", Distance(&netlink, &netlink.PortId)), ("nl_groups", Distance(&netlink, &netlink.Groups)));
        PacketInfoIPv4 info;
        Line(text, "in_pktinfo", sizeof(PacketInfoIPv4), ("ipi_spec_dst", Distance(&info, &info.SourceBigEndian)), ("ipi_addr", Distance(&info, &info.DestinationBigEndian)));
        PacketInfoIPv6 info6;
        Line(text, "in6_pktinfo", sizeof(PacketInfoIPv6), ("ipi6_ifindex", Distance(&info6, &info6.InterfaceIndex)));
        MembershipIPv4 membership;
        Line(text, "ip_mreqn", sizeof(MembershipIPv4), ("imr_address", Distance(&membership, &membership.LocalBigEndian)), ("imr_ifindex", Distance(&membership, &membership.InterfaceIndex)));
        MembershipIPv6 membership6;
        Line(text, "ipv6_mreq", sizeof(MembershipIPv6), ("ipv6mr_interface", Distance(&membership6, &membership6.InterfaceIndex)));
    }

    private static void WriteOthers(StringBuilder text)
    {
        BpfInstruction instruction;
        Line(text, "sock_filter", sizeof(BpfInstruction),
            ("jt", Distance(&instruction, &instruction.JumpTrue)), ("jf", Distance(&instruction, &instruction.JumpFalse)), ("k", Distance(&instruction, &instruction.Operand)));
        BpfProgramHeader program;
        Line(text, "sock_fprog", sizeof(BpfProgramHeader), ("filter", Distance(&program, &program.Instructions)));
        ResourceLimit limit;
        Line(text, "rlimit", sizeof(ResourceLimit), ("rlim_max", Distance(&limit, &limit.Hard)));
        SignalInfo signal;
        Line(text, "siginfo_t", sizeof(SignalInfo), ("si_code", Distance(&signal, &signal.Code)), ("si_pid", Distance(&signal, &signal.Pid)), ("si_status", Distance(&signal, &signal.Status)));
        CapabilityHeader header;
        Line(text, "__user_cap_header_struct", sizeof(CapabilityHeader), ("pid", Distance(&header, &header.Pid)));
        CapabilityData data;
        Line(text, "__user_cap_data_struct", sizeof(CapabilityData), ("permitted", Distance(&data, &data.Permitted)), ("inheritable", Distance(&data, &data.Inheritable)));
        FileStatus status;
        Line(text, "statx", sizeof(FileStatus), ("stx_uid", Distance(&status, &status.User)), ("stx_gid", Distance(&status, &status.Group)), ("stx_mode", Distance(&status, &status.Mode)));
        UserEntry user;
        Line(text, "passwd", sizeof(UserEntry),
            ("pw_passwd", Distance(&user, &user.Password)), ("pw_uid", Distance(&user, &user.User)), ("pw_gid", Distance(&user, &user.Group)),
            ("pw_gecos", Distance(&user, &user.FullName)), ("pw_dir", Distance(&user, &user.Home)), ("pw_shell", Distance(&user, &user.Shell)));
    }

    private static void Line(StringBuilder text, string name, int size, params ReadOnlySpan<(string Field, int Offset)> fields)
    {
        text.Append(name).Append(' ').Append(size);
        foreach (var (field, offset) in fields)
            text.Append(' ').Append(field).Append(' ').Append(offset);
        text.Append('\n');
    }

    private static int Distance(void* start, void* field) => (int)((byte*)field - (byte*)start);
}
