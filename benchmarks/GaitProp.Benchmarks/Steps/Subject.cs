using GaitProp.Benchmarks.Measuring;

namespace GaitProp.Benchmarks.Steps;

/// <summary>A network that steps are timed on.</summary>
/// <param name="Name">The published experiment that its settings are from.</param>
/// <param name="Layers">Its layers: the published network's name, or a plan.</param>
/// <param name="Side">Side of its images, pixels.</param>
/// <param name="Classes">Its classes.</param>
internal sealed record Subject(string Name, string Layers, int Side, int Classes)
{
    /// <summary>The published networks; or for a smoke run networks of their kinds that cost nothing.</summary>
    /// <param name="smoke">Whether it is one.</param>
    public static IReadOnlyList<Subject> All(bool smoke) =>
        smoke
            ?
            [
                new("cifar-shallow", "dense 40, dense 40, dense 10", 8, 10),
                new("imagenet", "conv 3x3/2 8, conv 3x3/2 24, dense 20", 12, 20),
            ]
            : [.. Architectures.Names.Select(name => Published(name))];

    /// <summary>A published network.</summary>
    /// <param name="name">Its name.</param>
    public static Subject Published(string name) => name == "imagenet" ? new(name, name, 224, 1000) : new(name, name, 32, 10);

    /// <summary>
    /// What it is trained on where numbers of the training matter: CIFAR-10 where there is one, else what stands in for it.
    /// </summary>
    /// <param name="settings">Where the data lie; in a smoke run random pictures serve.</param>
    /// <param name="few">Pictures of a smoke run.</param>
    public ImageDataset Images(BenchmarkSettings settings, int few) =>
        settings.Smoke ? Pictures(few) : DataSets.Cifar10OrEmbedded(Directory.Exists(settings.Data) ? settings.Data : null);

    /// <summary>Random pictures for it: what they show does not change what a step costs.</summary>
    /// <param name="count">Training images.</param>
    public ImageDataset Pictures(int count)
    {
        var random = new Random(1);
        return new ImageDataset(
            "random pictures",
            "made for a benchmark",
            [.. Enumerable.Range(0, Classes).Select(c => $"{c}")],
            Split(count),
            Split(1),
            isEmbedded: true
        );

        ImageSplit Split(int images)
        {
            var pixels = new byte[images * 3 * Side * Side];
            random.NextBytes(pixels);
            return new ImageSplit(
                pixels,
                [.. Enumerable.Range(0, images).Select(_ => (byte)random.Next(Math.Min(Classes, 256)))],
                3,
                Side,
                Side
            );
        }
    }
}
