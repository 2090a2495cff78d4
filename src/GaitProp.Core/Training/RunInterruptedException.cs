namespace GaitProp;

/// <summary>A run was stopped by its user. It has a checkpoint of its last step and can be resumed.</summary>
/// <param name="folder">The run's folder.</param>
/// <param name="step">Optimiser steps taken.</param>
/// <param name="cancellation">What asked it to stop.</param>
public sealed class RunInterruptedException(string folder, long step, CancellationToken cancellation)
    : OperationCanceledException(
        $"run {Path.GetFileName(folder)} was interrupted after step {step}; it has a checkpoint and can be resumed.",
        cancellation
    )
{
    /// <summary>The run's folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>Optimiser steps taken.</summary>
    public long Step { get; } = step;
}
