using GaitProp.Ranks;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Data;

/// <summary>
/// Images that lie in shards on the disk. While the network computes, threads in the background read the next shard from its beginning to
/// its end, and copy the next batches as bytes into memory that is kept for them (and from there into pinned memory for CUDA, which copies
/// from it without a wait); bytes become normalised numbers where the network computes.
/// </summary>
internal sealed class ShardImages : TrainingImages
{
    /// <summary>Batches that are made ready ahead.</summary>
    private const int Ahead = 3;

    private readonly ImageSplit _split;
    private readonly ShardStore _store;
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly PixelNormalisation.Scale _scale;
    private readonly Queue<Ready> _ready = new();
    private readonly Stack<Tensor> _spare = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private ShardTurns? _turns;
    private int _turnsEpoch;

    public ShardImages(ImageSplit split, ScalarType dtype, Device device)
    {
        (_split, _store, _dtype, _device) = (split, split.Store!, dtype, device);
        _scale = split.Normalisation.On(dtype, device);
    }

    /// <inheritdoc/>
    public override int Count => _split.Count;

    /// <inheritdoc/>
    public override EpochOrder Ordered(int seed, int? buffer = null) =>
        new(
            generator =>
                tensor(ShuffleBuffer.Order(_store.Counts, Count, generator, buffer ?? ShuffleBuffer.Capacity), dtype: ScalarType.Int64),
            seed,
            CPU
        );

    /// <inheritdoc/>
    public override (Tensor Images, Tensor Labels) Batch(EpochOrder order, int epoch, long start, BatchShare share)
    {
        if (_ready.Count == 0 || _ready.Peek() is not { } head || (head.Epoch, head.Start, head.Length) != (epoch, start, share.Whole))
        {
            Forget();
        }

        // Ranks take an image here and there of every shard: to read all of it would be each rank's reading of the whole set.
        if (share.Ranks.IsAlone)
        {
            ReadAhead(order, epoch, start);
        }

        var next = _ready.Count == 0 ? start : _ready.Last().Start + _ready.Last().Length;
        while (_ready.Count <= Ahead && next < Count)
        {
            var size = Math.Min(share.Whole, Count - next);
            var mine = BatchShare.Of(share.Ranks, size);
            _ready.Enqueue(Begin(epoch, next, size, Taken(order, epoch, next + mine.From, mine.Computed)));
            next += size;
        }

        var ready = _ready.Dequeue();
        using var sent = ready.Filled.GetAwaiter().GetResult();
        _spare.Push(ready.Buffer);
        return Delivered(sent, ready.Images);
    }

    /// <inheritdoc/>
    public override (Tensor Images, Tensor Labels) Range(long start, long count)
    {
        var images = new long[count];
        for (var i = 0; i < count; i++)
        {
            images[i] = _split.First + start + i;
        }

        using var buffer = empty([count, _split.Channels, _split.Height, _split.Width], dtype: ScalarType.Byte);
        Fill(buffer, images, parallel: true);
        return Delivered(buffer, images);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _stop.Cancel();
        _reading.GetAwaiter().GetResult();
        _stop.Dispose();
        Forget();
        while (_spare.TryPop(out var buffer))
        {
            buffer.Dispose();
        }

        _scale.Dispose();
    }

    /// <summary>Has the shards that are due read, one after the other.</summary>
    private void ReadAhead(EpochOrder order, int epoch, long start)
    {
        if (_turns is null || _turnsEpoch != epoch)
        {
            (_turns, _turnsEpoch) = (new ShardTurns(_store.Counts, Taken(order, epoch, 0, Count)), epoch);
        }

        var token = _stop.Token;
        foreach (var shard in _turns.Due(start))
        {
            _reading = _reading.ContinueWith(
                _ => _store.ReadAhead(shard, token),
                CancellationToken.None,
                TaskContinuationOptions.None,
                TaskScheduler.Default
            );
        }
    }

    /// <summary>The numbers in the store of the images that an epoch takes.</summary>
    private long[] Taken(EpochOrder order, int epoch, long start, long length) =>
        Array.ConvertAll(order.Batch(epoch, start, length).data<long>().ToArray(), image => _split.First + image);

    private Ready Begin(int epoch, long start, long length, long[] images)
    {
        // The last batch of an epoch is short: it gets a buffer of the usual size, or makes one of its own that the next ones outgrow.
        Tensor? buffer = null;
        while (buffer is null && _spare.TryPop(out var spare))
        {
            buffer = spare.shape[0] >= images.Length ? spare : null;
            if (buffer is null)
            {
                spare.Dispose();
            }
        }

        buffer ??= NewBuffer(images.Length);
        return new Ready(epoch, start, length, images, buffer, Task.Run(() => Filled(buffer, images)));
    }

    private Tensor NewBuffer(long length)
    {
        using var scope = NewDisposeScope();
        return empty([length, _split.Channels, _split.Height, _split.Width], dtype: ScalarType.Byte).DetachFromDisposeScope();
    }

    /// <summary>The batch's bytes in memory that they can be sent from: on a CPU that of the buffer itself.</summary>
    private Tensor Filled(Tensor buffer, long[] images)
    {
        using var scope = NewDisposeScope();
        Fill(buffer, images, parallel: false);
        var bytes = buffer.narrow(0, 0, images.Length);
        return (_device.type == DeviceType.CPU ? bytes : bytes.pin_memory()).DetachFromDisposeScope();
    }

    /// <summary>Copies images into a buffer, which lies in main memory wherever the network computes.</summary>
    private void Fill(Tensor buffer, long[] images, bool parallel)
    {
        if (parallel)
        {
            Parallel.For(0, images.Length, Copy);
            return;
        }

        for (var i = 0; i < images.Length; i++)
        {
            Copy(i);
        }

        void Copy(int i)
        {
            using var place = buffer.select(0, i);
            _store.Image((int)images[i]).CopyTo(place.bytes);
        }
    }

    private (Tensor Images, Tensor Labels) Delivered(Tensor bytes, long[] images)
    {
        var labels = Sent(tensor(Array.ConvertAll(images, i => (long)_store.Labels[i]), dtype: ScalarType.Int64), _device);
        return (_scale.Apply_(bytes.to(_device, non_blocking: true).to(_dtype)), labels);
    }

    private void Forget()
    {
        while (_ready.TryDequeue(out var ready))
        {
            try
            {
                ready.Filled.GetAwaiter().GetResult().Dispose();
            }
            catch (System.Runtime.InteropServices.ExternalException)
            {
                // The device is lost, which whoever waited for the batch has been told. What failed has nothing to give back.
            }

            _spare.Push(ready.Buffer);
        }
    }

    private sealed record Ready(int Epoch, long Start, long Length, long[] Images, Tensor Buffer, Task<Tensor> Filled);
}
