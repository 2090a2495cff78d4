using System.Buffers.Binary;
using GaitProp.Storage;
using NetVips;

namespace GaitProp.Data.Preparation;

/// <summary>A shard as it was written.</summary>
internal sealed record WrittenShard(ShardRecord Shard, IReadOnlyList<UnreadableImage> Unreadable);

/// <summary>Writes shards: decodes side by side, writes in order, so that the bytes depend on the images alone.</summary>
/// <param name="folder">Where the shards go.</param>
/// <param name="size">Side of the images, pixels.</param>
/// <param name="threads">Images decoded at a time.</param>
/// <param name="decoded">Told how many more images were read, after every few.</param>
/// <param name="decoder">Decodes photos to that size.</param>
internal sealed class ShardWriter(string folder, int size, int threads, Action<int> decoded, PhotoDecoder decoder)
{
    /// <summary>Writes a shard, whole or not at all.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="images">Its images in order; those that cannot be read are left out and named.</param>
    /// <param name="cancellation">Stops; the shard is then not there.</param>
    public WrittenShard Write(string name, IReadOnlyList<SourceImage> images, CancellationToken cancellation)
    {
        var planned = new ShardRecord(name, images.Count, "", "");
        var (pixels, labels) = (planned.PixelsFile(folder), planned.LabelsFile(folder));
        var kept = new List<long>(images.Count);
        var unreadable = new List<UnreadableImage>();
        using var fileOfPixels = Begun(pixels);
        using var fileOfLabels = Begun(labels);

        // Its header is known when all photos are read.
        fileOfPixels.Stream.Write(new byte[ShardRecord.HeaderBytes]);
        var chunk = Math.Max(16, 8 * threads);
        for (var start = 0; start < images.Count; start += chunk)
        {
            var results = new (byte[]? Pixels, string? Reason)[Math.Min(chunk, images.Count - start)];
            Parallel.For(
                0,
                results.Length,
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation },
                i => results[i] = Decode(images[start + i])
            );
            foreach (var (i, (bytes, reason)) in results.Index())
            {
                var image = images[start + i];
                if (bytes is null)
                {
                    unreadable.Add(new UnreadableImage(image.Name, reason!));
                    continue;
                }

                fileOfPixels.Stream.Write(bytes);
                kept.Add(image.Label);
            }

            decoded(results.Length);
        }

        fileOfPixels.Stream.Position = 0;
        fileOfPixels.Stream.Write(ShardRecord.PixelsHeader(kept.Count, size));
        fileOfLabels.Stream.Write(ShardRecord.LabelsHeader(kept.Count));
        var bytesOfLabel = new byte[8];
        foreach (var label in kept)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytesOfLabel, label);
            fileOfLabels.Stream.Write(bytesOfLabel);
        }

        fileOfLabels.Complete();
        fileOfPixels.Commit();
        fileOfLabels.Commit();
        return new WrittenShard(new ShardRecord(name, kept.Count, ShardRecord.Sha256(pixels), ShardRecord.Sha256(labels)), unreadable);
    }

    /// <summary>A file under the name that it has while it is not whole: what a writer that was killed has left is overwritten.</summary>
    private static AtomicFile Begun(string file) => new(file, file + ".part");

    private (byte[]? Pixels, string? Reason) Decode(SourceImage image)
    {
        if (image.Length > PhotoDecoder.MostBytes)
        {
            return (null, $"the file has {ByteCount.Exact(image.Length)}, more than {ByteCount.Digits(PhotoDecoder.MostBytes)}");
        }

        // A disk that fails stops the work; an image that is no image is counted.
        var bytes = image.Read();
        try
        {
            return (decoder.Decode(bytes), null);
        }
        catch (VipsException e)
        {
            return (null, PhotoDecoder.Reason(e));
        }
    }
}
