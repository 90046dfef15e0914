namespace Vigie.Daemon;

/// <summary>
/// The configuration that runs, in the state directory: the file that it was read from may be newer by the time at which
/// <c>vigie release</c> has to know what ran. The guardian writes it.
/// </summary>
internal sealed class RunningStore(string directory)
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Where it lies. It may hold a password, so that only its owner reads it.</summary>
    public string FilePath { get; } = Path.Combine(Path.GetFullPath(directory), "running.yaml");

    /// <summary>What ran last; null when nothing is kept, or when it cannot be read (then why is said).</summary>
    public string? Load(out string? failure)
    {
        failure = null;
        try
        {
            if (!File.Exists(FilePath))
                return null;
            if (new FileInfo(FilePath).Length <= MaxBytes)
                return File.ReadAllText(FilePath);
            failure = $"{FilePath} is larger than {MaxBytes} bytes";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = e.Message;
        }

        return null;
    }

    /// <summary>Replaces what is kept, whole or not at all; returns why that failed, or null.</summary>
    public string? Save(ReadOnlySpan<byte> text)
    {
        try
        {
            WholeFile.Replace(FilePath, text);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
