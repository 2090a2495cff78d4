using static TorchSharp.torch;

namespace GaitProp.Ranks;

/// <summary>
/// The samples of a batch that a rank computes. The batch is the experiment's; shares follow each other and differ by one sample at the
/// most. While a step is under way it is known on the step's thread, so that what looks at the whole batch, as a folded inverse does, adds
/// up over the ranks wherever it stands.
/// </summary>
/// <param name="Ranks">Who shares the batch.</param>
/// <param name="First">The first sample of the share, as a place in the batch.</param>
/// <param name="Length">Samples of the share; 0 for a rank that is left without one.</param>
/// <param name="Whole">Samples of the batch.</param>
internal sealed record BatchShare(RankGroup Ranks, long First, long Length, long Whole)
{
    [ThreadStatic]
    private static BatchShare? s_current;

    /// <summary>The share of the step that is under way on this thread; <see langword="null"/> where a batch is nobody else's.</summary>
    public static BatchShare? Current => s_current;

    /// <summary>
    /// Whether the rank is left without a sample. It then computes one of the batch for the sake of the shapes, and adds nothing to the
    /// sums.
    /// </summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The first sample that is computed.</summary>
    public long From => IsEmpty ? Math.Min(First, Whole - 1) : First;

    /// <summary>Samples that are computed, 1 or more.</summary>
    public long Computed => Math.Max(Length, 1);

    /// <summary>A rank's share of a batch.</summary>
    /// <param name="ranks">Who shares it.</param>
    /// <param name="whole">Its samples, 1 or more.</param>
    public static BatchShare Of(RankGroup ranks, long whole)
    {
        var first = whole * ranks.Rank / ranks.Count;
        return new(ranks, first, (whole * (ranks.Rank + 1) / ranks.Count) - first, whole);
    }

    /// <summary>The share that points belong to: samples, or equally many points of each. A batch that is nobody else's is whole.</summary>
    /// <param name="points">How many points are here.</param>
    /// <exception cref="InvalidOperationException">They are not equally many a sample.</exception>
    public static BatchShare At(long points)
    {
        if (s_current is not { } share)
        {
            return new(RankGroup.Alone, 0, points, points);
        }

        var (times, left) = Math.DivRem(points, share.Computed);
        return left != 0 ? throw new InvalidOperationException($"{points} points do not belong to {share.Computed} samples.")
            : times == 1 ? share
            : new(share.Ranks, share.First * times, share.Length * times, share.Whole * times);
    }

    /// <summary>Makes it known on this thread, where there are others, until it is disposed of.</summary>
    public IDisposable Use() => new Used(Ranks.IsAlone ? null : this);

    /// <summary>
    /// Until it is disposed of, what this thread computes is no part of a batch: the inverse of a matrix is every rank's own.
    /// </summary>
    public static IDisposable None() => new Used(null);

    /// <summary>Adds up what was summed over the share, in place: the sum over the batch.</summary>
    /// <param name="part">The sum over the samples that were computed; without gaps.</param>
    /// <returns>The same tensor.</returns>
    public Tensor Sum_(Tensor part)
    {
        BeginSum_(part)();
        return part;
    }

    /// <summary>Begins to.</summary>
    /// <param name="part">As in <see cref="Sum_"/>.</param>
    /// <returns>Waits until the sum is there.</returns>
    public Action BeginSum_(Tensor part)
    {
        if (IsEmpty)
        {
            part.zero_();
        }

        return Ranks.BeginSum_(part);
    }

    /// <summary>The columns of the points that are computed here, of a matrix with one for each of the batch.</summary>
    /// <param name="matrix"><c>[k, whole]</c>.</param>
    /// <param name="points">How many points are here.</param>
    public Tensor Columns(Tensor matrix, long points)
    {
        return points == Whole ? matrix : matrix.narrow(1, Math.Min(First, Whole - points), points);
    }

    private sealed class Used : IDisposable
    {
        private readonly BatchShare? _before = s_current;

        public Used(BatchShare? now) => s_current = now;

        public void Dispose() => s_current = _before;
    }
}
