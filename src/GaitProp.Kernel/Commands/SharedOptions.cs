using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using GaitProp.Experiments;
using GaitProp.Figures;

namespace GaitProp.Kernel.Commands;

/// <summary>Options that more than one verb takes.</summary>
internal static class SharedOptions
{
    public const string VerboseName = "--verbose",
        LibTorchName = "--libtorch",
        AsName = "--as";

    /// <summary>Refuses options that would be ignored.</summary>
    /// <param name="parsed">The words.</param>
    /// <param name="why">What follows their name in the error: <c>says nothing to slurm: leave it out.</c></param>
    /// <param name="options">The options.</param>
    /// <exception cref="GaitPropException">One of them is given.</exception>
    public static void Refuse(ParseResult parsed, string why, params IEnumerable<Option> options)
    {
        if (options.FirstOrDefault(o => parsed.GetResult(o) is { Implicit: false }) is { } idle)
        {
            throw new GaitPropException($"{idle.Name} {why}");
        }
    }

    /// <summary>Stack traces instead of one line.</summary>
    public static Option<bool> Verbose() =>
        new(VerboseName) { Description = "On an unexpected error, print the stack trace.", Recursive = true };

    /// <summary>A libtorch that is there already.</summary>
    public static Option<string?> LibTorch() =>
        new(LibTorchName)
        {
            Description =
                "Compute with a libtorch that you have: PyTorch's torch/lib, its Python environment, or an unpacked libtorch. Default: GAITPROP_LIBTORCH, a PyTorch with CUDA in the active environment, otherwise that of the packages.",
            HelpName = "DIR",
            Recursive = true,
        };

    /// <summary>Where the images are.</summary>
    public static Option<string?> Data() =>
        new("--data")
        {
            Description =
                "Folder that holds the data set, such as CIFAR-10 (cifar-10-batches-bin) or prepared photos, or 'embedded' for the embedded set. "
                + "Default: GAITPROP_DATA, ./data, the user's cache folder, otherwise the embedded set.",
            HelpName = "DIR",
        };

    /// <summary>Seeds, in the words that files use too; each once and in their order.</summary>
    public static Option<int[]?> Seeds() =>
        new("--seeds")
        {
            Description = "Seeds: a range such as 1..5, or a list such as 1,2,7. Default: the experiment's.",
            HelpName = "LIST",
            CustomParser = result =>
            {
                var words = string.Join(',', result.Tokens.Select(t => t.Value));
                var seeds = SeedList.Parse(words)?.Distinct().ToArray();
                if (seeds is null)
                {
                    result.AddError(
                        $"--seeds {words} is not possible: give a range such as 1..5 or a list such as 1,2,7, of numbers from 0 up."
                    );
                }

                return seeds;
            },
        };

    /// <summary>A preset of the experiment; <c>--profile</c> is what it was called before.</summary>
    /// <param name="description">What it says.</param>
    /// <param name="known">The presets, where they are known before the experiment is opened.</param>
    public static Option<string?> Preset(string description, IReadOnlyList<string>? known = null)
    {
        var option = known is null ? Word("--preset", description, "NAME") : OneOf("--preset", description, "preset", known);
        option.Aliases.Add("--profile");
        return option;
    }

    /// <summary>Where to compute.</summary>
    public static Option<string?> Device() =>
        new("--device")
        {
            Description =
                "Where to compute: auto, cpu, cuda or cuda:N. Default: auto, which is CUDA if there is a device, otherwise the CPU.",
            HelpName = "NAME",
        };

    /// <summary>Coarser products for speed.</summary>
    /// <param name="more">What else there is to say.</param>
    public static Option<bool> Tf32(string more) =>
        new("--tf32") { Description = $"Let a CUDA device round the factors of float32 products to TF32: faster and less exact. {more}" };

    /// <summary>Where runs are kept.</summary>
    public static Option<string> Runs() => Folder("--runs", "Folder of the runs.", "runs");

    /// <summary>An option that takes a word as it stands.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">What it says.</param>
    /// <param name="value">What help calls the word.</param>
    public static Option<string?> Word(string name, string description, string value) =>
        new(name) { Description = description, HelpName = value };

    /// <summary>An option that takes one of some words.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">What it says.</param>
    /// <param name="what">What the words are names of.</param>
    /// <param name="known">The words.</param>
    public static Option<string?> OneOf(string name, string description, string what, IReadOnlyList<string> known)
    {
        var option = Word(name, description, string.Join("|", known));
        option.CustomParser = result => Words.One(result, what, known);
        option.CompletionSources.Add([.. known]);
        return option;
    }

    /// <summary>The file that a result is saved to.</summary>
    /// <param name="what">What is saved: "Save the figure".</param>
    public static Option<string?> Save(string what) => Word("--save", $"{what}: FILE.png, .svg, .pdf, .html or .csv.", "FILE");

    /// <summary>A folder to write to.</summary>
    public static Option<string> Folder(string name, string description, string otherwise)
    {
        var option = new Option<string>(name)
        {
            Description = description,
            HelpName = "DIR",
            DefaultValueFactory = _ => otherwise,
        };
        return option;
    }

