namespace GaitProp.Data;

/// <summary>Photos that <c>gaitprop data prepare imagenet</c> has turned into shards.</summary>
internal static class PreparedPhotos
{
    /// <summary>The folder that is looked for in each place.</summary>
    public const string FolderName = "imagenet";

    private const string Cure = "prepare one with 'gaitprop data prepare imagenet --from ROOT --to DIR' and name it with --data DIR";

    /// <summary>Opens a set; nothing but labels is read yet.</summary>
    /// <param name="named">The folder that the user named; else that of the environment variable, <c>./data/imagenet</c>, or the cache folder.</param>
    /// <exception cref="GaitPropException">There is none, or it is not whole.</exception>
    public static ImageDataset Read(string? named)
    {
        var folder = Find(named, DataPlaces.Current);
        var manifest = ShardManifest.In(folder)!;
        return new ImageDataset(manifest.Name, folder, [.. manifest.Classes.Select(c => c.Name)], Part(manifest.Train, "training"), Part(manifest.Validation, "validation"), IsEmbedded: false);

        ImageSplit Part(ShardedPart part, string kind) => part.Images > 0
            ? new ImageSplit(new ShardStore(folder, part, manifest.Size, manifest.Classes.Count))
            : throw new GaitPropException($"{folder} holds no {kind} images: {Cure}.");
    }

    /// <summary>Whether a folder holds prepared photos.</summary>
    /// <param name="folder">The folder.</param>
    internal static bool AreIn(string folder) => File.Exists(Path.Combine(HomePath.Expand(folder), ShardManifest.FileName));

    /// <summary>The folder of a set.</summary>
    /// <param name="named">The folder that the user named, if any.</param>
    /// <param name="places">Where else to look.</param>
    /// <exception cref="GaitPropException">There is none.</exception>
    internal static string Find(string? named, DataPlaces places)
    {
        if (named == DataSets.Embedded)
        {
            throw new GaitPropException($"photos cannot be replaced by the embedded set: {Cure}.");
        }

        // A place that was named is the only one.
        var required = named ?? (string.IsNullOrWhiteSpace(places.FromEnvironment) ? null : places.FromEnvironment);
        var candidates = required is null ? (string[])[places.InWorkingDirectory, places.InCache] : [HomePath.Expand(required)];
        return candidates.SelectMany(place => (string[])[place, Path.Combine(place, FolderName)]).Select(Path.GetFullPath)
                .FirstOrDefault(place => File.Exists(Path.Combine(place, ShardManifest.FileName)))
            ?? throw new GaitPropException(required is null ? $"no prepared photos were found: {Cure}." : $"{candidates[0]} holds no {ShardManifest.FileName} of prepared photos: {Cure}.");
    }
}
