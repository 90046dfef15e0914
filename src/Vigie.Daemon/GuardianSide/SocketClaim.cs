using System.Net.Sockets;
using System.Text;

namespace Vigie.Daemon.GuardianSide;

/// <summary>
/// This daemon's right to a socket path, held by a lock on a file beside it for as long as the process lives. A path left
/// by a dead daemon is cleared; one of a living daemon is respected.
/// </summary>
internal sealed class SocketClaim : IDisposable
{
    /// <summary>sun_path of unix(7), less the terminating zero.</summary>
    private const int LongestPath = 107;

    private readonly FileStream _lock;

    private SocketClaim(FileStream held) => _lock = held;

    /// <summary>Takes the path, or says why it cannot be had.</summary>
    public static SocketClaim? Take(string path, out string refusal)
    {
        refusal = "";
        if (Encoding.UTF8.GetByteCount(path) > LongestPath)
        {
            refusal = $"the socket path {path} is longer than the {LongestPath} bytes that the kernel allows; choose a shorter one with --socket";
            return null;
        }

        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
                Directory.CreateDirectory(directory);
            var held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (Answers(path))
            {
                held.Dispose();
                refusal = $"another program listens on {path}; stop it, or choose another path with --socket";
                return null;
            }

            File.Delete(path);
            return new SocketClaim(held);
        }
        catch (UnauthorizedAccessException e)
        {
            refusal = $"no permission to create the socket {path}: {e.Message} Choose another path with --socket";
        }
        catch (IOException e)
        {
            refusal = File.Exists(path)
                ? $"another vigie runs with the socket {path}; stop it, or choose another path with --socket"
                : $"cannot create the socket {path}: {e.Message} Choose another path with --socket";
        }

        return null;
    }

    /// <summary>
    /// Keeps a daemon from starting on the path, for as long as it is held; creates and removes nothing. Null with an empty
    /// refusal when no daemon has ever been there, with a reason when one lives.
    /// </summary>
    public static SocketClaim? Hold(string path, out string refusal)
    {
        refusal = "";
        try
        {
            return new SocketClaim(new FileStream(path + ".lock", FileMode.Open, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            refusal = $"no permission to see whether a vigie runs with the socket {path}: {e.Message}";
        }
        catch (IOException)
        {
            refusal = $"a vigie runs with the socket {path}";
        }

        return null;
    }

    public void Dispose() => _lock.Dispose();

    private static bool Answers(string path)
    {
        if (!File.Exists(path))
            return false;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
