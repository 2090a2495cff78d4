using GaitProp.Storage;

namespace GaitProp.Data;

/// <summary>
/// ImageNet, or photos of other classes, that <c>gaitprop data prepare imagenet</c> has turned into shards. Its files say what they are,
/// how large and of which classes.
/// </summary>
internal sealed class Photos : FolderDataSet
{
    private const string Cure = "prepare one with 'gaitprop data prepare imagenet --from ROOT --to DIR' and name it with --data DIR";

    /// <summary>The set as experiments name it.</summary>
    internal static Photos Prepared { get; } = new();

    /// <inheritdoc/>
    public override string Name => "imagenet";

    /// <inheritdoc/>
    public override string Title => "ImageNet";

    /// <inheritdoc/>
    public override string Licence => "the terms of image-net.org: research that is not commercial; of photos of your own, theirs";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Marks { get; } = [ShardManifest.FileName];

    /// <summary>Mean and standard deviation of the channels of ImageNet.</summary>
    public override PixelNormalisation Normalisation { get; } = new([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);

    /// <summary>Looks for prepared photos: in the folder itself, then under the set's name.</summary>
    /// <inheritdoc/>
    public override string? FindIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var full = Path.GetFullPath(folder);
        return Array.Find([full, Path.Combine(full, FolderName)], AreIn);
    }

    /// <summary>Opens a set; nothing but labels is read yet.</summary>
    /// <inheritdoc/>
    public override ImageDataset Read(string folder)
    {
        folder = FindIn(folder) ?? throw Missing(folder);
        var manifest = ShardManifest.In(folder)!;
        return new ImageDataset(
            manifest.Name,
            folder,
            [.. manifest.Classes.Select(c => c.Name)],
            Part(manifest.Train, "training"),
            Part(manifest.Validation, "validation"),
            isEmbedded: false
        );

        ImageSplit Part(ShardedPart part, string kind) =>
            part.Images > 0
                ? new ImageSplit(new ShardStore(folder, part, manifest.Size, manifest.Classes.Count)) { Normalisation = Normalisation }
                : throw new GaitPropException($"{folder} holds no {kind} images: {Cure}.");
    }

    /// <summary>Compares every shard with its checksums.</summary>
    /// <inheritdoc/>
    internal override DataVerdict Verify(string folder, CancellationToken cancellationToken = default)
    {
        folder = FindIn(folder) ?? throw Missing(folder);
        var manifest = ShardManifest.In(folder)!;
        return new DataVerdict(
            manifest.Name,
            $"{manifest.Parts().Sum(p => p.Shards.Count)} shards of {ByteCount.Digits(manifest.Train.Images)} training and {ByteCount.Digits(manifest.Validation.Images)} validation images; all checksums are right"
        )
        {
            Errors = ShardCheck.Verify(folder, manifest, _ => { }, cancellationToken),
        };
    }

    /// <inheritdoc/>
    public override (ImageDataset Data, string? StandsInFor) Open(string? named) => (Read(Find(named, DataPlaces.Current)), null);

    /// <summary>Whether a folder itself holds prepared photos.</summary>
    /// <param name="folder">The folder.</param>
    internal static bool AreIn(string folder) => File.Exists(Path.Combine(HomePath.Expand(folder), ShardManifest.FileName));

    /// <summary>The folder of a set.</summary>
    /// <param name="named">The folder that the user named, if any.</param>
    /// <param name="places">Where else to look.</param>
    /// <exception cref="GaitPropException">There is none.</exception>
    private string Find(string? named, DataPlaces places)
    {
        if (named == DataSets.Embedded)
        {
            throw new GaitPropException($"photos cannot be replaced by the embedded set: {Cure}.");
        }

        // A place that was named is the only one.
        var required = named ?? (string.IsNullOrWhiteSpace(places.FromEnvironment) ? null : places.FromEnvironment);
        return required is not null
            ? FindIn(HomePath.Expand(required)) ?? throw Missing(HomePath.Expand(required))
            : FindIn(places.InWorkingDirectory)
                ?? FindIn(places.InCache)
                ?? throw new GaitPropException($"no prepared photos were found: {Cure}.");
    }

    private static GaitPropException Missing(string folder) =>
        new($"{folder} holds no {ShardManifest.FileName} of prepared photos: {Cure}.");
}
