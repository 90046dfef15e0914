namespace Vigie.Linux;

/// <summary>What is wrong with a program that is to be run for somebody else.</summary>
public enum ProgramFaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The path is not absolute.</summary>
    NotAbsolute,

    /// <summary>The file, or a folder on the way to it, is not there.</summary>
    Missing,

    /// <summary>It, or a folder on the way to it, belongs to somebody else than root.</summary>
    NotOwnedByRoot,

    /// <summary>Its group or everybody may write to it, or to a folder on the way to it.</summary>
    Writable,

    /// <summary>It is a folder, a device or the like.</summary>
    NotAFile,

    /// <summary>Nobody may execute it.</summary>
    NotExecutable,

    /// <summary>Symbolic links that lead in a circle.</summary>
    TooManyLinks,

    /// <summary>The kernel refused to look (Error).</summary>
    Refused,
}

/// <summary>What is wrong, and with which file or folder.</summary>
public readonly record struct ProgramFault(ProgramFaultKind Kind, string At, LinuxError Error = default);
