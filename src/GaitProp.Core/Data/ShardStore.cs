using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace GaitProp.Data;

/// <summary>
/// One part of a prepared set, its shards mapped into memory: the system reads what is looked at, and keeps as much of it as fits. Open until the
/// process ends.
/// </summary>
internal sealed unsafe class ShardStore
{
    private readonly nint[] _pixels;
    private readonly int[] _starts;

    /// <summary>Maps the shards of a part.</summary>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="part">The part.</param>
    /// <param name="size">Side of the images, pixels.</param>
    /// <param name="classes">Classes of the set.</param>
    /// <exception cref="GaitPropException">A shard is missing or is not as long as it should be, or a label is none of the classes.</exception>
    public ShardStore(string folder, ShardedPart part, int size, int classes)
    {
        Size = size;
        Shards = part.Shards;
        _pixels = new nint[part.Shards.Count];
        _starts = new int[part.Shards.Count + 1];
        Labels = new int[part.Shards.Sum(s => s.Images)];
        foreach (var (i, shard) in part.Shards.Index())
        {
            if (shard.Misfit(folder, size) is { } misfit)
            {
                throw new GaitPropException($"{misfit}: prepare the set again, which writes this shard anew.");
            }

            _starts[i + 1] = _starts[i] + shard.Images;
            var labels = File.ReadAllBytes(shard.LabelsFile(folder)).AsSpan(NpyHeader.Length);
            for (var image = 0; image < shard.Images; image++)
            {
                var label = BinaryPrimitives.ReadInt64LittleEndian(labels[(8 * image)..]);
                Labels[_starts[i] + image] = label >= 0 && label < classes
                    ? (int)label
                    : throw new GaitPropException($"{shard.LabelsFile(folder)} has the label {label}, but there are {classes} classes: prepare the set again.");
            }

            using var file = MemoryMappedFile.CreateFromFile(shard.PixelsFile(folder), FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
            byte* pointer = null;
            view.AcquirePointer(ref pointer);
            _pixels[i] = (nint)(pointer + NpyHeader.Length);
        }
    }

    /// <summary>Side of the images, pixels.</summary>
    public int Size { get; }

    /// <summary>The shards in order.</summary>
    public IReadOnlyList<ShardRecord> Shards { get; }

    /// <summary>Class numbers of all images.</summary>
    public int[] Labels { get; }

    /// <summary>Images of each shard.</summary>
    public IReadOnlyList<int> Counts => [.. Shards.Select(s => s.Images)];

    /// <summary>Bytes of an image.</summary>
    public int ValuesPerImage => 3 * Size * Size;

    /// <summary>Looks at a shard from its beginning on, so that the system reads it in one go and keeps it for when its images are taken.</summary>
    /// <param name="shard">Its place among the shards.</param>
    /// <param name="cancellation">Stops.</param>
    public void ReadAhead(int shard, CancellationToken cancellation)
    {
        // A look at every page is enough, and copies nothing.
        var pixels = (byte*)_pixels[shard];
        var (length, seen) = ((long)Shards[shard].Images * ValuesPerImage, 0);
        for (var place = 0L; place < length && !cancellation.IsCancellationRequested; place += Environment.SystemPageSize)
        {
            seen += Volatile.Read(ref pixels[place]);
        }

        GC.KeepAlive(seen);
    }

    /// <summary>The pixels of an image, <c>[3, size, size]</c>, where they lie.</summary>
    /// <param name="image">Its number, from the first of the first shard.</param>
    public ReadOnlySpan<byte> Image(int image)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(image);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(image, Labels.Length);

        // An empty shard begins where the next one does: the last that begins here or before is the image's.
        var (low, high) = (0, _pixels.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _starts[middle] <= image ? (middle, high) : (low, middle - 1);
        }

        return new ReadOnlySpan<byte>((byte*)_pixels[low] + ((long)(image - _starts[low]) * ValuesPerImage), ValuesPerImage);
    }
}
