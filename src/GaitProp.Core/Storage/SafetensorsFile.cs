using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace GaitProp.Storage;

/// <summary>
/// Tensors by name in a safetensors file: 8 bytes with the length of the header (little-endian), the header (JSON: element type, shape and
/// place of each tensor, and texts under <c>__metadata__</c>), then the tensors' bytes. Any reader of the format takes these files.
/// </summary>
/// <remarks>
/// Beyond the format, <c>__metadata__</c> holds <c>sha256</c>: the hash of the whole file with the 64 digits of the hash itself written as
/// zeros.
/// </remarks>
internal static class SafetensorsFile
{
    private const string Metadata = "__metadata__";
    private const string Hash = "sha256";
    private const int LengthBytes = 8;

    /// <summary>The longest header that is read; the format's own readers have the same limit.</summary>
    private const long LongestHeader = 100_000_000;

    /// <summary>Elements that are read or written at once.</summary>
    private const int BlockLength = 1 << 20;

    /// <summary>The most dimensions that a tensor has.</summary>
    private const int MostSides = 64;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private static readonly string NoHash = new('0', 64);

    /// <summary>The element types, their names, and how many bytes an element has.</summary>
    private static readonly (ScalarType Type, string Name, int Bytes)[] Types =
    [
        (ScalarType.Float64, "F64", 8),
        (ScalarType.Float32, "F32", 4),
        (ScalarType.Float16, "F16", 2),
        (ScalarType.BFloat16, "BF16", 2),
        (ScalarType.Int64, "I64", 8),
        (ScalarType.Int32, "I32", 4),
        (ScalarType.Int16, "I16", 2),
        (ScalarType.Int8, "I8", 1),
        (ScalarType.Byte, "U8", 1),
        (ScalarType.Bool, "BOOL", 1),
    ];

