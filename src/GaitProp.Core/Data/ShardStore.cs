using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace GaitProp.Data;

/// <summary>
/// One part of a prepared set, its shards mapped into memory: the system reads what is looked at, and keeps as much of it as fits. Open
/// until the process ends.
/// </summary>
internal sealed unsafe class ShardStore
{
    private readonly nint[] _pixels;
    private readonly int[] _starts;
    private long _bytesRead;

    /// <summary>Maps the shards of a part.</summary>
    /// <param name="folder">The folder of the set.</param>
    /// <param name="part">The part.</param>
    /// <param name="size">Side of the images, pixels.</param>
    /// <param name="classes">Classes of the set.</param>
    /// <exception cref="GaitPropException">A shard is missing or is not as long as it should be, or a label is none of the
    /// classes.</exception>
    public ShardStore(string folder, ShardedPart part, int size, int classes)
    {
        Folder = folder;
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
            CheckHeader(shard.PixelsFile(folder), ShardRecord.PixelsHeader(shard.Images, size));
            CheckHeader(shard.LabelsFile(folder), ShardRecord.LabelsHeader(shard.Images));
            var labels = Read(shard.LabelsFile(folder), File.ReadAllBytes).AsSpan(ShardRecord.HeaderBytes);
            for (var image = 0; image < shard.Images; image++)
            {
                var label = BinaryPrimitives.ReadInt64LittleEndian(labels[(8 * image)..]);
                Labels[_starts[i] + image] =
                    label >= 0 && label < classes
                        ? (int)label
                        : throw new GaitPropException(
                            $"{shard.LabelsFile(folder)} has the label {label}, but there are {classes} classes: prepare the set again."
                        );
            }

            var view = Read(
                shard.PixelsFile(folder),
                pixels =>
                {
                    using var file = MemoryMappedFile.CreateFromFile(pixels, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
                    return file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
                }
            );
            byte* pointer = null;
            view.AcquirePointer(ref pointer);
            _pixels[i] = (nint)(pointer + ShardRecord.HeaderBytes);
        }
    }

    /// <summary>The folder of the set.</summary>
    public string Folder { get; }

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

    /// <summary>Bytes of pixels that were asked for so far, one image or one shard after the other.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>The files that hold some images in a row, with their checksums.</summary>
    /// <param name="first">The first image.</param>
    /// <param name="images">How many.</param>
    public IEnumerable<(string File, string Sha256)> FilesOf(int first, int images) =>
        Shards
            .Where((_, i) => _starts[i] < first + images && _starts[i + 1] > first)
            .SelectMany(s => ((string, string)[])[(s.PixelsFile(Folder), s.PixelsSha256), (s.LabelsFile(Folder), s.LabelsSha256)]);

    /// <summary>
    /// Looks at a shard from its beginning on, so that the system reads it in one go and keeps it for when its images are taken.
    /// </summary>
    /// <param name="shard">Its place among the shards.</param>
    /// <param name="cancellation">Stops.</param>
    public void ReadAhead(int shard, CancellationToken cancellation)
    {
        Interlocked.Add(ref _bytesRead, (long)Shards[shard].Images * ValuesPerImage);

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
        Interlocked.Add(ref _bytesRead, ValuesPerImage);

        // An empty shard begins where the next one does: the last that begins here or before is the image's.
        var (low, high) = (0, _pixels.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _starts[middle] <= image ? (middle, high) : (low, middle - 1);
        }

        return new ReadOnlySpan<byte>((byte*)_pixels[low] + ((long)(image - _starts[low]) * ValuesPerImage), ValuesPerImage);
    }

    /// <summary>The header says type, order and shape: numbers of another type would be taken for pixels.</summary>
    private static void CheckHeader(string file, byte[] expected)
    {
        var header = Read(
            file,
            path =>
            {
                using var handle = File.OpenHandle(path);
                var bytes = new byte[ShardRecord.HeaderBytes];
                return bytes[..RandomAccess.Read(handle, bytes, 0)];
            }
        );
        if (!header.AsSpan().SequenceEqual(expected))
        {
            throw new GaitPropException(
                $"{file} has another header than a shard of this set ({Shown(header)} where {Shown(expected)} should be): delete it and prepare the set again, which writes this shard anew."
            );
        }
    }

    /// <summary>The text of a header for an error, whatever its bytes are.</summary>
    private static string Shown(byte[] header) =>
        header.Length <= 10 ? "no header" : Encoding.Latin1.GetString(header, 10, header.Length - 10).Trim();

    private static T Read<T>(string file, Func<string, T> read)
    {
        try
        {
            return read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"{file} cannot be read ({OneLine.Of(e)}): check its permissions, or prepare the set again.", e);
        }
    }
}
