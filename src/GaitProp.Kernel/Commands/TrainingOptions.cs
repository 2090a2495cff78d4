using System.CommandLine;
using GaitProp.Experiments;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary>The options of verbs that train experiments.</summary>
internal sealed class TrainingOptions
{
    private readonly Option<string?> _preset = SharedOptions.Preset(
        "How it is computed and how much a run takes: paper, fast, or one of the experiment's, such as smoke, quick or authors. Default: the experiment's."
    );
    private readonly Option<int?> _epochs = SharedOptions.Number(
        "--epochs",
        "Passes over the training images. Default: the experiment's.",
        least: 1
    );
    private readonly Option<string[]> _set = Set();
    private readonly Option<bool> _tf32 = SharedOptions.Tf32("Same as --set tf32=true; recorded in run.json.");
    private readonly Option<string?> _data = SharedOptions.Data();
    private readonly Option<string> _runs = SharedOptions.Runs();

    /// <summary>The experiment, by name or file.</summary>
    public Argument<string> Experiment { get; } =
        new("EXPERIMENT")
        {
            Description = $"The experiment: {string.Join(", ", ExperimentDocument.BuiltIn)}, or a .json file.",
            HelpName = "EXPERIMENT",
        };

    /// <summary>The folder of the runs.</summary>
    public Option<string> Runs => _runs;

    /// <summary>How the run is carried out; nothing of it changes what is computed.</summary>
    public ExecutionOptions Execution { get; } = new();

    /// <summary>Fields of the experiment.</summary>
    public static Option<string[]> Set() =>
        new("--set")
        {
            Description =
                "Sets any field of the experiment, such as optimizer.lr=1e-4, network=\"dense 64, dense 10\" or rules.ngait.ruleOptions.eta=1e-6. Can be given again.",
            HelpName = "FIELD=VALUE",
            AllowMultipleArgumentsPerToken = false,
        };

    /// <summary>Adds argument and options to a verb.</summary>
    public void AddTo(Command command)
    {
        _preset.CompletionSources.Add(completion => PresetsOf(completion.ParseResult.GetValue(Experiment)));
        Experiment.CompletionSources.Add([.. ExperimentDocument.BuiltIn]);
        command.Arguments.Add(Experiment);
        foreach (var option in (Option[])[_preset, _epochs, _set, _tf32, _data, _runs])
        {
            command.Options.Add(option);
        }

        Execution.AddTo(command);
    }

    /// <summary>The presets of an experiment; those that every one has if it cannot be opened.</summary>
    private static IEnumerable<string> PresetsOf(string? experiment)
    {
        try
        {
            return experiment is null ? Presets.Names : ExperimentDocument.Open(experiment).PresetNames;
        }
        catch (GaitPropException)
        {
            return Presets.Names;
        }
    }

    /// <summary>What was chosen.</summary>
    public TrainingRequest Read(ParseResult parsed) =>
        new(
            ExperimentDocument.Open(parsed.GetValue(Experiment)!),
            new ExperimentChoices
            {
                Preset = parsed.GetValue(_preset),
                Epochs = parsed.GetValue(_epochs),
                Set = [.. parsed.GetValue(_set) ?? [], .. parsed.GetValue(_tf32) ? (string[])["tf32=true"] : []],
            },
            parsed.GetValue(_data),
            parsed.GetValue(_runs)!,
            Execution.Read(parsed)
        );

    /// <summary>The words that say the same to another process, apart from rules and seeds.</summary>
    public IEnumerable<string> WordsOf(ParseResult parsed)
    {
        yield return parsed.GetValue(Experiment)!;
        foreach (var option in (Option[])[_preset, _epochs, _set, _tf32, _data, _runs, .. Execution.All])
        {
            if (parsed.GetResult(option) is not { Implicit: false } given)
            {
                continue;
            }

            if (given.Tokens.Count == 0)
            {
                yield return option.Name;
            }

            foreach (var token in given.Tokens)
            {
                yield return option.Name;
                yield return token.Value;
            }
        }
    }
}

/// <summary>What a verb that trains was asked for.</summary>
/// <param name="Document">The experiment.</param>
/// <param name="Choices">What differs from it.</param>
/// <param name="Data">Where the images are, if that was said.</param>
/// <param name="Runs">The folder of all runs.</param>
/// <param name="Execution">How runs are carried out.</param>
internal sealed record TrainingRequest(
    ExperimentDocument Document,
    ExperimentChoices Choices,
    string? Data,
    string Runs,
    Execution Execution
);

/// <summary>How runs are carried out.</summary>
/// <param name="Device">Where to compute; <see langword="null"/> if that was not said.</param>
/// <param name="CheckpointEvery">The longest without a checkpoint.</param>
/// <param name="TensorBoard">Whether event files are written.</param>
/// <param name="KeepEvery">Epochs from one checkpoint that stays to the next; <see langword="null"/> if that was not said.</param>
internal sealed record Execution(string? Device, TimeSpan CheckpointEvery, bool TensorBoard, int? KeepEvery)
{
    /// <summary>The device.</summary>
    public torch.Device OnDevice() => ComputeDevice.Of(Device);
}

/// <summary>The options that say how runs are carried out.</summary>
/// <param name="forResuming">Whether a run is taken up, which has a number of threads already.</param>
internal sealed class ExecutionOptions(bool forResuming = false)
{
    private readonly Option<string?> _device = SharedOptions.Device();
    private readonly Option<int?> _threads = SharedOptions.Number(
        "--threads",
        "Threads of a run. Default: one per core. Runs repeat to the byte only with the same number, since sums round differently with another.",
        least: 1
    );
    private readonly Option<int?> _every = SharedOptions.Number(
        "--checkpoint-every",
        "Seconds between checkpoints. Default: 60.",
        least: 1
    );
    private readonly Option<int?> _keep = SharedOptions.Number(
        "--keep-every",
        "Keep a checkpoint every N epochs, such as every 10; each takes three times the weights. Default: "
            + (forResuming ? "as the run was begun." : "the last two checkpoints alone."),
        least: 1
    );
    private readonly Option<bool> _tensorBoard = new("--tensorboard")
    {
        Description = "Write TensorBoard event files into the run's folder.",
    };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All =>
        forResuming ? [_device, _every, _keep, _tensorBoard] : [_device, _threads, _every, _keep, _tensorBoard];

    /// <summary>The number of threads, if that was said.</summary>
    public int? Threads(ParseResult parsed) => parsed.GetValue(_threads);

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was chosen; the number of threads takes effect at once.</summary>
    public Execution Read(ParseResult parsed)
    {
        LibTorch.Load();
        if (!forResuming && parsed.GetValue(_threads) is { } threads)
        {
            torch.set_num_threads(threads);
        }

        return new Execution(
            parsed.GetValue(_device),
            TimeSpan.FromSeconds(parsed.GetValue(_every) ?? 60),
            parsed.GetValue(_tensorBoard),
            parsed.GetValue(_keep)
        );
    }
}
