namespace Vigie.Contract;

/// <summary>The exit codes of every verb; they are documented and stable.</summary>
public static class ExitCode
{
    /// <summary>It worked.</summary>
    public const int Ok = 0;

    /// <summary>It was tried and went wrong.</summary>
    public const int Failed = 1;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>The configuration has errors.</summary>
    public const int Configuration = 3;

    /// <summary>No daemon answers on the socket.</summary>
    public const int NoDaemon = 4;

    /// <summary>The daemon understood and said no, or the operating system denied permission.</summary>
    public const int Refused = 5;
}
