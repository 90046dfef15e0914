using System.Runtime.InteropServices;

namespace Vigie.Linux.Native;

/// <summary>
/// The C library's functions under their own names. Nothing is wrapped here: each caller knows which failures it
/// expects. Calls that go by number (kernel newer than the C library's wrappers) are at the end.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [LibraryImport(Library)]
    [SuppressGCTransition]
    internal static partial int clock_gettime(int clock, Timespec* time);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int close(int fd);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fcntl(int fd, int command, nint argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int openat(FileDescriptor folder, string path, int flags, uint mode);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint readlinkat(FileDescriptor folder, string path, byte* buffer, nuint size);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(FileDescriptor folder, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int pipe2(int* fds, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int flock(FileDescriptor fd, int operation);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(FileDescriptor fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint write(FileDescriptor fd, void* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint pread(FileDescriptor fd, void* buffer, nuint count, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial long lseek(FileDescriptor fd, long offset, int whence);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ftruncate(FileDescriptor fd, long length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_ctl(FileDescriptor epoll, int operation, SafeHandle fd, void* @event);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int epoll_wait(FileDescriptor epoll, void* events, int maxEvents, int timeoutMs);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timerfd_create(int clock, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int timerfd_settime(FileDescriptor fd, int flags, TimerSpec* value, TimerSpec* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int eventfd(uint initial, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int domain, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socketpair(int domain, int type, int protocol, int* fds);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int bind(FileDescriptor fd, void* address, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockname(FileDescriptor fd, void* address, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setsockopt(FileDescriptor fd, int level, int option, void* value, uint length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getsockopt(FileDescriptor fd, int level, int option, void* value, uint* length);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint send(FileDescriptor fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendto(FileDescriptor fd, void* buffer, nuint length, int flags, void* address, uint addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recv(FileDescriptor fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvfrom(FileDescriptor fd, void* buffer, nuint length, int flags, void* address, uint* addressLength);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint sendmsg(FileDescriptor fd, MessageHeader* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint recvmsg(FileDescriptor fd, MessageHeader* message, int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sendmmsg(FileDescriptor fd, MultiMessageHeader* messages, uint count, int flags);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int memfd_create(string name, uint flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int mlockall(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int munlockall();

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sched_setscheduler(int pid, int policy, int* parameter);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int sched_getscheduler(int pid);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getrlimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setrlimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int capget(CapabilityHeader* header, CapabilityData* data);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int capset(CapabilityHeader* header, CapabilityData* data);

    [LibraryImport(Library)]
    internal static partial int getppid();

    [LibraryImport(Library)]
    internal static partial uint geteuid();

    [LibraryImport(Library)]
    internal static partial uint getegid();

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int getpwnam_r(string name, UserEntry* entry, byte* buffer, nuint size, UserEntry** result);

    [LibraryImport(Library)]
    internal static partial int getpwuid_r(uint user, UserEntry* entry, byte* buffer, nuint size, UserEntry** result);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int initgroups(string user, uint group);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setresgid(uint real, uint effective, uint saved);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setresuid(uint real, uint effective, uint saved);

    [LibraryImport(Library)]
    internal static partial uint umask(uint mask);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int chdir(string path);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setpriority(int which, uint who, int nice);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport(Library)]
    internal static partial nint signal(int signal, nint handler);

    [LibraryImport(Library)]
    internal static partial int pthread_sigmask(int how, void* set, void* old);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int fexecve(FileDescriptor program, byte** arguments, byte** environment);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(FileDescriptor fd, int type);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int waitid(int idType, int id, SignalInfo* info, int options);

    // The posix_spawn family returns the error instead of setting errno.
    [LibraryImport(Library)]
    internal static partial int posix_spawn(int* pid, byte* path, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_init(void* fileActions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_destroy(void* fileActions);

    [LibraryImport(Library)]
    internal static partial int posix_spawn_file_actions_adddup2(void* fileActions, int fd, int target);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* set);

    [LibraryImport(Library)]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* set);

    [LibraryImport(Library)]
    internal static partial int sigemptyset(void* set);

    [LibraryImport(Library)]
    internal static partial int sigfillset(void* set);

    // syscall(2) is variadic in C; on x86-64 and arm64 Linux integer arguments travel the same way either way.
    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint a, nint b, nint c, nint d);

    /// <summary>pidfd_open(2), number 434 on every architecture.</summary>
    internal static int pidfd_open(int pid, uint flags) => (int)Call(434, pid, (nint)flags, 0, 0);

    /// <summary>pidfd_send_signal(2), number 424 on every architecture.</summary>
    internal static int pidfd_send_signal(int pidFd, int signal) => (int)Call(424, pidFd, signal, 0, 0);

    /// <summary>close_range(2), number 436 on every architecture.</summary>
    internal static int close_range(uint first, uint last, uint flags) => (int)Call(436, (nint)first, (nint)last, (nint)flags, 0);
}
