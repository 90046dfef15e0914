namespace Vigie.Daemon;

/// <summary>Files of the state directory: what stands there is the old text or the new one, whenever the power goes.</summary>
internal static class WholeFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Replaces the file and makes its directory if need be; throws as files do.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var next = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var file = new FileStream(next, options))
        {
            file.Write(text);
            file.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
