using System.CommandLine;
using System.CommandLine.Parsing;
using GaitProp.Experiments;
using GaitProp.Rules;

namespace GaitProp.Kernel.Commands;

/// <summary>Options that more than one verb takes.</summary>
internal static class SharedOptions
{
    /// <summary>Stack traces instead of one line.</summary>
    public static Option<bool> Verbose { get; } = new("--verbose") { Description = "On an unexpected error, print the stack trace.", Recursive = true };

    /// <summary>Where the images are.</summary>
    public static Option<string?> Data() => new("--data")
    {
        Description = "Folder that holds CIFAR-10 (cifar-10-batches-bin), or 'embedded' for the generated set. "
            + "Default: GAITPROP_DATA, ./data, the user's cache folder, else the embedded set.",
        HelpName = "DIR",
    };

    /// <summary>Where runs are kept.</summary>
    public static Option<string> Runs() => new("--runs")
    {
        Description = "Folder of the runs.",
        HelpName = "DIR",
        DefaultValueFactory = _ => "runs",
    };

    /// <summary>The learning rules, by their names.</summary>
    public static Option<string[]?> Rules()
    {
        var option = new Option<string[]?>("--rules")
        {
            Description = $"Learning rules, separated by commas: {string.Join(", ", RuleCatalog.Names)}. Default: {string.Join(",", FigurePlan.DefaultRules)}.",
            HelpName = "LIST",
            AllowMultipleArgumentsPerToken = false,
            CustomParser = Split,
        };
        option.CompletionSources.Add(_ => RuleCatalog.Names.Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        return option;
    }

    /// <summary>An integer option with a lower bound.</summary>
    public static Option<int?> Number(string name, string description, int least)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, System.Globalization.CultureInfo.InvariantCulture, out var value) && value < least)
            {
                result.AddError($"{name} {value} is not possible: it must be {least} or more.");
            }
        });
        return option;
    }

    private static string[]? Split(ArgumentResult result)
    {
        var names = result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToArray();
        if (names.Length == 0)
        {
            result.AddError($"--rules is empty: choose from {string.Join(", ", RuleCatalog.Names)}.");
            return null;
        }

        try
        {
            foreach (var name in names)
            {
                RuleCatalog.Title(name);
            }

            return names;
        }
        catch (GaitPropException e)
        {
            result.AddError(e.Message);
            return null;
        }
    }
}
