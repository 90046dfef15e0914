namespace Vigie.Configuration;

/// <summary>Finds the word that somebody probably meant: a key of the file, or a verb of the command line.</summary>
public static class Suggestion
{
    private const int LongestWord = 64;

    /// <summary>The nearest candidate if it is near enough to be a slip of the fingers, else null.</summary>
    public static string? For(string written, IEnumerable<string> candidates)
    {
        if (written.Length is 0 or > LongestWord)
            return null;
        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var candidate in candidates)
        {
            var distance = Distance(written.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance >= bestDistance || distance > Math.Clamp(candidate.Length / 3, 1, 4))
                continue;
            best = candidate;
            bestDistance = distance;
        }

        return best;
    }

    /// <summary>Damerau-Levenshtein in its restricted form: insert, delete, replace, or swap two neighbours.</summary>
    public static int Distance(string left, string right)
    {
        var rows = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= right.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                var distance = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                    distance = Math.Min(distance, rows[i - 2, j - 2] + 1);
                rows[i, j] = distance;
            }
        }

        return rows[left.Length, right.Length];
    }
}
