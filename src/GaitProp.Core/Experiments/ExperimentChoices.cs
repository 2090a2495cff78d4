namespace GaitProp.Experiments;

/// <summary>What is chosen on the command line for an experiment; what is <see langword="null"/> stays as its file has it.</summary>
public sealed record ExperimentChoices
{
    /// <summary>The preset: <c>paper</c> or <c>fast</c>.</summary>
    public string? Preset { get; init; }

    /// <summary>One of the file's profiles (<see cref="ExperimentDocument.Profiles"/>).</summary>
    public string? Profile { get; init; }

    /// <summary>Passes over the training images.</summary>
    public int? Epochs { get; init; }

    /// <summary>The seed; the file's first if <see langword="null"/>.</summary>
    public int? Seed { get; init; }

    /// <summary>The first so many training images are used.</summary>
    public int? TrainImages { get; init; }

    /// <summary>The first so many test images are used.</summary>
    public int? TestImages { get; init; }

    /// <summary>Steps from one measurement of update angles to the next.</summary>
    public int? AngleEvery { get; init; }

    /// <summary>Fields, each as <c>path.to.field=value</c> with the names of the file: <c>optimizer.lr=1e-4</c>, <c>rules.ngait.ruleOptions.eta=1e-6</c>. Later ones win.</summary>
    public IReadOnlyList<string> Set { get; init; } = [];

    /// <summary>The values that a sweep gives to fields, written as those of <see cref="Set"/>; they win.</summary>
    internal IReadOnlyList<string> Over { get; init; } = [];
}
