using GaitProp.Data;

namespace GaitProp.Kernel.Commands;

/// <summary>The images that a run used.</summary>
internal static class RunImages
{
    /// <summary>Finds them: where the run had them, unless another place is named.</summary>
    /// <param name="data">What the run says of its data.</param>
    /// <param name="kind">The experiment's field <c>data</c>.</param>
    /// <param name="named">The folder that the user named, if any.</param>
    /// <exception cref="GaitPropException">They are not there, or damaged.</exception>
    public static ImageDataset Of(RunData data, string? kind, string? named)
    {
        var place = named ?? (Directory.Exists(data.Source) ? data.Source : null);
        var set = DataSets.Find(kind ?? Cifar10.Official.Name);
        if (data.Embedded && set is not Photos)
        {
            return SyntheticImages.Default;
        }

        // Generated images are no answer to a question about others.
        var found = set.Normalised(set.Open(place).Data);
        return found.IsEmbedded && named is null
            ? throw new GaitPropException($"the run's images, {data.Name}, are not here: name the folder that holds them with --data.")
            : found;
    }
}
