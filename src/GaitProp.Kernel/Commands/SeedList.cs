using System.CommandLine;
using System.CommandLine.Parsing;

namespace GaitProp.Kernel.Commands;

/// <summary>Seeds of the command line, in the words that files use too.</summary>
internal static class SeedList
{
    /// <summary>The option.</summary>
    public static Option<int[]?> Option() =>
        new("--seeds")
        {
            Description = "Seeds: a range such as 1..5, or a list such as 1,2,7. Default: the experiment's.",
            HelpName = "LIST",
            CustomParser = Read,
        };

    /// <summary>Reads them, each once and in their order; <see langword="null"/> if the words are something else.</summary>
    public static int[]? Parse(string words) => GaitProp.Experiments.SeedList.Parse(words)?.Distinct().ToArray();

    private static int[]? Read(ArgumentResult result)
    {
        var seeds = Parse(string.Join(',', result.Tokens.Select(t => t.Value)));
        if (seeds is null)
        {
            result.AddError(
                $"--seeds {string.Join(',', result.Tokens.Select(t => t.Value))} is not possible: give a range such as 1..5 or a list such as 1,2,7, of numbers from 0 up."
            );
        }

        return seeds;
    }
}
