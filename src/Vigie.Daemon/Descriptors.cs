namespace Vigie.Daemon;

/// <summary>The descriptor numbers under which the child processes find what the guardian gives them.</summary>
internal static class Descriptors
{
    /// <summary>The channel between node and control.</summary>
    public const int Channel = 3;

    /// <summary>Node only: the sealed text of the configuration to run.</summary>
    public const int Configuration = 4;

    /// <summary>Node only: the memory of the role board.</summary>
    public const int Board = 5;

    /// <summary>Control only: where it says that it takes signals now, and that it has dealt with one.</summary>
    public const int ControlReady = 4;

    /// <summary>Control only: what the guardian tells of itself.</summary>
    public const int GuardianReports = 5;

    /// <summary>Control only: the sealed text of the configuration that runs.</summary>
    public const int ControlConfiguration = 6;

    /// <summary>Runner and stepper of a notification: where each says what became of it, and by whose end it knows that it is wanted.</summary>
    public const int Outcome = 3;

    /// <summary>Runner and stepper: the sealed job.</summary>
    public const int Job = 4;

    /// <summary>Runner only: a lock that lasts as long as it lives, for the control process after the one that started it.</summary>
    public const int ScriptLock = 5;

    /// <summary>Longest message on the channel in either direction.</summary>
    public const int LongestMessage = 64 * 1024;
}
