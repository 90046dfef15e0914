using System.Text;

namespace Vigie.Daemon;

/// <summary>
/// What an operator has said about this host's roles, in the state directory: the word "drained", or "moved" and the name of a
/// virtual router, one per line. Control writes it; each new node reads it before it begins.
/// </summary>
internal sealed class AsideStore(string directory)
{
    private const string DrainedWord = "drained";
    private const string MovedWord = "moved ";
    private const int MaxBytes = 1024 * 1024;

    private readonly string _path = Path.Combine(directory, "aside");

    /// <summary>What is kept; nothing when there is no file or it cannot be read (then why is said).</summary>
    public AsideState Load(out string? failure)
    {
        failure = null;
        try
        {
            if (!File.Exists(_path))
                return AsideState.None;
            if (new FileInfo(_path).Length > MaxBytes)
            {
                failure = $"{_path} is larger than {MaxBytes} bytes";
                return AsideState.None;
            }

            var lines = File.ReadAllLines(_path);
            return new AsideState(
                lines.Contains(DrainedWord),
                [.. lines.Where(line => line.StartsWith(MovedWord, StringComparison.Ordinal)).Select(line => line[MovedWord.Length..])]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = e.Message;
            return AsideState.None;
        }
    }

    /// <summary>Replaces what is kept, whole or not at all; returns why that failed, or null.</summary>
    public string? Save(AsideState state)
    {
        try
        {
            Directory.CreateDirectory(directory);
            if (state.IsEmpty)
            {
                File.Delete(_path);
                return null;
            }

            var text = new StringBuilder(state.Drained ? DrainedWord + "\n" : "");
            foreach (var name in state.MovedAway.Order(StringComparer.Ordinal))
                text.Append(MovedWord).Append(name).Append('\n');
            WholeFile.Replace(_path, Encoding.UTF8.GetBytes(text.ToString()));
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
