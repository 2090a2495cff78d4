namespace GaitProp.Benchmarks.Measuring;

/// <summary>What was asked for on the command line.</summary>
internal sealed record BenchmarkSettings
{
    /// <summary>One short round of everything at a small size: shows that it runs, and no times.</summary>
    public bool Smoke { get; init; }

    /// <summary>How long all sections together may take, warm-up not counted.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(45);

    /// <summary>The sections that are wanted, by name or by whole parts of it up to a slash; all of them if there is none.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Words in the names of the ways that are left out.</summary>
    public IReadOnlyList<string> Without { get; init; } = [];

    /// <summary>The folder that pictures go to; none if <see langword="null"/>.</summary>
    public string? Pictures { get; init; }

    /// <summary>
    /// The folder with <c>ilsvrc-mini</c> and <c>cifar-10-batches-bin</c>; synthetic pictures where it lacks what is needed.
    /// </summary>
    public required string Data { get; init; }

    /// <summary>Whether a section is wanted.</summary>
    /// <param name="section">Its name, such as <c>steps/cifar-deep/256/2</c>.</param>
    public bool Wants(string section) =>
        Only.Count == 0
        || Only.Any(o => section.Equals(o, StringComparison.Ordinal) || section.StartsWith(o.TrimEnd('/') + '/', StringComparison.Ordinal));
}
