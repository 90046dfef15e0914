using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Starts programs by posix_spawn, never by fork: the memory of a large locked process is not copied, and the child
/// begins with no signal blocked or ignored and with exactly the descriptors it is given, besides 0, 1 and 2.
/// </summary>
public static unsafe class ProcessSpawner
{
    // glibc's and musl's opaque structures are 80 and 336 bytes, their signal sets 128.
    private const int FileActionsSize = 256;
    private const int AttributesSize = 512;
    private const int SignalSetSize = 128;

    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short SetSession = 0x80;
    private const int DuplicateCloseOnExec = 1030;
    private const uint RangeCloseOnExec = 4;

    /// <summary>
    /// Starts a program in the namespaces of the calling thread. The file must be given by path; nothing is searched.
    /// Throws <see cref="LinuxException"/> when it cannot be started (ENOENT, EACCES, EAGAIN).
    /// </summary>
    /// <param name="path">Path of the executable; also the child's argument 0.</param>
    /// <param name="args">Arguments 1 and up.</param>
    /// <param name="environment">The child's whole environment, as NAME=value.</param>
    /// <param name="inherited">Descriptors to pass on, and the numbers (0 and up) that the child finds them under.</param>
    /// <param name="ownSession">
    /// Whether it leads a session, and with it a process group, of its own: what a terminal or its parent's group is told does
    /// not reach it.
    /// </param>
    public static ChildProcess Spawn(
        string path,
        ReadOnlySpan<string> args,
        ReadOnlySpan<string> environment,
        ReadOnlySpan<(FileDescriptor Descriptor, int Target)> inherited,
        bool ownSession = false)
    {
        // Whatever some library opened without close-on-exec stays here.
        if (Libc.close_range(3, uint.MaxValue, RangeCloseOnExec) < 0)
            throw LinuxException.Last("close_range");

        var actions = stackalloc byte[FileActionsSize];
        var attributes = stackalloc byte[AttributesSize];
        Check(Libc.posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init");
        Check(Libc.posix_spawnattr_init(attributes), "posix_spawnattr_init");
        var copies = new List<FileDescriptor>(inherited.Length);
        try
        {
            Inherit(inherited, copies, actions);
            ResetSignals(attributes, ownSession);
            return new ChildProcess(Start(path, args, environment, actions, attributes));
        }
        finally
        {
            foreach (var copy in copies)
                copy.Dispose();
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            _ = Libc.posix_spawnattr_destroy(attributes);
        }
    }

    // Each descriptor is first copied above all targets, so that no target overwrites a source still to come; the
    // copies vanish in the child by close-on-exec, the targets of dup2 stay open.
    private static void Inherit(ReadOnlySpan<(FileDescriptor Descriptor, int Target)> inherited, List<FileDescriptor> copies, byte* actions)
    {
        var above = 3;
        foreach (var (_, target) in inherited)
            above = Math.Max(above, target + 1);
        foreach (var (descriptor, target) in inherited)
        {
            var copy = new FileDescriptor(FileDescriptor.Checked(
                Libc.fcntl(descriptor.Number, DuplicateCloseOnExec, above), "fcntl(F_DUPFD_CLOEXEC)"));
            copies.Add(copy);
            Check(Libc.posix_spawn_file_actions_adddup2(actions, copy.Number, target), "posix_spawn_file_actions_adddup2");
        }
    }

    private static void ResetSignals(byte* attributes, bool ownSession)
    {
        var set = stackalloc byte[SignalSetSize];
        _ = Libc.sigemptyset(set);
        Check(Libc.posix_spawnattr_setsigmask(attributes, set), "posix_spawnattr_setsigmask");
        _ = Libc.sigfillset(set);
        Check(Libc.posix_spawnattr_setsigdefault(attributes, set), "posix_spawnattr_setsigdefault");
        var flags = (short)(SetSignalDefaults | SetSignalMask | (ownSession ? SetSession : 0));
        Check(Libc.posix_spawnattr_setflags(attributes, flags), "posix_spawnattr_setflags");
    }

    private static int Start(string path, ReadOnlySpan<string> args, ReadOnlySpan<string> environment, byte* actions, byte* attributes)
    {
        var pointers = StringTable.Of([path, .. args], environment);
        fixed (nint* table = pointers)
        {
            int pid;
            var errno = Libc.posix_spawn(&pid, (byte*)table[0], actions, attributes, (byte**)table, (byte**)(table + args.Length + 2));
            return errno == 0 ? pid : throw new LinuxException($"posix_spawn({path})", new LinuxError(errno));
        }
    }

    private static void Check(int errno, string operation)
    {
        if (errno != 0)
            throw new LinuxException(operation, new LinuxError(errno));
    }
}