    /// <summary>Writes a file whole or not at all: to a temporary name beside it, flushed to the disk, then renamed.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="tensors">Tensors by name, on any device.</param>
    /// <param name="metadata">Texts by name.</param>
    /// <exception cref="GaitPropException">The file cannot be written, or a tensor has an element type that the format lacks.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        // Wide elements first, so that every tensor lies on a multiple of its element's size.
        var order = tensors.OrderByDescending(t => t.Value.element_size()).ThenBy(t => t.Key, StringComparer.Ordinal).ToArray();
        var start = Start(order, metadata, path);
        AtomicFile.Write(
            path,
            stream =>
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                Put(start);
                foreach (var (_, tensor) in order)
                {
                    using var scope = NewDisposeScope();
                    EachBlock(tensor.cpu().contiguous(), block => Put(block));
                }

                stream.Position = Place(start) ?? throw new InvalidOperationException("The header has no room for its hash.");
                stream.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash.GetHashAndReset())));

                void Put(ReadOnlySpan<byte> bytes)
                {
                    hash.AppendData(bytes);
                    stream.Write(bytes);
                }
            }
        );
    }

    /// <summary>Reads a file and, where it holds a hash, compares it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The tensors, on the CPU and of no dispose scope (the caller disposes them), and the texts without the hash.</returns>
    /// <exception cref="GaitPropException">The file is missing, is not of the format, or was damaged; one line says which.</exception>
    public static SafetensorsContent Read(string path) => Opened(path, stream => Read(path, stream));

    /// <summary>Reads the texts of a file alone; its tensors are not looked at.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="GaitPropException">The file is missing, is not of the format, or was damaged; one line says which.</exception>
    public static IReadOnlyDictionary<string, string> ReadTexts(string path) =>
        Opened(path, stream => Header(path, ReadStart(path, stream)).Metadata);

    private static T Opened<T>(string path, Func<FileStream, T> read)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return read(stream);
        }
        catch (EndOfStreamException)
        {
            throw Damaged(path, "it ends too early");
        }
        catch (UnauthorizedAccessException e)
        {
            throw new GaitPropException($"cannot read {path}: permission denied; read it as the user who wrote it.", e);
        }
        catch (IOException e)
        {
            throw new GaitPropException($"cannot read {path}: {e.Message}", e);
        }
    }

    private static SafetensorsContent Read(string path, FileStream stream)
    {
        var start = ReadStart(path, stream);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var place = Place(start);
        var expected = place is { } at ? Encoding.ASCII.GetString(start, at, NoHash.Length) : null;
        if (place is { } zeros)
        {
            Encoding.ASCII.GetBytes(NoHash).CopyTo(start, zeros);
        }

        hash.AppendData(start);
        var (entries, metadata) = Header(path, start);
        metadata.Remove(Hash);
        var tensors = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        try
        {
            var next = 0L;
            foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
            {
                if (entry.Begin != next || entry.End > stream.Length - start.Length)
                {
                    throw Damaged(path, $"tensor {entry.Name} lies at bytes {entry.Begin} to {entry.End}, where the file has none for it");
                }

                next = entry.End;
                using var scope = NewDisposeScope();
                var tensor = Empty(path, entry);
                tensors.Add(entry.Name, tensor.DetachFromDisposeScope());
                EachBlock(
                    tensor,
                    block =>
                    {
                        stream.ReadExactly(block);
                        hash.AppendData(block);
                    }
                );
            }

            if (start.Length + next != stream.Length)
            {
                throw Damaged(path, $"{stream.Length - start.Length - next} bytes follow the last tensor");
            }

            if (expected is not null && expected != Convert.ToHexStringLower(hash.GetHashAndReset()))
            {
                throw Damaged(path, "its bytes do not give its checksum");
            }

            return new SafetensorsContent(tensors, metadata, IsVerified: expected is not null);
        }
        catch
        {
            foreach (var tensor in tensors.Values)
            {
                tensor.Dispose();
            }

            throw;
        }
    }

    /// <summary>A tensor of the file's size, which libtorch may have no memory for.</summary>
    private static Tensor Empty(string path, Entry entry)
    {
        try
        {
            return empty(entry.Shape, entry.Type, CPU);
        }
        catch (ExternalException e)
        {
            throw new GaitPropException(
                $"{path}: tensor {entry.Name} cannot be made ({e.Message.Split('\n')[0]}): its {entry.End - entry.Begin} bytes need memory that is free.",
                e
            );
        }
    }

    /// <summary>The length and the header, padded with blanks to a multiple of eight bytes; the hash is still zeros.</summary>
    private static byte[] Start(KeyValuePair<string, Tensor>[] tensors, IReadOnlyDictionary<string, string> metadata, string path)
    {
        // The hash comes first, so that its place is known whatever the other texts are.
        var texts = new JsonObject { [Hash] = NoHash };
        foreach (var (name, text) in metadata)
        {
            texts[name] = text;
        }

        var header = new JsonObject { [Metadata] = texts };
        var place = 0L;
        foreach (var (name, tensor) in tensors)
        {
            var type =
                Types.FirstOrDefault(t => t.Type == tensor.dtype).Name
                ?? throw new GaitPropException(
                    $"cannot write {path}: safetensors has no element type for {name}, which is {tensor.dtype}."
                );
            var bytes = tensor.numel() * tensor.element_size();
            header[name] = new JsonObject
            {
                ["dtype"] = type,
                ["shape"] = new JsonArray([.. tensor.shape.Select(n => (JsonNode)n)]),
                ["data_offsets"] = new JsonArray(place, place + bytes),
            };
            place += bytes;
        }

        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        var start = new byte[LengthBytes + ((json.Length + LengthBytes - 1) / LengthBytes * LengthBytes)];
        BinaryPrimitives.WriteInt64LittleEndian(start, start.Length - LengthBytes);
        start.AsSpan(LengthBytes).Fill((byte)' ');
        json.CopyTo(start, LengthBytes);
        return start;
    }

    /// <summary>Where the digits of the hash are, if the file has one where <see cref="Write"/> puts it.</summary>
    private static int? Place(byte[] start)
    {
        var before = Encoding.ASCII.GetBytes($"{{\"{Metadata}\":{{\"{Hash}\":\"");
        return start.AsSpan(LengthBytes).StartsWith(before) && start.Length >= LengthBytes + before.Length + NoHash.Length
            ? LengthBytes + before.Length
            : null;
    }

    private static byte[] ReadStart(string path, FileStream stream)
    {
        var length = new byte[LengthBytes];
        var read = stream.ReadAtLeast(length, LengthBytes, throwOnEndOfStream: false);
        var header = read == LengthBytes ? BinaryPrimitives.ReadInt64LittleEndian(length) : -1;
        if (header is < 2 or > LongestHeader || LengthBytes + header > stream.Length)
        {
            throw Damaged(path, $"it has {stream.Length} bytes and no header that fits into them");
        }

        var start = new byte[LengthBytes + header];
        length.CopyTo(start, 0);
        stream.ReadExactly(start.AsSpan(LengthBytes));
        return start;
    }

    /// <summary>
    /// The tensors and texts of a header. What the format does not know is refused: a member that stands there twice, or is of another
    /// kind.
    /// </summary>
    private static (List<Entry> Entries, Dictionary<string, string> Metadata) Header(string path, byte[] start)
    {
        try
        {
            using var document = JsonDocument.Parse(start.AsMemory(LengthBytes), Strict);
            var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
            var entries = new List<Entry>();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.NameEquals(Metadata))
                {
                    foreach (var text in member.Value.EnumerateObject())
                    {
                        metadata.Add(text.Name, text.Value.GetString() ?? throw new FormatException($"the text '{text.Name}' is null"));
                    }
                }
                else
                {
                    entries.Add(Entry.Of(path, member.Name, member.Value));
                }
            }

            return (entries, metadata);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            // Bytes that are no text, members that stand there twice, and values of another kind are each another type's exception.
            throw Damaged(path, $"its header cannot be read: {OneLine.Of(e)}");
        }
    }

    private static GaitPropException Damaged(string path, string cause) => new($"{path} is damaged: {cause}.");

    /// <summary>Hands over the memory of a contiguous CPU tensor, a block at a time.</summary>
    internal static void EachBlock(Tensor tensor, BlockAction action)
    {
        using var scope = NewDisposeScope();
        var elements = tensor.view(-1);
        for (var at = 0L; at < tensor.numel(); at += BlockLength)
        {
            using var block = elements.narrow(0, at, Math.Min(BlockLength, tensor.numel() - at));
            action(block.bytes);
        }
    }

    internal delegate void BlockAction(Span<byte> block);

    private sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End)
    {
        public static Entry Of(string path, string name, JsonElement json)
        {
            string? type = null;
            long[]? shape = null,
                offsets = null;
            foreach (var member in json.EnumerateObject())
            {
                switch (member.Name)
                {
                    case "dtype":
                        type = member.Value.GetString();
                        break;
                    case "shape":
                        shape = [.. member.Value.EnumerateArray().Select(n => n.GetInt64())];
                        break;
                    case "data_offsets":
                        offsets = [.. member.Value.EnumerateArray().Select(n => n.GetInt64())];
                        break;
                    default:
                        throw Damaged(path, $"tensor {name} has a member '{member.Name}', which the format does not know");
                }
            }

            if (type is null || shape is null || offsets is not [var begin, var end])
            {
                throw Damaged(path, $"the entry of tensor {name} has not its type, its shape and two offsets");
            }

            var known = Types.FirstOrDefault(t => t.Name == type);
            if (known.Name is null)
            {
                throw Damaged(path, $"tensor {name} has elements of type '{type}', which are not known here");
            }

            return
                begin >= 0
                && end >= begin
                && shape.Length <= MostSides
                && shape.All(n => n >= 0)
                && Bytes(known.Bytes, shape) == end - begin
                ? new Entry(name, known.Type, shape, begin, end)
                : throw Damaged(
                    path,
                    $"tensor {name} lies at bytes {begin} to {end}, which do not fit the shape {string.Join(" x ", shape.Take(8))} of {type}"
                );
        }

        /// <summary>Bytes of a tensor; null where no file has so many.</summary>
        private static long? Bytes(int ofElement, long[] shape)
        {
            var bytes = (Int128)ofElement;
            foreach (var side in shape)
            {
                bytes *= Math.Max(side, 1);
                if (bytes > long.MaxValue)
                {
                    return null;
                }
            }

            return shape.Contains(0) ? 0 : (long)bytes;
        }
    }
}

/// <summary>The content of a safetensors file.</summary>
/// <param name="Tensors">Tensors by name, on the CPU.</param>
/// <param name="Metadata">Texts by name.</param>
/// <param name="IsVerified">Whether the file had a checksum, which its bytes give; files of other writers have none.</param>
internal sealed record SafetensorsContent(
    IReadOnlyDictionary<string, Tensor> Tensors,
    IReadOnlyDictionary<string, string> Metadata,
    bool IsVerified
) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors.Values)
        {
            tensor.Dispose();
        }
    }
}
