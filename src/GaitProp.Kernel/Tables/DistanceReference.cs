namespace GaitProp.Kernel.Tables;

/// <summary>
/// What the distances of a run's updates are to: the same rule's update without an approximation. The literal form inverts exactly: its
/// distances are to the displacement form of the same rule, those of others to the exact inverse.
/// </summary>
/// <param name="Word">A word for it.</param>
/// <param name="Name">What it is called in full.</param>
internal sealed record DistanceReference(string Word, string Name)
{
    /// <summary>That of a run.</summary>
    /// <param name="run">The run.</param>
    public static DistanceReference Of(RunRecord run) => Of(run.IsLiteral);

    /// <summary>That of a run under way.</summary>
    /// <param name="progress">Where it stands.</param>
    public static DistanceReference Of(TrainingProgress progress) => Of(progress.IsLiteral);

    private static DistanceReference Of(bool isLiteral) =>
        isLiteral ? new("displacement", "displacement form") : new("exact", "exact inverse");
}
