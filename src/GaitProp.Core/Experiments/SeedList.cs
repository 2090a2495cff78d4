using System.Globalization;

namespace GaitProp.Experiments;

/// <summary>Seeds in words: <c>1..5</c>, <c>1,2,7</c>, <c>1..3,10</c>. Files and the command line read them here.</summary>
internal static class SeedList
{
    private const int Most = 100_000;

    /// <summary>Reads them in their order, as often as they are named; <see langword="null"/> if the words are something else.</summary>
    public static int[]? Parse(string words)
    {
        var seeds = new List<int>();
        foreach (var part in words.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = part.Split("..");
            if (
                ends.Length > 2
                || !Number(ends[0], out var first)
                || !Number(ends[^1], out var last)
                || last < first
                || last - first >= Most - seeds.Count
            )
            {
                return null;
            }

            seeds.AddRange(Enumerable.Range(first, last - first + 1));
        }

        return seeds.Count == 0 ? null : [.. seeds];
    }

    private static bool Number(string word, out int number) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
