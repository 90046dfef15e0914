using System.Text.Json;
using Vigie.Contract;
using Vigie.Linux;

namespace Vigie.Daemon.NotifySide;

/// <summary>
/// The process that becomes a script: judges the program, gives up everything that the daemon was granted, and executes. It
/// is our own executable because nothing else may run between fork and exec, and posix_spawn knows no users.
/// </summary>
internal static class NotifyStepper
{
    /// <summary>Whom a script runs as when the daemon is root and nobody was named: never root by default.</summary>
    internal const string DefaultUser = "nobody";

    public static int Run(int runner)
    {
        using var outcome = SeqPacketSocket.FromInherited(Descriptors.Outcome);
        using var file = MemoryFile.FromInherited(Descriptors.Job);
        var job = JsonSerializer.Deserialize(file.ReadAll(), NotifyJson.Default.NotifyJob) ?? throw new InvalidDataException("an empty job");
        var user = job.User ?? (UserIdentity.Own == 0 ? DefaultUser : null);
        try
        {
            using var program = TrustedProgram.Open(job.Program, out var fault);
            if (program is null)
            {
                var unfit = ProgramText.Describe(fault);
                return Refuse(outcome, unfit.Message, unfit.Remedy);
            }

            if ((user is null ? UserIdentity.Itself : UserIdentity.Find(user)) is not { } identity)
                return Refuse(outcome, $"there is no user '{user}' on this host", "create the user, or correct `user:`");
            if (identity.User != UserIdentity.Own && !StepDown.CanChangeUser)
                return Refuse(outcome, $"the daemon does not run as root and may not become {identity.Name}",
                    "leave `user:` out to run it as the daemon's own user, or grant CAP_SETUID, CAP_SETGID and CAP_KILL (docs/guides/notifications.md)");

            StepDown.ResetSurroundings();
            StepDown.BecomeUser(identity);
            // After the change of user, which would undo it. Should the runner be killed, its script is not left alone.
            ParentDeath.SetSignal(9);
            if (ParentDeath.ParentPid != runner)
                return ExitCode.Failed;
            try
            {
                StepDown.Execute(program, [job.Program, .. job.Arguments], [.. job.Environment]);
            }
            catch (LinuxException e)
            {
                return Refuse(outcome, $"{program.Path} cannot be executed as {identity.Name}: {e.Error}", ProgramText.ExecutionRemedy(e.Error, job.Program, identity.Name));
            }
        }
        catch (LinuxException e)
        {
            return Refuse(outcome, $"it cannot be started as {user ?? "the daemon's user"}: {e.Message}", null);
        }

        return ExitCode.Ok;
    }

    private static int Refuse(SeqPacketSocket outcome, string message, string? remedy)
    {
        var refusal = new NotifyOutcome { Kind = NotifyOutcomeKind.NotStarted, Message = message, Remedy = remedy };
        _ = outcome.Send(JsonSerializer.SerializeToUtf8Bytes(refusal, NotifyJson.Default.NotifyOutcome));
        return ExitCode.Failed;
    }
}
