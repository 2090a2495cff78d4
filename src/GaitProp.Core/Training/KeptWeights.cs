using GaitProp.Runtime;
using GaitProp.Storage;
using static TorchSharp.torch;

namespace GaitProp.Training;

/// <summary>
/// The final weights of a run, kept beside its record: in the narrowest element type that costs next to nothing on the run's test images.
/// </summary>
/// <param name="File">The file.</param>
/// <param name="Type">The element type.</param>
/// <param name="Words">What was kept and what it costs, in one line.</param>
internal sealed record KeptWeights(string File, ScalarType Type, string Words)
{
    /// <summary>Points of test accuracy (hundredths of the images) by which rounding must change it less.</summary>
    public const double MostCost = 0.1;

    private static readonly ScalarType[] Narrow = [ScalarType.Float16, ScalarType.Float32];

    /// <summary>Keeps weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="folder">The folder of the recorded run.</param>
    /// <param name="images">Finds the run's images, on which the cost is measured; where they are not to be had, nothing is
    /// rounded.</param>
    /// <param name="device">Where to measure.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="GaitPropException">The weights are not finite or of no possible network, or the folder cannot be
    /// written.</exception>
    public static KeptWeights Keep(
        SavedWeights weights,
        string folder,
        Func<ImageDataset> images,
        Device device,
        CancellationToken cancellation
    )
    {
        var target = Path.Combine(folder, SavedWeights.FileName);
        var card = weights.Card with { Data = weights.Card.Data.WithoutPlace() };
        if (weights.StandAlone)
        {
            if (Path.GetFullPath(target) != weights.File)
            {
                AtomicFile.Write(target, System.IO.File.ReadAllBytes(weights.File));
            }

            return new(
                target,
                weights.Tensors.Values.First().dtype,
                Text($"{target}: as they were kept before, {weights.Kind}, {Size(target)}")
            );
        }

        using var scope = NewDisposeScope();
        var (type, cost, texts) = Chosen(weights, images, device, cancellation);
        card.Write(texts);
        texts["format"] = SavedWeights.Format;
        SafetensorsFile.Write(target, weights.Tensors.ToDictionary(t => t.Key, t => t.Value.to(type)), texts);
        return new(target, type, Text($"{target}: weights of {card.Progress}, kept as {Name(type)}, {Size(target)}; {cost}"));
    }

    /// <summary>The element type, what it costs in words, and the same as texts for the file.</summary>
    private static (ScalarType Type, string Cost, Dictionary<string, string> Texts) Chosen(
        SavedWeights weights,
        Func<ImageDataset> images,
        Device device,
        CancellationToken cancellation
    )
    {
        var own = weights.Tensors.Values.First().dtype;
        ImageDataset data;
        try
        {
            data = Images(weights, images);
        }
        catch (GaitPropException e)
        {
            return (own, $"what {Name(Narrow[0])} costs could not be measured: {e.Message}", []);
        }

        var before = Accuracy(null);
        var refused = new List<string>();
        foreach (var type in Narrow.TakeWhile(t => t != own))
        {
            if (Accuracy(type) is not { } after)
            {
                refused.Add($"{Name(type)} does not hold its numbers");
            }
            else if (100 * Math.Abs(after - before!.Value) is var cost && cost < MostCost)
            {
                refused.Add(
                    Text(
                        $"that costs {100 * (before - after):F2} points of test accuracy ({100 * after:F2} %, as {Name(own)} {100 * before:F2} %, on {data.Test.Count} images)"
                    )
                );
                return (type, string.Join("; ", refused), Texts(after));
            }
            else
            {
                refused.Add(
                    Text(
                        $"{Name(type)} would change test accuracy by {cost:F2} points, to {100 * after:F2} %, and {MostCost:0.0} are allowed"
                    )
                );
            }
        }

        refused.Add(Text($"test accuracy {100 * before:F2} % on {data.Test.Count} images"));
        return (own, string.Join("; ", refused), Texts(before!.Value));

        double? Accuracy(ScalarType? rounded)
        {
            using var network = weights.ToNetwork(data, device);
            return rounded is null || Round(network, rounded.Value)
                ? Evaluator.Evaluate(network, data, cancellation: cancellation).Top1
                : null;
        }

        Dictionary<string, string> Texts(double after) =>
            new()
            {
                ["trainedAs"] = Name(own),
                ["trainedTestAccuracy"] = Text($"{before:R}"),
                ["testAccuracy"] = Text($"{after:R}"),
            };
    }

    /// <summary>Rounds the weights of a network to an element type and back; whether that has them all.</summary>
    private static bool Round(Network network, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var fixedNumbers = no_grad();
        return network.Layers.SelectMany(l => l.Trained).All(t => t.copy_(t.to(type)).isfinite().all().IsTrue());
    }

    private static ImageDataset Images(SavedWeights weights, Func<ImageDataset> images)
    {
        var experiment = weights.Card.Experiment(weights.File);
        var data = images().Cut(experiment.TrainImages, experiment.TestImages);
        return data.Checksum() == weights.Card.Data.Checksum
            ? data
            : throw new GaitPropException($"the images in {data.Source} are not those of the run, which were {weights.Card.Data.Name}.");
    }

    private static string Name(ScalarType type) => type.ToString().ToLowerInvariant();

    private static string Size(string file) => ByteCount.Megabytes(new FileInfo(file).Length);
}