    /// <summary>A network, by the experiment that has it.</summary>
    public static Argument<string> NetworkOf()
    {
        var experiment = new Argument<string>("EXPERIMENT")
        {
            Description = $"The network: that of an experiment, {string.Join(", ", ExperimentDocument.BuiltIn)}, or of a .json file.",
            HelpName = "EXPERIMENT",
            CustomParser = result =>
                result.Tokens[0].Value is var word && word.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                    ? word
                    : Words.One(result, "network", ExperimentDocument.BuiltIn)!,
        };
        experiment.CompletionSources.Add([.. ExperimentDocument.BuiltIn]);
        return experiment;
    }

    /// <summary>The learning rules, by their names.</summary>
    /// <param name="otherwise">The default; the experiment's if <see langword="null"/>.</param>
    /// <param name="variants">Whether rules may have additions.</param>
    public static Option<string[]?> Rules(IReadOnlyList<string>? otherwise, bool variants = false)
    {
        var option = new Option<string[]?>("--rules")
        {
            Description =
                $"Learning rules, separated by commas: {string.Join(", ", RuleCatalog.Names)}{(variants ? $", with additions after a plus ({string.Join(", ", RuleVariant.Known)}), such as bp+constraint" : "")}. Default: {(otherwise is null ? "the experiment's" : string.Join(",", otherwise))}.",
            HelpName = "LIST",
            AllowMultipleArgumentsPerToken = false,
            CustomParser = result => Split(result, variants),
        };
        option.CompletionSources.Add([.. RuleCatalog.Names, .. variants ? Baselines : []]);
        return option;
    }

    /// <summary>An option whose values are the names of an enumeration, in lower case.</summary>
    public static Option<T?> Choice<T>(string name, string description, T otherwise)
        where T : struct, Enum => OptionalChoice<T>(name, $"{description} Default: {otherwise.ToString().ToLowerInvariant()}.");

    /// <summary>The same, with no default.</summary>
    public static Option<T?> OptionalChoice<T>(string name, string description)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(n => n.ToLowerInvariant()).ToArray();
        var option = new Option<T?>(name)
        {
            Description = description,
            HelpName = string.Join("|", names),
            CustomParser = result => Words.One(result, name, names) is { } word ? Enum.Parse<T>(word, ignoreCase: true) : null,
        };
        option.CompletionSources.Add(names);
        return option;
    }

    /// <summary>The accuracy that figures show.</summary>
    public static Option<AccuracyMetric?> Metric() =>
        OptionalChoice<AccuracyMetric>(
            "--metric",
            "The accuracy of panels C and D. Default: top5 for more than ten classes, as in the paper, otherwise top1."
        );

    /// <summary>An integer option with a lower bound.</summary>
    public static Option<int?> Number(string name, string description, int least) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                var word = result.Tokens[0].Value;
                if (!int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                {
                    result.AddError($"{name} {word} is not a whole number between {least} and {int.MaxValue}.");
                    return null;
                }

                if (value < least)
                {
                    result.AddError($"{name} {value} is not possible: it must be {least} or more.");
                }

                return value;
            },
        };

    /// <summary>A real number above or equal to 0.</summary>
    public static Option<double?> Real(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "X",
            CustomParser = result =>
            {
                var word = result.Tokens[0].Value;
                if (
                    double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    && value >= 0
                    && double.IsFinite(value)
                )
                {
                    return value;
                }

                result.AddError($"{name} {word} is not possible: it must be a number, 0 or more.");
                return null;
            },
        };

    /// <summary>The variable that keeps the result, in a notebook.</summary>
    public static Option<string?> As()
    {
        var option = new Option<string?>(AsName)
        {
            Description =
                "Keep the result (a run, a comparison, a figure, an evaluation, a network, an angle table) in a C# variable of this name.",
            HelpName = "NAME",
            Recursive = true,
        };
        option.Validators.Add(result =>
        {
            var name = result.Tokens is [var token, ..] ? token.Value : "";
            if (!VariableName.IsPossible(name))
            {
                result.AddError($"--as {name} is not possible: a C# variable cannot have this name.");
            }
        });
        return option;
    }

    /// <summary>Rules with additions that comparisons often need.</summary>
    private static readonly string[] Baselines = ["bp+constraint", "bp+gain", "bp+constraint+gain", "ngait+gain", "gait+displacement"];

    private static string[]? Split(ArgumentResult result, bool variants)
    {
        var names = result
            .Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct()
            .ToArray();
        if (names.Length == 0)
        {
            result.AddError($"--rules is empty: choose from {string.Join(", ", RuleCatalog.Names)}.");
            return null;
        }

        if (variants)
        {
            var read = names.Select(n => Words.Variant(result, n)).ToArray();
            return read.Contains(null) ? null : [.. read.OfType<string>().Distinct()];
        }

        var unknown = names.FirstOrDefault(name => !RuleCatalog.Names.Contains(name));
        if (unknown is not null)
        {
            result.AddError(Suggestion.Unknown("rule", unknown, RuleCatalog.Names));
            return null;
        }

        return names;
    }
}
