using System.Runtime.InteropServices;
using Vigie.Linux.Native;

namespace Vigie.Linux;

/// <summary>
/// Runs nftables commands through libnftables, all of a text in one transaction. The library is loaded on first use, so
/// that a host whose configuration needs no packet filter needs no library.
/// </summary>
public sealed partial class Nftables : IDisposable
{
    private const string Library = "libnftables.so.1";

    /// <summary>NFT_CTX_OUTPUT_JSON.</summary>
    private const uint JsonOutput = 1 << 4;

    /// <summary>
    /// The library promises nothing about threads, and what it shares between contexts (tables of names, those of libc) is not
    /// guarded: one call at a time, in the whole process.
    /// </summary>
    private static readonly Lock Gate = new();

    private nint _context;

    private Nftables(nint context) => _context = context;

    /// <summary>Null, and why, when the library is not there or does not start.</summary>
    public static Nftables? TryOpen(out string reason)
    {
        reason = "";
        // The library ends the whole process when it cannot open its socket, so that is tried out here.
        if (TryOpenSocket() is var error and not 0)
        {
            reason = $"no netlink socket for nftables can be opened: {new LinuxError(error)}";
            return null;
        }

        lock (Gate)
            return OpenLibrary(ref reason);
    }

    private static Nftables? OpenLibrary(ref string reason)
    {
        try
        {
            var context = nft_ctx_new(0);
            if (context == 0)
            {
                reason = "libnftables has no memory";
                return null;
            }

            _ = nft_ctx_buffer_output(context);
            _ = nft_ctx_buffer_error(context);
            return new Nftables(context);
        }
        catch (DllNotFoundException)
        {
            reason = $"{Library} is not installed (Debian: libnftables1)";
            return null;
        }
    }

    /// <summary>Runs the commands; null when all were taken, else what nftables says and nothing has changed.</summary>
    public string? Run(string commands)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        lock (Gate)
        {
            if (nft_run_cmd_from_buffer(_context, commands) == 0)
                return null;
            var text = Marshal.PtrToStringUTF8(nft_ctx_get_error_buffer(_context));
            return string.IsNullOrWhiteSpace(text) ? "nftables refused without saying why" : text.Trim();
        }
    }

    /// <summary>Has the kernel look at the commands and change nothing; null when it would take them all.</summary>
    public string? Check(string commands)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        nft_ctx_set_dry_run(_context, true);
        try
        {
            return Run(commands);
        }
        finally
        {
            nft_ctx_set_dry_run(_context, false);
        }
    }

    /// <summary>What a listing command answers, as JSON; null when there is nothing to list.</summary>
    public string? Query(string command)
    {
        ObjectDisposedException.ThrowIf(_context == 0, this);
        lock (Gate)
        {
            nft_ctx_output_set_flags(_context, JsonOutput);
            return nft_run_cmd_from_buffer(_context, command) == 0 ? Marshal.PtrToStringUTF8(nft_ctx_get_output_buffer(_context)) : null;
        }
    }

    public void Dispose()
    {
        lock (Gate)
        {
            if (_context != 0)
                nft_ctx_free(_context);
            _context = 0;
        }
    }

    private static int TryOpenSocket()
    {
        var fd = Libc.socket(SocketConstants.FamilyNetlink, SocketConstants.TypeRaw | SocketConstants.TypeFlags, RouteConstants.NetlinkNetfilter);
        if (fd < 0)
            return Marshal.GetLastPInvokeError();
        new FileDescriptor(fd).Dispose();
        return 0;
    }

    [LibraryImport(Library)]
    private static partial nint nft_ctx_new(uint flags);

    [LibraryImport(Library)]
    private static partial void nft_ctx_free(nint context);

    [LibraryImport(Library)]
    private static partial void nft_ctx_set_dry_run(nint context, [MarshalAs(UnmanagedType.U1)] bool dry);

    [LibraryImport(Library)]
    private static partial int nft_ctx_buffer_output(nint context);

    [LibraryImport(Library)]
    private static partial int nft_ctx_buffer_error(nint context);

    [LibraryImport(Library)]
    private static partial nint nft_ctx_get_error_buffer(nint context);

    [LibraryImport(Library)]
    private static partial nint nft_ctx_get_output_buffer(nint context);

    [LibraryImport(Library)]
    private static partial void nft_ctx_output_set_flags(nint context, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int nft_run_cmd_from_buffer(nint context, string commands);
}
