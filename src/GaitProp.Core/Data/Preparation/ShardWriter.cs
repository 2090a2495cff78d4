using System.Buffers.Binary;
using System.Security.Cryptography;
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
        using (var stream = new FileStream(Part(pixels), FileMode.Create, FileAccess.ReadWrite))
        {
            stream.Write(new byte[NpyHeader.Length]);
            var chunk = Math.Max(16, 8 * threads);
            for (var start = 0; start < images.Count; start += chunk)
            {
                var results = new (byte[]? Pixels, string? Reason)[Math.Min(chunk, images.Count - start)];
                Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, i => results[i] = Decode(images[start + i]));
                foreach (var (i, (bytes, reason)) in results.Index())
                {
                    var image = images[start + i];
                    if (bytes is null)
                    {
                        unreadable.Add(new UnreadableImage(image.Name, reason!));
                        continue;
                    }

                    stream.Write(bytes);
                    kept.Add(image.Label);
                }

                decoded(results.Length);
            }

            stream.Position = 0;
            stream.Write(NpyHeader.Of("|u1", kept.Count, 3, size, size));
            stream.Flush(flushToDisk: true);
        }

        var bytesOfLabels = new byte[8 * kept.Count];
        foreach (var (i, label) in kept.Index())
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytesOfLabels.AsSpan(8 * i), label);
        }

        using (var stream = new FileStream(Part(labels), FileMode.Create, FileAccess.Write))
        {
            stream.Write(NpyHeader.Of("<i8", kept.Count));
            stream.Write(bytesOfLabels);
            stream.Flush(flushToDisk: true);
        }

        File.Move(Part(pixels), pixels, overwrite: true);
        File.Move(Part(labels), labels, overwrite: true);
        return new WrittenShard(new ShardRecord(name, kept.Count, Sha256(pixels), Sha256(labels)), unreadable);
    }

    /// <summary>The checksum of a file.</summary>
    public static string Sha256(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The name of a file that is not whole.</summary>
    private static string Part(string file) => file + ".part";

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
