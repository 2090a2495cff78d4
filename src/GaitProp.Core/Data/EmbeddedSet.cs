namespace GaitProp.Data;

/// <summary>The set that <see cref="SyntheticImages"/> makes, for when no real data was found.</summary>
internal sealed class EmbeddedSet : DataSet
{
    /// <inheritdoc/>
    public override string Name => DataSets.Embedded;

    /// <inheritdoc/>
    public override string Title => SyntheticImages.Title;

    /// <inheritdoc/>
    public override string Licence => "the kit's own, MIT";

    /// <inheritdoc/>
    public override IReadOnlyList<string> ClassNames => SyntheticImages.ClassNames;

    /// <inheritdoc/>
    public override IReadOnlyList<long> Shape { get; } = [3, 32, 32];

    /// <inheritdoc/>
    public override PixelNormalisation Normalisation => SyntheticImages.Normalisation;

    /// <inheritdoc/>
    public override (ImageDataset Data, string? StandsInFor) Open(string? named) =>
        named is null or DataSets.Embedded
            ? (SyntheticImages.Default, null)
            : throw new GaitPropException(
                $"the experiment uses the embedded set, not images in {named}: leave out --data, or add --set data=cifar10."
            );
}
