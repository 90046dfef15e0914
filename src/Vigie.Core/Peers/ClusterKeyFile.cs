using System.Collections.Immutable;

namespace Vigie.Core.Peers;

/// <summary>
/// The text of a key file: 64 hexadecimal digits on a line are a key, `#` begins a comment. The first key seals, all of them
/// open. A new key is put last on every host, then first on every host, then the old one is taken out: at no moment are there two
/// hosts that do not understand each other.
/// </summary>
public static class ClusterKeyFile
{
    /// <summary>More than a rotation needs.</summary>
    public const int MostKeys = 8;

    /// <summary>Reads the text; on a fault <paramref name="keys"/> is empty.</summary>
    public static KeyFileFault? TryRead(string text, out ImmutableArray<ClusterKey> keys)
    {
        keys = [];
        var found = ImmutableArray.CreateBuilder<ClusterKey>();
        var number = 0;
        foreach (var raw in text.AsSpan().EnumerateLines())
        {
            number++;
            var line = raw.Trim();
            if (line.IsEmpty || line[0] == '#')
                continue;
            if (Read(line, out var key) is { } problem)
                return new KeyFileFault(number, problem);
            foreach (var other in found)
                if (other.Number == key!.Number)
                    return new KeyFileFault(number, KeyFileProblem.Twice);
            if (found.Count == MostKeys)
                return new KeyFileFault(number, KeyFileProblem.TooMany);
            found.Add(key!);
        }

        if (found.Count == 0)
            return new KeyFileFault(0, KeyFileProblem.Empty);
        keys = found.ToImmutable();
        return null;
    }

    /// <summary>A file with one key.</summary>
    /// <param name="secret"><see cref="ClusterKey.Length"/> random bytes.</param>
    public static string Write(ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(secret.Length, ClusterKey.Length, nameof(secret));
        return $"# Vigie cluster key: the same file on every host, readable by its owner alone.\n{Convert.ToHexStringLower(secret)}\n";
    }

    private static KeyFileProblem? Read(ReadOnlySpan<char> line, out ClusterKey? key)
    {
        key = null;
        if (line.Length != 2 * ClusterKey.Length)
            return KeyFileProblem.Length;
        Span<byte> secret = stackalloc byte[ClusterKey.Length];
        foreach (var c in line)
            if (!char.IsAsciiHexDigit(c))
                return KeyFileProblem.Digits;
        Convert.FromHexString(line, secret, out _, out _);
        // Typed and not drawn: 32 random bytes of one value come up once in 2^248 files.
        if (secret.IndexOfAnyExcept(secret[0]) < 0)
            return KeyFileProblem.Guessable;
        key = ClusterKey.FromBytes(secret);
        return null;
    }
}

/// <summary>What is wrong with a key file.</summary>
/// <param name="Line">From 1; 0: the file as a whole.</param>
/// <param name="Problem">What.</param>
public readonly record struct KeyFileFault(int Line, KeyFileProblem Problem);

/// <summary>Why a key file cannot be used.</summary>
public enum KeyFileProblem : byte
{
    /// <summary>No key in it.</summary>
    Empty,

    /// <summary>A line that has not 64 characters.</summary>
    Length,

    /// <summary>A character that is no hexadecimal digit.</summary>
    Digits,

    /// <summary>All bytes are the same.</summary>
    Guessable,

    /// <summary>A key that stands on an earlier line, or one that packets could not tell from it.</summary>
    Twice,

    /// <summary>More than <see cref="ClusterKeyFile.MostKeys"/>.</summary>
    TooMany,
}
