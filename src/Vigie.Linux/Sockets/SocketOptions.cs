using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Vigie.Core.Net;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>Setting socket options and writing socket addresses: the few forms that the sockets of this room share.</summary>
internal static unsafe class SocketOptions
{
    /// <summary>Returns an errno, 0 when set.</summary>
    internal static int TrySet(FileDescriptor socket, int level, int option, int value) =>
        Libc.setsockopt(socket, level, option, &value, sizeof(int)) == 0 ? 0 : Marshal.GetLastPInvokeError();

    internal static int TrySet<T>(FileDescriptor socket, int level, int option, in T value)
        where T : unmanaged
    {
        fixed (T* pointer = &value)
            return Libc.setsockopt(socket, level, option, pointer, (uint)sizeof(T)) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>Sets an option that every supported kernel knows.</summary>
    internal static void Set(FileDescriptor socket, int level, int option, int value, string name)
    {
        var errno = TrySet(socket, level, option, value);
        if (errno != 0)
            throw new LinuxException($"setsockopt({name})", new LinuxError(errno));
    }

    internal static int Get(FileDescriptor socket, int level, int option, string name)
    {
        int value;
        uint length = sizeof(int);
        return Libc.getsockopt(socket, level, option, &value, &length) == 0 ? value : throw LinuxException.Last($"getsockopt({name})");
    }

    /// <summary>Packets that the kernel dropped since the socket was opened because its receive buffer was full.</summary>
    internal static uint Overflows(FileDescriptor socket)
    {
        // SO_MEMINFO: nine counters, the last of them sk_drops.
        const int counters = 9;
        var values = stackalloc uint[counters];
        uint length = counters * sizeof(uint);
        return Libc.getsockopt(socket, SocketConstants.LevelSocket, SocketConstants.MemoryInfo, values, &length) == 0
            ? values[counters - 1]
            : throw LinuxException.Last("getsockopt(SO_MEMINFO)");
    }

    /// <summary>Beyond the system-wide limit where we may (CAP_NET_ADMIN), up to it where we may not.</summary>
    internal static void SetReceiveBuffer(FileDescriptor socket, int bytes)
    {
        if (TrySet(socket, SocketConstants.LevelSocket, SocketConstants.ReceiveBufferForce, bytes) != 0)
            Set(socket, SocketConstants.LevelSocket, SocketConstants.ReceiveBuffer, bytes, "SO_RCVBUF");
    }

    /// <summary>Beyond the system-wide limit where we may (CAP_NET_ADMIN), up to it where we may not.</summary>
    internal static void SetSendBuffer(FileDescriptor socket, int bytes)
    {
        if (TrySet(socket, SocketConstants.LevelSocket, SocketConstants.SendBufferForce, bytes) != 0)
            Set(socket, SocketConstants.LevelSocket, SocketConstants.SendBuffer, bytes, "SO_SNDBUF");
    }

    /// <summary>An IPv4 address in the byte order of struct in_addr.</summary>
    internal static uint BigEndian(IpAddress address) => BinaryPrimitives.ReverseEndianness((uint)address.Bits);

    internal static Bytes16 Bytes(IpAddress address)
    {
        var bytes = default(Bytes16);
        address.WriteTo(bytes);
        return bytes;
    }

    /// <summary>
    /// Whether a failed receive means a bug of ours. Everything else is either "nothing there" or a passing error that
    /// reading has just cleared (an interface went down).
    /// </summary>
    internal static bool IsReceiveBug(int errno) => errno is Errno.EBADF or Errno.EFAULT or Errno.EINVAL or Errno.ENOTSOCK;
}
