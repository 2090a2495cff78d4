using System.Globalization;

namespace GaitProp.Kernel.Commands;

/// <summary>Seeds in words: <c>1..5</c>, <c>1,2,7</c>, <c>1..3,10</c>.</summary>
internal static class SeedList
{
    private const int Most = 100_000;

    /// <summary>Reads them, each once and in their order; <see langword="null"/> if the words are something else.</summary>
    public static int[]? Parse(string words)
    {
        var seeds = new List<int>();
        foreach (var part in words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split("..");
            if (ends.Length > 2 || !Number(ends[0], out var first) || !Number(ends[^1], out var last) || last < first || last - first >= Most)
            {
                return null;
            }

            seeds.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return seeds.Count == 0 ? null : [.. seeds.Distinct()];
    }

    private static bool Number(string word, out int number) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
