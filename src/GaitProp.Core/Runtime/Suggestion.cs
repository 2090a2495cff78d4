namespace GaitProp;

/// <summary>What an error says of an unknown word: the closest known one, and all there are.</summary>
internal static class Suggestion
{
    /// <summary>One line: <c>unknown rule 'bq': did you mean 'bp'? Known: …</c>.</summary>
    /// <param name="kind">What the word should have been: <c>rule</c>.</param>
    /// <param name="word">The word.</param>
    /// <param name="known">The words there are.</param>
    public static string Unknown(string kind, string word, IEnumerable<string> known)
    {
        var words = known.ToArray();
        var closest = words.Select(w => (Word: w, Edits: Distance(word, w))).MinBy(c => c.Edits);
        var hint = closest.Word is not null && closest.Edits <= Math.Max(1, word.Length / 3) ? $" Did you mean '{closest.Word}'?" : "";
        return $"unknown {kind} '{word}'.{hint} Choose from {string.Join(", ", words)}.";
    }

    /// <summary>Levenshtein's edit distance, case aside.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
