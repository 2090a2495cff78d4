using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>
/// The losses of a run's batches, kept where they were computed. What is not finite stays in their sum, so a look now and then finds a run
/// that diverged, and says at which step it did: three operations on single numbers a step, and no wait.
/// </summary>
internal sealed class BatchLosses : IDisposable
{
    private readonly Tensor _sum;
    private readonly Tensor _good;
    private long? _first;
    private Tensor? _last;
    private long _batch;

    /// <summary>Begins with none.</summary>
    /// <param name="device">Where losses are computed.</param>
    public BatchLosses(Device device)
    {
        _sum = zeros([], dtype: ScalarType.Float64, device: device).DetachFromDisposeScope();
        _good = zeros([], dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
    }

    /// <summary>Adds a batch's loss.</summary>
    /// <param name="step">The step, counted from 0; each follows the one before.</param>
    /// <param name="loss">The summed loss, a scalar; kept until the next one comes.</param>
    /// <param name="batch">Samples of the batch.</param>
    public void Add(long step, Tensor loss, long batch)
    {
        using var finite = _sum.add_(loss).lt(double.PositiveInfinity);
        _good.add_(finite);
        _last?.Dispose();
        (_first, _last, _batch) = (_first ?? step, loss.DetachFromDisposeScope(), batch);
    }

    /// <summary>Reads the loss of the last batch, a sample: that waits for the device.</summary>
    public double Last() => (_last?.Number() / _batch) ?? double.NaN;

    /// <summary>The first step whose loss was not finite; <see langword="null"/> if there was none. That waits for the device.</summary>
    public long? FirstBroken() => _first is not { } first || double.IsFinite(_sum.Number()) ? null : first + _good.Whole();

    /// <inheritdoc/>
    public void Dispose()
    {
        _sum.Dispose();
        _good.Dispose();
        _last?.Dispose();
    }
}
