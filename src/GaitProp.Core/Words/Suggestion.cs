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
        if (words.Length == 0)
        {
            return $"unknown {kind} '{word}': there is none here.";
        }

        var closest = words.Select(w => (Word: w, Edits: Distance(word, w))).MinBy(c => c.Edits);
        var hint = closest.Word is not null && closest.Edits <= Math.Max(1, word.Length / 3) ? $" Did you mean '{closest.Word}'?" : "";
        return $"unknown {kind} '{word}'.{hint} Choose from {string.Join(", ", words)}.";
    }

    /// <summary>Edits from one word to the other, case aside; two neighbouring letters that changed places are one edit.</summary>
    internal static int Distance(string a, string b)
    {
        (a, b) = (a.ToLowerInvariant(), b.ToLowerInvariant());
        var edits = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                edits[i, j] =
                    i == 0 || j == 0
                        ? i + j
                        : Math.Min(Math.Min(edits[i - 1, j], edits[i, j - 1]) + 1, edits[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    edits[i, j] = Math.Min(edits[i, j], edits[i - 2, j - 2] + 1);
                }
            }
        }

        return edits[a.Length, b.Length];
    }
}
