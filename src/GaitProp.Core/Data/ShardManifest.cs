using System.Text.Json;

namespace GaitProp.Data;

/// <summary>A shard: a file of pixels, uint8 <c>[images, 3, size, size]</c>, and one of labels, int64 <c>[images]</c>.</summary>
/// <param name="Name">The name of both files, without <c>.npy</c> and <c>.labels.npy</c>.</param>
/// <param name="Images">How many images it holds.</param>
/// <param name="PixelsSha256">SHA-256 of the file of pixels.</param>
/// <param name="LabelsSha256">SHA-256 of the file of labels.</param>
internal sealed record ShardRecord(string Name, int Images, string PixelsSha256, string LabelsSha256)
{
    /// <summary>The file of pixels.</summary>
    public string PixelsFile(string folder) => Path.Combine(folder, Name + ".npy");

    /// <summary>The file of labels.</summary>
    public string LabelsFile(string folder) => Path.Combine(folder, Name + ".labels.npy");

    /// <summary>What the sizes of its files should be; null if they are as they should.</summary>
    public string? Misfit(string folder, int size)
    {
        foreach (var (file, length) in ((string, long)[])[(PixelsFile(folder), NpyHeader.Length + (3L * size * size * Images)), (LabelsFile(folder), NpyHeader.Length + (8L * Images))])
        {
            var info = new FileInfo(file);
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
internal sealed record ShardManifest(
    string Schema, string Name, string Layout, string Decoder, int Size, ulong Seed, string Identity, IReadOnlyList<ShardedClass> Classes, ShardedPart Train, ShardedPart Validation)
{
    /// <summary>The format.</summary>
    public const string Format = "gaitprop-images/1";

    /// <summary>The file's name.</summary>
    public const string FileName = "manifest.json";

    /// <summary>How it is written.</summary>
    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

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
            var manifest = JsonSerializer.Deserialize<ShardManifest>(File.ReadAllBytes(file), Json);
            return manifest is { Schema: Format, Classes: not null, Train.Shards: not null, Validation.Shards: not null, Size: > 0 }
                ? manifest
                : throw new GaitPropException($"{file} is no manifest of {Format}: give the folder that 'gaitprop data prepare imagenet' has filled.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new GaitPropException($"{file} cannot be read ({OneLine.Of(e)}): prepare the set again, or give another folder.", e);
        }
    }
}
