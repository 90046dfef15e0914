using System.Text.Json;
using Vigie.Daemon.NotifySide;
using Vigie.Linux;

namespace Vigie.Daemon.ControlSide;

/// <summary>
/// The file `notify` in the state directory, and the lock beside it that scripts hold as long as they run. Nothing is forced to the disk: it has to
/// outlive a process, not the machine, after whose start every state is news.
/// </summary>
internal sealed class NotifyStore(string directory)
{
    private const int MaxBytes = 16 * 1024 * 1024;

    private readonly string _path = Path.Combine(directory, "notify");

    /// <summary>What is kept; null when there is nothing or it cannot be read (then why is said).</summary>
    public NotifyMemory? Load(out string? failure)
    {
        failure = null;
        try
        {
            var file = new FileInfo(_path);
            if (!file.Exists)
                return null;
            if (file.Length <= MaxBytes)
                return JsonSerializer.Deserialize(File.ReadAllBytes(_path), NotifyJson.Default.NotifyMemory);
            failure = $"{_path} is larger than {MaxBytes} bytes";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            failure = e.Message;
        }

        return null;
    }

    /// <summary>Replaces what is kept, whole or not at all; returns why that failed, or null.</summary>
    public string? Save(NotifyMemory memory)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var next = _path + ".new";
            File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(memory, NotifyJson.Default.NotifyMemory));
            File.Move(next, _path, overwrite: true);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <summary>The lock, not yet taken; null when there is none to be had (then why is said).</summary>
    public FileLock? OpenLock(out string? failure)
    {
        failure = null;
        try
        {
            Directory.CreateDirectory(directory);
            return FileLock.OpenFile(_path + ".lock");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failure = e.Message;
            return null;
        }
    }
}
