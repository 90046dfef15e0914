using System.Runtime.InteropServices;
using System.Text;
using Vigie.Linux.Native;

namespace Vigie.Linux;

// Root alone may have had a hand in the program: in the file, in every folder on the way to it, and so in every symbolic
// link. The walk goes from folder to folder by descriptors, so that each is judged as it is entered:
//
//   "/" ─open─► "usr" ─open─► "local" ─open─► "bin" ─open─► on-change ─► executed by this very descriptor

/// <summary>A program that nobody but root can have put there or changed, held open.</summary>
public sealed unsafe class TrustedProgram : IDisposable
{
    private const int PathOnly = 0x200000;
    private const int CloseOnExec = 0x80000;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7ff;
    private const int MostLinks = 40;
    private const int LongestLink = 4096;
    private const int KindMask = 0xF000;
    private const int Folder = 0x4000;
    private const int Regular = 0x8000;
    private const int Link = 0xA000;
    private const int WritableByOthers = 0x12;
    private const int ExecutableByAnybody = 0x49;

    private static readonly int NoFollow = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 0x20000 : 0x8000;

    private TrustedProgram(FileDescriptor file, string path) => (File, Path, IsScript) = (file, path, BeginsAsScript(file));

    /// <summary>The file itself, opened for nothing but to be executed.</summary>
    public FileDescriptor File { get; }

    /// <summary>Its path without symbolic links; root alone can make it mean something else.</summary>
    public string Path { get; }

    /// <summary>It begins with "#!": the kernel starts an interpreter, which opens the file by its name.</summary>
    public bool IsScript { get; }

    /// <summary>Finds and judges it; null, and why, when it must not be run.</summary>
    public static TrustedProgram? Open(string path, out ProgramFault fault)
    {
        ArgumentNullException.ThrowIfNull(path);
        fault = new ProgramFault(ProgramFaultKind.NotAbsolute, path);
        if (!path.StartsWith('/'))
            return null;
        var walk = new Walk(path);
        try
        {
            if (!IsTrusted(walk.Folder, "/", out _, out fault))
                return null;
            while (walk.TryNext(out var name))
            {
                var at = walk.PathOf(name);
                if (TryOpen(walk.Folder, name, at, out fault) is not { } next)
                    return null;
                if (IsTrusted(next, at, out var kind, out fault))
                {
                    if (kind == Folder)
                        walk.Enter(next, name);
                    else if (kind != Link)
                        return Judge(next, kind, at, walk.IsOver, out fault) ? new TrustedProgram(next, at) : null;
                    else if (!walk.Follow(next))
                        fault = new ProgramFault(ProgramFaultKind.TooManyLinks, at);
                }

                if (fault.Kind == ProgramFaultKind.None)
                    continue;
                next.Dispose();
                return null;
            }

            fault = new ProgramFault(ProgramFaultKind.NotAFile, path);
            return null;
        }
        finally
        {
            walk.Folder.Dispose();
        }
    }

    public void Dispose() => File.Dispose();

    private static FileDescriptor OpenRoot() =>
        new(FileDescriptor.Checked(Libc.open("/", PathOnly | CloseOnExec, 0), "open(/)"));

    private static FileDescriptor? TryOpen(FileDescriptor folder, string name, string at, out ProgramFault fault)
    {
        fault = default;
        var fd = Libc.openat(folder, name, PathOnly | CloseOnExec | NoFollow, 0);
        if (fd >= 0)
            return new FileDescriptor(fd);
        var errno = Marshal.GetLastPInvokeError();
        fault = errno == Errno.ENOENT ? new ProgramFault(ProgramFaultKind.Missing, at) : new ProgramFault(ProgramFaultKind.Refused, at, new LinuxError(errno));
        return null;
    }

    /// <summary>A link counts as its folder does: only who may write there can have made it.</summary>
    private static bool IsTrusted(FileDescriptor file, string at, out int kind, out ProgramFault fault)
    {
        var status = Status(file);
        kind = status.Mode & KindMask;
        fault = default;
        if (kind == Link)
            return true;
        if (status.User != 0)
            fault = new ProgramFault(ProgramFaultKind.NotOwnedByRoot, at);
        else if ((status.Mode & WritableByOthers) != 0 && kind is Folder or Regular)
            fault = new ProgramFault(ProgramFaultKind.Writable, at);
        return fault.Kind == ProgramFaultKind.None;
    }

    private static bool Judge(FileDescriptor file, int kind, string at, bool isLast, out ProgramFault fault)
    {
        fault = default;
        if (kind != Regular || !isLast)
            fault = new ProgramFault(ProgramFaultKind.NotAFile, at);
        else if ((Status(file).Mode & ExecutableByAnybody) == 0)
            fault = new ProgramFault(ProgramFaultKind.NotExecutable, at);
        if (fault.Kind == ProgramFaultKind.None)
            return true;
        file.Dispose();
        return false;
    }

    private static bool BeginsAsScript(FileDescriptor file)
    {
        try
        {
            using var readable = FileDescriptor.Open($"/proc/self/fd/{file.Number}");
            var start = stackalloc byte[2];
            return Libc.pread(readable, start, 2, 0) == 2 && start[0] == '#' && start[1] == '!';
        }
        catch (LinuxException)
        {
            return false; // not to be read by us
        }
    }

    private static FileStatus Status(FileDescriptor file)
    {
        FileStatus status;
        if (Libc.statx(file, "", EmptyPath, BasicStatus, &status) < 0)
            throw LinuxException.Last("statx");
        return status;
    }

    private static string Target(FileDescriptor link)
    {
        var buffer = stackalloc byte[LongestLink];
        var length = Libc.readlinkat(link, "", buffer, LongestLink);
        return length >= 0 ? Encoding.UTF8.GetString(buffer, (int)length) : throw LinuxException.Last("readlinkat");
    }

    /// <summary>Where a walk along a path is, and what is left of the path.</summary>
    private sealed class Walk(string path)
    {
        private readonly Stack<string> _left = new(path.Split('/').Reverse());
        private readonly List<string> _names = [];
        private int _links;

        public FileDescriptor Folder { get; private set; } = OpenRoot();

        public bool IsOver => _left.All(part => part.Length == 0);

        public bool TryNext(out string name)
        {
            while (_left.TryPop(out name!))
                if (name is not ("" or "."))
                    return true;
            return false;
        }

        public string PathOf(string name) => $"/{string.Join('/', _names.Append(name))}";

        public void Enter(FileDescriptor folder, string name)
        {
            Move(folder);
            if (name != "..")
                _names.Add(name);
            else if (_names.Count > 0)
                _names.RemoveAt(_names.Count - 1);
        }

        /// <summary>False when there have been too many.</summary>
        public bool Follow(FileDescriptor link)
        {
            if (++_links > MostLinks)
                return false;
            var target = Target(link);
            link.Dispose();
            foreach (var part in target.Split('/').Reverse())
                _left.Push(part);
            if (!target.StartsWith('/'))
                return true;
            _names.Clear();
            Move(OpenRoot());
            return true;
        }

        private void Move(FileDescriptor folder)
        {
            Folder.Dispose();
            Folder = folder;
        }
    }
}
