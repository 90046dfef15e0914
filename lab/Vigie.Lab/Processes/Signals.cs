using Vigie.Linux;

namespace Vigie.Lab.Processes;

/// <summary>The signals that the lab sends, by their Linux numbers.</summary>
public static class Signals
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int User1 = 10;
    public const int User2 = 12;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    /// <summary>Sends the signal; false when there is no such process any more.</summary>
    internal static bool Send(int pid, int signal)
    {
        if (pid <= 1)
            throw new LabException($"{pid} is no process of the lab's");
        return ProcessSignal.Send(pid, signal) == 0;
    }
}
