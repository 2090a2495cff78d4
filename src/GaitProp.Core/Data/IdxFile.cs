using System.Buffers.Binary;
using System.IO.Compression;

namespace GaitProp.Data;

/// <summary>
/// A file of the IDX format that MNIST came with: two zero bytes, the element type (8 for bytes), the number of dimensions, each dimension
/// as a big-endian int32, and the elements, the last dimension fastest. It may be compressed by gzip. What it claims is held against what
/// is there before memory is taken for it.
/// </summary>
/// <param name="Shape">The dimensions.</param>
/// <param name="Values">The elements.</param>
internal sealed record IdxFile(IReadOnlyList<int> Shape, byte[] Values)
{
    private const byte Bytes = 8;

    /// <summary>The most that a byte of gzip unpacks to.</summary>
    private const int MostByGzip = 1032;

    private const int FirstBlock = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file; its name ends in <c>.gz</c> if it is compressed.</param>
    /// <param name="shape">The dimensions that it must have; 0 for one that may be any from 1 up.</param>
    /// <param name="cure">What to do about a damaged one.</param>
    /// <exception cref="GaitPropException">It is not there, no such file, of other dimensions, truncated or too long.</exception>
    public static IdxFile Read(string path, IReadOnlyList<int> shape, string cure)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            var compressed = path.EndsWith(".gz", StringComparison.Ordinal);
            using var stream = compressed ? new GZipStream(file, CompressionMode.Decompress) : (Stream)file;
            return Read(
                stream,
                shape,
                compressed ? file.Length * MostByGzip : file.Length,
                problem => new GaitPropException($"{path} {problem}; {cure}.")
            );
        }
        catch (InvalidDataException e)
        {
            throw new GaitPropException(
                $"{path} cannot be unpacked ({OneLine.Of(e)}): it is truncated, damaged, or no gzip file; {cure}.",
                e
            );
        }
        catch (FileNotFoundException e)
        {
            throw new GaitPropException($"{path} is missing: {cure}.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"{path} cannot be read ({OneLine.Of(e)}): check its permissions and the disk, or {cure}.", e);
        }
    }

    private static IdxFile Read(Stream stream, IReadOnlyList<int> expected, long most, Func<string, GaitPropException> error)
    {
        var head = new byte[4 + (4 * expected.Count)];
        var there = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (there >= 4 && (head[0], head[1], head[2], head[3]) != (0, 0, Bytes, expected.Count))
        {
            throw error(
                $"begins with {Convert.ToHexStringLower(head[..4])}, not 000008{expected.Count:x2}: it is no IDX file of bytes in {Count(expected.Count, "dimension")}"
            );
        }

        if (there < head.Length)
        {
            throw error($"has {ByteCount.Exact(there)}, which is not even a head: it is truncated");
        }

        var shape = Enumerable.Range(1, expected.Count).Select(d => BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4 * d))).ToArray();
        if (shape.Zip(expected).Any(d => d.Second == 0 ? d.First < 1 : d.First != d.Second))
        {
            throw error(
                $"is {string.Join(" x ", shape)}, not {string.Join(" x ", expected.Select(d => d == 0 ? "N" : $"{d}"))}: it is damaged or another set's"
            );
        }

        // No dimension is known to be small: the product is taken where it cannot wrap.
        var length = shape.Aggregate((Int128)1, (product, d) => product * d);
        if (head.Length + length > most || length > Array.MaxLength)
        {
            throw error($"claims {string.Join(" x ", shape)} bytes, more than there are: it is truncated or damaged");
        }

        return new IdxFile(shape, Elements(stream, (int)length, error));
    }

    /// <summary>The elements. Memory grows with what arrives, not with what is claimed.</summary>
    private static byte[] Elements(Stream stream, int length, Func<string, GaitPropException> error)
    {
        var values = new byte[Math.Min(length, FirstBlock)];
        for (var done = 0; ; )
        {
            done += stream.ReadAtLeast(values.AsSpan(done), values.Length - done, throwOnEndOfStream: false);
            if (done < values.Length)
            {
                throw error($"has {ByteCount.Digits(done)} of {ByteCount.Exact(length)} after its head: it is truncated");
            }

            if (done == length)
            {
                return stream.ReadByte() < 0
                    ? values
                    : throw error($"has more than {ByteCount.Exact(length)} after its head: it is too long");
            }

            Array.Resize(ref values, (int)Math.Min(length, 2L * done));
        }
    }
}
