using Vigie.Configuration;
using Vigie.Linux;

namespace Vigie.Daemon.NotifySide;

/// <summary>What is wrong with the program of a notification, and the remedy, in sentences.</summary>
internal static class ProgramText
{
    public static UnfitProgram Describe(ProgramFault fault) => fault.Kind switch
    {
        ProgramFaultKind.NotAbsolute => new($"'{fault.At}' is not an absolute path", "write where the program is"),
        ProgramFaultKind.Missing => new($"{fault.At} does not exist", "install it there, or correct `run:`"),
        ProgramFaultKind.NotOwnedByRoot => new($"{fault.At} does not belong to root, so that somebody else could put in what it runs", $"chown root {fault.At}"),
        ProgramFaultKind.Writable => new(
            $"{fault.At} may be written to by its group or by everybody, who could put in what it runs", $"chmod go-w {fault.At}, or install the program elsewhere"),
        ProgramFaultKind.NotAFile => new($"{fault.At} is no file that could be run", "name the program itself in `run:`"),
        ProgramFaultKind.NotExecutable => new($"{fault.At} is not executable", $"chmod a+rx {fault.At}"),
        ProgramFaultKind.TooManyLinks => new($"the symbolic links at {fault.At} lead in a circle", "correct them"),
        ProgramFaultKind.Refused => new($"{fault.At} cannot be looked at: {fault.Error}", "see that the daemon's user may enter its folder"),
        ProgramFaultKind.None => throw new InvalidOperationException("that is no fault"),
    };

    /// <summary>Why the kernel may have refused to execute what was found fit.</summary>
    public static string? ExecutionRemedy(LinuxError error, string program, string user) => error.Value switch
    {
        Errno.ENOENT => $"the interpreter in the first line of {program} does not exist: install it, or correct the line",
        Errno.EACCES => $"see that {user} may read and execute {program} and its interpreter, and enter the folders on the way",
        Errno.ENOEXEC => $"{program} is neither a program of this machine nor a script: begin it with a line such as #!/bin/sh",
        Errno.E2BIG => "give it fewer or shorter arguments; the values also stand in its environment",
        _ => null,
    };
}
