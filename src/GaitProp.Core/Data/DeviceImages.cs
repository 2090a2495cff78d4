using System.Runtime.InteropServices;
using GaitProp.Ranks;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Data;

/// <summary>
/// Images as bytes where the network computes, or in main memory where they do not fit there; they become numbers a batch at a time.
/// </summary>
internal sealed class DeviceImages : TrainingImages
{
    private readonly Tensor _pixels;
    private readonly Tensor _labels;
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly PixelNormalisation.Scale _scale;

    public DeviceImages(ImageSplit split, ScalarType dtype, Device device)
    {
        using var scope = NewDisposeScope();
        var pixels = empty([split.Count, split.Channels, split.Height, split.Width], dtype: ScalarType.Byte);
        split.Pixels.Span.CopyTo(pixels.bytes);
        Home = device;
        try
        {
            pixels = pixels.to(device);
        }
        catch (ExternalException e) when (DeviceFailure.Of(e) is { IsMemory: true } && device.type != DeviceType.CPU)
        {
            Home = CPU;
        }

        _pixels = pixels.DetachFromDisposeScope();
        _labels = tensor(split.Labels.ToArray(), dtype: ScalarType.Byte).to(ScalarType.Int64).to(Home).DetachFromDisposeScope();
        _dtype = dtype;
        _device = device;
        _scale = split.Normalisation.On(dtype, device);
        Count = split.Count;
    }

    /// <summary>Where the images lie; indices must lie there too.</summary>
    public Device Home { get; }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <inheritdoc/>
    public override EpochOrder Ordered(int seed, int? buffer = null) =>
        new(
            generator =>
                buffer is { } capacity
                    ? tensor(ShuffleBuffer.Order([Count], Count, generator, capacity), dtype: ScalarType.Int64)
                    : randperm(Count, dtype: ScalarType.Int64, device: CPU, generator: generator),
            seed,
            Home
        );

    /// <inheritdoc/>
    public override (Tensor Images, Tensor Labels) Batch(EpochOrder order, int epoch, long start, BatchShare share)
    {
        var indices = order.Batch(epoch, start + share.From, share.Computed);
        return Scaled(_pixels.index_select(0, indices), _labels.index_select(0, indices));
    }

    /// <inheritdoc/>
    public override (Tensor Images, Tensor Labels) Range(long start, long count) =>
        Scaled(_pixels.narrow(0, start, count), _labels.narrow(0, start, count));

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _pixels.Dispose();
        _labels.Dispose();
        _scale.Dispose();
    }

    /// <summary>Bytes travel, and widen where they arrive.</summary>
    private (Tensor Images, Tensor Labels) Scaled(Tensor bytes, Tensor labels) =>
        (_scale.Apply_(Sent(bytes, _device).to(_dtype)), Sent(labels, _device));
}
