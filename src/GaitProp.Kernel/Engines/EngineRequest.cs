namespace GaitProp.Kernel.Engines;

/// <summary>What an engine is to be given.</summary>
internal sealed record EngineRequest
{
    /// <summary>The sweep's name.</summary>
    public required string Sweep { get; init; }

    /// <summary>A folder for what the engine gets and its tasks say, a full path.</summary>
    public required string Folder { get; init; }

    /// <summary>The words of the sweep, after <c>gaitprop</c>.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>
    /// The words of a task, after <c>gaitprop</c>: the sweep's, and that the engine says which run it is. A task that was given GPUs does
    /// not fall back to the CPU, unless the sweep names a device itself: without a GPU it fails.
    /// </summary>
    public IReadOnlyList<string> TaskWords =>
        [.. Words, .. Gpus > 0 && !Words.Contains("--device") ? (string[])["--device", "cuda"] : [], "--index", TaskIndex.Auto];

    /// <summary>How many runs the grid has.</summary>
    public required int Runs { get; init; }

    /// <summary>The numbers of those that are left to do, ascending.</summary>
    public required IReadOnlyList<int> Left { get; init; }

    /// <summary>Slurm's partition.</summary>
    public string? Partition { get; init; }

    /// <summary>GPUs of a task.</summary>
    public int? Gpus { get; init; }

    /// <summary>CPU cores of a task.</summary>
    public int? Cpus { get; init; }

    /// <summary>Memory of a task, in the engine's words: <c>16G</c>, <c>16Gi</c>.</summary>
    public string? Memory { get; init; }

    /// <summary>The time limit of a task.</summary>
    public TimeSpan? Time { get; init; }

    /// <summary>The most tasks at once.</summary>
    public int? MaxRunning { get; init; }

    /// <summary>The image of a container.</summary>
    public required string Image { get; init; }

    /// <summary>The volume claim of the store.</summary>
    public required string Volume { get; init; }
}
