namespace GaitProp.Runs.Export;

/// <summary>A row of an export: one value that was measured.</summary>
/// <param name="Run">The run's name.</param>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Rule">The rule's name.</param>
/// <param name="Preset">The preset's name.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Epoch">The epoch, from 1; 0 before training.</param>
/// <param name="Step">Steps taken; <see langword="null"/> for times.</param>
/// <param name="Metric">What was measured.</param>
/// <param name="Layer">The layer, from 1; <see langword="null"/> for the whole network.</param>
/// <param name="Value">The number; <see langword="null"/> where it is undefined.</param>
internal readonly record struct ExportRow(
    string Run,
    string Experiment,
    string Rule,
    string? Preset,
    int? Seed,
    int Epoch,
    long? Step,
    string Metric,
    int? Layer,
    double? Value
);
