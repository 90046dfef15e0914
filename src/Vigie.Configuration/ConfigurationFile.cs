using System.Text;

namespace Vigie.Configuration;

/// <summary>Reads a configuration from a file. What keeps the file from being read is a problem like any other.</summary>
public static class ConfigurationFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file, or "-" for standard input.</param>
    /// <param name="defaultNodeName">The node's name when the file gives none: the host name.</param>
    /// <param name="check">Judges the programs of notifications on this machine; null leaves that out.</param>
    public static ConfigurationResult Read(string path, string defaultNodeName, ProgramCheck? check = null)
    {
        var problems = new ProblemList();
        var shownName = path == "-" ? "standard input" : path;
        try
        {
            using var stream = path == "-" ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            if (ReadBytes(stream) is not { } bytes)
                ConfigurationReader.TooLarge(problems);
            else if (Decode(bytes, problems) is { } text)
                return ConfigurationReader.Read(text, shownName, defaultNodeName, check);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            problems.Error(TextSpan.WholeFile, "there is no such file", "check the path");
        }
        catch (UnauthorizedAccessException)
        {
            if (Directory.Exists(path))
                problems.Error(TextSpan.WholeFile, "this is a directory", "name the file in it");
            else
                problems.Error(TextSpan.WholeFile, "permission to read the file is denied", "check its owner and mode with 'ls -l', or run as another user");
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or NotSupportedException)
        {
            problems.Error(TextSpan.WholeFile, $"the file cannot be read: {exception.Message}");
        }

        return new ConfigurationResult(null, problems.ToImmutable(), shownName, "");
    }

    /// <summary>All bytes, or null when there are more than the limit; the end of a pipe or device need not ever come.</summary>
    private static byte[]? ReadBytes(Stream stream)
    {
        var buffer = new byte[ConfigurationLimits.FileSize + 1];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length > ConfigurationLimits.FileSize ? null : buffer[..length];
    }

    private static string? Decode(byte[] bytes, ProblemList problems)
    {
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            var at = Math.Clamp(exception.Index, 0, bytes.Length);
            var line = bytes.AsSpan(0, at).Count((byte)'\n') + 1;
            problems.Error(TextSpan.WholeFile, $"line {line} is not UTF-8 text", "save the file as UTF-8");
            return null;
        }
    }
}
