using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using GaitProp.Storage;

namespace GaitProp.Data;

/// <summary>A shard: a file of pixels, uint8 <c>[images, 3, size, size]</c>, and one of labels, int64 <c>[images]</c>.</summary>
/// <param name="Name">The name of both files, without <c>.npy</c> and <c>.labels.npy</c>.</param>
/// <param name="Images">How many images it holds.</param>
/// <param name="PixelsSha256">SHA-256 of the file of pixels.</param>
/// <param name="LabelsSha256">SHA-256 of the file of labels.</param>
internal sealed record ShardRecord(string Name, int Images, string PixelsSha256, string LabelsSha256)
{
    /// <summary>
    /// Bytes before the first element of either file: so many in each, whatever its number of images, so that the number can be written
    /// last.
    /// </summary>
    public const int HeaderBytes = 128;

    /// <summary>The header of the file of pixels.</summary>
    public static byte[] PixelsHeader(int images, int size) => NpyHeader.Of("|u1", [images, 3, size, size], HeaderBytes);

    /// <summary>The header of the file of labels.</summary>
    public static byte[] LabelsHeader(int images) => NpyHeader.Of("<i8", [images], HeaderBytes);

    /// <summary>The checksum of a file.</summary>
    public static string Sha256(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>The file of pixels.</summary>
    public string PixelsFile(string folder) => Path.Combine(folder, Name + ".npy");

    /// <summary>The file of labels.</summary>
    public string LabelsFile(string folder) => Path.Combine(folder, Name + ".labels.npy");

    /// <summary>What the sizes of its files should be; null if they are as they should.</summary>
    public string? Misfit(string folder, int size)
    {
        foreach (
            var (file, length) in ((string, long)[])
                [(PixelsFile(folder), HeaderBytes + (3L * size * size * Images)), (LabelsFile(folder), HeaderBytes + (8L * Images))]
        )
        {
            var info = FileFacts.Behind(file);
            if (!info.Exists || info.Length != length)
            {
                return info.Exists ? $"{file} has {ByteCount.Exact(info.Length)}, not {ByteCount.Digits(length)}" : $"{file} is missing";
            }
        }

        return null;
    }
}

/// <summary>An image that could not be decoded, and why.</summary>
internal sealed record UnreadableImage(string Name, string Reason);

/// <summary>One part of a prepared set.</summary>
internal sealed record ShardedPart(int Images, IReadOnlyList<ShardRecord> Shards, IReadOnlyList<UnreadableImage> Unreadable);

/// <summary>A class of a prepared set.</summary>
internal sealed record ShardedClass(string Id, string Name);

/// <summary>The content of <c>manifest.json</c>.</summary>
internal sealed partial record ShardManifest(
    string Schema,
    string Name,
    string Layout,
    string Decoder,
    int Size,
    ulong Seed,
    string Identity,
    IReadOnlyList<ShardedClass> Classes,
    ShardedPart Train,
    ShardedPart Validation
)
{
    /// <summary>The format.</summary>
    public const string Format = "gaitprop-images/1";

    /// <summary>The largest side of images, pixels.</summary>
    private const int MostSize = 16_384;

    /// <summary>The file's name.</summary>
    public const string FileName = "manifest.json";

    /// <summary>How it is written.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>How it is read: nothing twice, nothing missing, nothing null.</summary>
    private static JsonSerializerOptions Strict { get; } =
        new(Json)
        {
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };

    /// <summary>Both parts.</summary>
    public IEnumerable<ShardedPart> Parts() => [Train, Validation];

    /// <summary>Reads the manifest of a folder; null if it has none.</summary>
    /// <exception cref="GaitPropException">It cannot be read.</exception>
    public static ShardManifest? In(string folder)
    {
        var file = Path.Combine(folder, FileName);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            var manifest = JsonSerializer.Deserialize<ShardManifest>(File.ReadAllBytes(file), Strict);
            if (manifest is not { Schema: Format })
            {
                throw new GaitPropException(
                    $"{file} is no manifest of {Format}: give the folder that 'gaitprop data prepare imagenet' has filled."
                );
            }

            manifest.Check();
            return manifest;
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or OverflowException or IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"{file} cannot be read ({OneLine.Of(e)}): prepare the set again, or give another folder.", e);
        }
    }

    /// <summary>What the types do not say: numbers that fit together, and names that lead nowhere else.</summary>
    /// <exception cref="JsonException">Something does not; the message says what.</exception>
    private void Check()
    {
        Require(Size is > 0 and <= MostSize, $"size {Size} is not possible");
        Require(
            Classes.Count > 0 && Classes.All(c => c is { Id.Length: > 0, Name.Length: > 0 }),
            "classes has one without id or name, or there is none"
        );
        var shards = Parts().SelectMany(p => p.Shards).ToArray();
        Require(
            shards.All(s =>
                s is not null
                && ShardName().IsMatch(s.Name)
                && s.Images >= 0
                && Sum().IsMatch(s.PixelsSha256)
                && Sum().IsMatch(s.LabelsSha256)
            ),
            "a shard has no name, number of images and two checksums"
        );
        Require(shards.Select(s => s.Name).Distinct().Count() == shards.Length, "two shards have one name");
        Require(
            Parts().All(p => p.Images == p.Shards.Sum(s => (long)s.Images)),
            "its parts have other numbers of images than their shards"
        );
        Require(
            Parts().SelectMany(p => p.Unreadable).All(u => u is { Name: not null, Reason: not null }),
            "unreadable has one without name or reason"
        );

        static void Require(bool holds, string problem)
        {
            if (!holds)
            {
                throw new JsonException(problem);
            }
        }
    }

    /// <summary>Names of files in the folder of the set, and no paths.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]*\z")]
    private static partial Regex ShardName();

    [GeneratedRegex(@"\A[0-9a-f]{64}\z")]
    private static partial Regex Sum();
}
