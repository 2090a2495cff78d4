namespace GaitProp;

/// <summary>
/// A run in a line: what its folder tells without its measurements being read. What damaged files do not tell is <see langword="null"/>.
/// </summary>
public sealed class RunSummary
{
    internal RunSummary() { }

    /// <summary>The run's folder, a full path.</summary>
    public string Folder { get; internal set; } = "";

    /// <summary>The folder's name.</summary>
    public string Name { get; internal set; } = "";

    /// <summary>The experiment's name; where <c>run.json</c> is damaged, the name of the folder above.</summary>
    public string Experiment { get; internal set; } = "";

    /// <summary>Where it stands.</summary>
    public RunState State { get; internal set; }

    /// <summary>What is wrong with its files, in one line; <see langword="null"/> if nothing is.</summary>
    public string? Problem { get; internal set; }

    /// <summary>Why it failed or diverged, in one line.</summary>
    public string? Error { get; internal set; }

    /// <summary>The rule's name.</summary>
    public string? Rule { get; internal set; }

    /// <summary>The preset that its settings come from.</summary>
    public string? Preset { get; internal set; }

    /// <summary>What fixes its weights and the order of its images.</summary>
    public int? Seed { get; internal set; }

    /// <summary>The hash of the resolved experiment and its data; runs that compute the same have the same.</summary>
    internal string? Identity { get; set; }

    /// <summary>When it began; where <c>run.json</c> is damaged, when its folder last changed.</summary>
    public DateTimeOffset Started { get; internal set; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? Ended { get; internal set; }

    /// <summary>Epochs measured; 0 before the first has ended.</summary>
    public int EpochsDone { get; internal set; }

    /// <summary>Epochs asked for.</summary>
    public int? Epochs { get; internal set; }

    /// <summary>Share of training images classified correctly after the last epoch measured, 0 to 1.</summary>
    public double? TrainAccuracy { get; internal set; }

    /// <summary>Share of test images classified correctly after the last epoch measured, 0 to 1.</summary>
    public double? TestAccuracy { get; internal set; }

    /// <summary>
    /// Mean update angle to BP at the last step measured, degrees; <see langword="null"/> where undefined, and for BP itself.
    /// </summary>
    public double? MeanAngle { get; internal set; }

    /// <summary>
    /// The name with that of the folder above before it, unique in a store: <c>cifar-shallow/ngait-s1-20261123-175612</c>.
    /// </summary>
    public string QualifiedName => RunStore.NameOf(Folder);

    /// <summary>Whether it is at its end; one that has lost its measurements is not.</summary>
    internal bool IsDone => State is RunState.Finished or RunState.Diverged && Problem is null;

    /// <summary>Whether a process is at work on it.</summary>
    internal bool IsAlive => State == RunState.Running;

    /// <summary>Adds up the files of the run's folder, bytes. Reads the folder on each call.</summary>
    /// <exception cref="GaitPropException">The folder is gone or cannot be read.</exception>
    public long Size()
    {
        try
        {
            return new DirectoryInfo(Folder)
                .EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
                .Sum(f => f.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"cannot read {Folder}: {OneLine.Of(e)}.", e);
        }
    }
}
