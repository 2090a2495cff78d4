using GaitProp.Ranks;
using static TorchSharp.torch;

namespace GaitProp.Data;

/// <summary>The images of a split as training takes them: batches in the order of an epoch, and ranges to be measured on.</summary>
internal abstract class TrainingImages : IDisposable
{
    /// <summary>How many images there are.</summary>
    public abstract int Count { get; }

    /// <summary>The images of a split, from wherever they lie.</summary>
    /// <param name="split">The split.</param>
    /// <param name="dtype">Element type of a batch.</param>
    /// <param name="device">Where a batch is used.</param>
    public static TrainingImages Of(ImageSplit split, ScalarType dtype, Device device) =>
        split.Store is null ? new DeviceImages(split, dtype, device) : new ShardImages(split, dtype, device);

    /// <summary>The order of the epochs.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="buffer">Images in the buffer that they are shuffled in (<see cref="ShuffleBuffer"/>); what suits where they lie if
    /// <see langword="null"/>.</param>
    public abstract EpochOrder Ordered(int seed, int? buffer = null);

    /// <summary>A batch, or a rank's share of it, <c>[batch, channels, height, width]</c>, and its labels, <c>[batch]</c>.</summary>
    /// <param name="order">The order of the epochs, the same for all ranks.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="start">The batch's first place in the order.</param>
    /// <param name="share">Which of its images are computed here; the others are not read.</param>
    public abstract (Tensor Images, Tensor Labels) Batch(EpochOrder order, int epoch, long start, BatchShare share);

    /// <summary>A whole batch.</summary>
    /// <param name="order">The order of the epochs.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="start">The first place in the order.</param>
    /// <param name="length">How many.</param>
    public (Tensor Images, Tensor Labels) Batch(EpochOrder order, int epoch, long start, long length) =>
        Batch(order, epoch, start, BatchShare.Of(RankGroup.Alone, length));

    /// <summary>Images in their own order.</summary>
    /// <param name="start">The first.</param>
    /// <param name="count">How many.</param>
    public abstract (Tensor Images, Tensor Labels) Range(long start, long count);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// What was in main memory where it is used, without a wait: a copy to another device is made from pinned memory, which libtorch keeps
    /// until the copy is done although it is let go of here.
    /// </summary>
    /// <param name="values">Values in main memory, or where they are used already.</param>
    /// <param name="device">Where they are used.</param>
    public static Tensor Sent(Tensor values, Device device)
    {
        if (values.device_type == device.type)
        {
            return values;
        }

        using var pinned = values.pin_memory();
        return pinned.to(device, non_blocking: true);
    }

    /// <summary>Gives back what is held.</summary>
    protected abstract void Dispose(bool disposing);
}
