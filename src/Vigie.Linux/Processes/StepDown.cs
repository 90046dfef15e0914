using System.Runtime.InteropServices;
using System.Text;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Turns the calling process into another program without any of its privileges and peculiarities: for a process that was
/// started for nothing else. Every step that is refused is a <see cref="LinuxException"/>.
/// </summary>
public static unsafe class StepDown
{
    private const int SetNoNewPrivileges = 38;
    private const int DropBounding = 24;
    private const int Ambient = 47;
    private const nuint AmbientClearAll = 4;
    private const uint CapabilityVersion3 = 0x20080522;
    private const int LastCapability = 63;
    private const int LastSignal = 64;
    private const int SetMask = 2;
    private const int SignalSetSize = 128;
    private const uint RangeCloseOnExec = 4;
    private const uint OrdinaryMask = 0x12; // 022
    private const ulong OrdinaryDescriptors = 1024;
    private const ulong OrdinaryLockedBytes = 8 * 1024 * 1024;
    private const ulong Unlimited = ulong.MaxValue;

    private const int LimitCore = 4;
    private const int LimitDescriptors = 7;
    private const int LimitLockedMemory = 8;
    private const int LimitNice = 13;
    private const int LimitRealTimePriority = 14;
    private const int LimitRealTime = 15;

    /// <summary>Whether this process can become another user and still end what it has started as that user.</summary>
    public static bool CanChangeUser =>
        Capabilities.Has(Capability.SetUid) && Capabilities.Has(Capability.SetGid) && Capabilities.Has(Capability.Kill);

    /// <summary>
    /// An ordinary process again: scheduling, limits, umask, folder. What the daemon was granted to be on time (real-time
    /// priority, locked memory, to be spared when memory runs out) is not for scripts.
    /// </summary>
    public static void ResetSurroundings()
    {
        _ = Scheduling.ReturnToNormal();
        _ = Libc.setpriority(0, 0, 0);
        SpareNoMore();
        Limit(LimitCore, 0, 0);
        Limit(LimitDescriptors, OrdinaryDescriptors, Unlimited);
        Limit(LimitLockedMemory, OrdinaryLockedBytes, OrdinaryLockedBytes);
        Limit(LimitNice, 0, 0);
        Limit(LimitRealTimePriority, 0, 0);
        Limit(LimitRealTime, Unlimited, Unlimited);
        _ = Libc.umask(OrdinaryMask);
        if (Libc.chdir("/") < 0)
            throw LinuxException.Last("chdir(/)");
    }

    /// <summary>
    /// Becomes the user, with all of its groups and no capability that the kernel does not give that user itself; nothing that is
    /// executed afterwards can gain any by its file. For the calling thread and whatever it executes.
    /// </summary>
    public static void BecomeUser(UserIdentity user)
    {
        ArgumentNullException.ThrowIfNull(user);
        if (user.User != UserIdentity.Own || UserIdentity.Own == 0)
            ChangeUser(user);
        // Without no_new_privs a set-user-id program would undo all of this.
        Require(Libc.prctl(SetNoNewPrivileges, 1, 0, 0, 0), "prctl(PR_SET_NO_NEW_PRIVS)");
        Require(Libc.prctl(Ambient, AmbientClearAll, 0, 0, 0), "prctl(PR_CAP_AMBIENT)");
        DropCapabilities(keepOwn: user.User == 0);
    }

    /// <summary>Becomes the program; returns only by an exception. Descriptors above 2 end here, and every signal does what it does by default.</summary>
    public static void Execute(TrustedProgram program, ReadOnlySpan<string> args, ReadOnlySpan<string> environment)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (Libc.close_range(3, uint.MaxValue, RangeCloseOnExec) < 0)
            throw LinuxException.Last("close_range");
        var table = StringTable.Of(args, environment);
        var name = Encoding.UTF8.GetBytes(program.Path + "\0");
        // From here on nothing may be allocated: the collector itself lives on a signal.
        for (var signal = 1; signal <= LastSignal; signal++)
            _ = Libc.signal(signal, 0);
        var none = stackalloc byte[SignalSetSize];
        _ = Libc.sigemptyset(none);
        _ = Libc.pthread_sigmask(SetMask, none, null);
        fixed (nint* pointers = table)
        {
            var environmentTable = (byte**)(pointers + args.Length + 1);
            // An interpreter opens its script by name. Root alone can have changed what this name means since it was judged.
            // (ENOENT: it is a script after all, which nobody but the kernel may read.)
            if (!program.IsScript && Libc.fexecve(program.File, (byte**)pointers, environmentTable) < 0
                && Marshal.GetLastPInvokeError() != Errno.ENOENT)
                throw LinuxException.Last("fexecve");
            fixed (byte* path = name)
                _ = Libc.execve(path, (byte**)pointers, environmentTable);
        }

        throw LinuxException.Last("execve");
    }

    private static void ChangeUser(UserIdentity user)
    {
        if (user.User != 0)
            for (var capability = 0; capability <= LastCapability; capability++)
                _ = Libc.prctl(DropBounding, (nuint)capability, 0, 0, 0); // without CAP_SETPCAP no_new_privs has to do
        Require(Libc.initgroups(user.Name, user.Group), "initgroups");
        Require(Libc.setresgid(user.Group, user.Group, user.Group), "setresgid");
        Require(Libc.setresuid(user.User, user.User, user.User), "setresuid");
    }

    /// <summary>For root only those that would be handed on: with no_new_privs it cannot gain back what it gives up here.</summary>
    private static void DropCapabilities(bool keepOwn)
    {
        var header = new CapabilityHeader { Version = CapabilityVersion3 };
        var data = stackalloc CapabilityData[2];
        if (Libc.capget(&header, data) < 0)
            throw LinuxException.Last("capget");
        for (var i = 0; i < 2; i++)
            data[i] = keepOwn ? data[i] with { Inheritable = 0 } : default;
        // A sandbox may refuse the call itself. Then nothing is lost: without ambient capabilities an ordinary user has none
        // after execve, and no_new_privs keeps those that a file would give away.
        if (Libc.capset(&header, data) < 0 && (Marshal.GetLastPInvokeError() != Errno.EPERM || keepOwn))
            throw LinuxException.Last("capset");
    }

    private static void SpareNoMore()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "0");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Raising it is always allowed; without /proc there is nothing to raise.
        }
    }

    // What the hard limit does not allow is cut to it.
    private static void Limit(int resource, ulong soft, ulong hard)
    {
        ResourceLimit limit;
        if (Libc.getrlimit(resource, &limit) < 0)
            throw LinuxException.Last("getrlimit");
        hard = Math.Min(hard, limit.Hard);
        if (hard == limit.Hard && resource == LimitRealTime)
            soft = hard;
        limit = new ResourceLimit { Soft = Math.Min(soft, hard), Hard = hard };
        Require(Libc.setrlimit(resource, &limit), "setrlimit");
    }

    private static void Require(int result, string operation)
    {
        if (result < 0)
            throw LinuxException.Last(operation);
    }
}
