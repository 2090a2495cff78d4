using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>What is chosen on the command line for an experiment; what is <see langword="null"/> stays as its file has it.</summary>
internal sealed record ExperimentChoices
{
    /// <summary>The preset: <c>paper</c>, <c>fast</c> or one of the file's (<see cref="ExperimentDocument.PresetNames"/>).</summary>
    public string? Preset { get; init; }

    /// <summary>Passes over the training images.</summary>
    public int? Epochs { get; init; }

    /// <summary>The seed; the file's first if <see langword="null"/>.</summary>
    public int? Seed { get; init; }

    /// <summary>
    /// Fields, each as <c>path.to.field=value</c> with the names of the file: <c>optimizer.lr=1e-4</c>,
    /// <c>rules.ngait.ruleOptions.eta=1e-6</c>. Later ones win.
    /// </summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The values that a sweep gives to fields, written as those of <see cref="Set"/>; they win.</summary>
    internal IReadOnlyList<string> Over { get; init; } = [];

    /// <summary>Fields that options of other names set; <see cref="Set"/> wins.</summary>
    internal IReadOnlyList<ExperimentLayer> Options { get; init; } = [];

    /// <summary><c>paper</c> or <c>fast</c>, whatever the chosen preset says that it is built on.</summary>
    internal string? BuiltOn { get; init; }

    /// <summary>What a rule has where no preset is chosen, in place of the file's preset.</summary>
    internal Func<string, Experiment>? Otherwise { get; init; }

    /// <summary>The numbers among them, as fields of the experiment.</summary>
    internal ExperimentLayer Numbers()
    {
        (string Name, int? Value)[] all = [("epochs", Epochs), ("seed", Seed)];
        return new(
            "",
            new JsonObject(all.Where(n => n.Value is not null).Select(n => KeyValuePair.Create<string, JsonNode?>(n.Name, n.Value)))
        );
    }
}
