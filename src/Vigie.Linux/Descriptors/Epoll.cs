using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>What to be woken for. Error and hang-up are always reported.</summary>
[Flags]
public enum EpollInterest : uint
{
    None = 0,
    Readable = 0x001,
    Writable = 0x004,
    Error = 0x008,
    HangUp = 0x010,
    PeerClosed = 0x2000,
}

/// <summary>One thing that is ready: the token it was added with, and why.</summary>
public readonly record struct EpollEvent(ulong Token, EpollInterest Ready);

/// <summary>
/// Waits for descriptors, level-triggered: what is left unread is reported again. One thread waits; it decides nothing.
/// </summary>
public sealed unsafe class Epoll : FileDescriptor
{
    /// <summary>Most events one <see cref="Wait"/> reports; the rest come with the next call.</summary>
    public const int MaxEventsPerWait = 64;

    private const int CloseOnExec = 0x80000;
    private const int OperationAdd = 1;
    private const int OperationRemove = 2;
    private const int OperationModify = 3;

    // struct epoll_event is packed on x86-64 only: 4 bytes of events, then 8 of data at offset 4 or 8.
    internal static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    internal static readonly int EventSize = DataOffset + sizeof(ulong);

    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEventsPerWait * EventSize, pinned: true);

    public Epoll()
        : base(Checked(Libc.epoll_create1(CloseOnExec), "epoll_create1"))
    {
    }

    /// <summary>Watches a descriptor of this room, or any other handle that holds one (a socket of the framework).</summary>
    public void Add(SafeHandle fd, ulong token, EpollInterest interest) => Control(OperationAdd, fd, token, interest, "EPOLL_CTL_ADD");

    public void Modify(SafeHandle fd, ulong token, EpollInterest interest) => Control(OperationModify, fd, token, interest, "EPOLL_CTL_MOD");

    /// <summary>Must be called before the descriptor is disposed when another process shares it.</summary>
    public void Remove(SafeHandle fd) => Control(OperationRemove, fd, 0, EpollInterest.None, "EPOLL_CTL_DEL");

    /// <summary>
    /// Waits until something is ready or the time is over (milliseconds; 0 polls, -1 waits for ever) and returns how
    /// many events were written. A signal ends the wait early with 0 events: the caller looks at the clock anyway.
    /// </summary>
    public int Wait(Span<EpollEvent> events, int timeoutMs)
    {
        var wanted = Math.Min(events.Length, MaxEventsPerWait);
        fixed (byte* buffer = _events)
        {
            var count = Libc.epoll_wait(this, buffer, wanted, timeoutMs);
            if (count < 0)
                return Marshal.GetLastPInvokeError() == Errno.EINTR ? 0 : throw LinuxException.Last("epoll_wait");
            for (var i = 0; i < count; i++)
            {
                var at = _events.AsSpan(i * EventSize, EventSize);
                events[i] = new EpollEvent(
                    MemoryMarshal.Read<ulong>(at[DataOffset..]),
                    (EpollInterest)MemoryMarshal.Read<uint>(at));
            }

            return count;
        }
    }

    private void Control(int operation, SafeHandle fd, ulong token, EpollInterest interest, string name)
    {
        Span<byte> value = stackalloc byte[EventSize];
        value.Clear();
        MemoryMarshal.Write(value, (uint)interest);
        MemoryMarshal.Write(value[DataOffset..], token);
        fixed (byte* pointer = value)
        {
            if (Libc.epoll_ctl(this, operation, fd, pointer) < 0)
                throw LinuxException.Last($"epoll_ctl({name})");
        }
    }
}
