namespace GaitProp.Kernel.Commands;

/// <summary>Seeds of the command line, in the words that files use too.</summary>
internal static class SeedList
{
    /// <summary>Reads them, each once and in their order; <see langword="null"/> if the words are something else.</summary>
    public static int[]? Parse(string words) => GaitProp.Experiments.SeedList.Parse(words)?.Distinct().ToArray();
}
