using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp;

/// <summary>Gives the network of a run back.</summary>
public static class RunNetwork
{
    /// <summary>
    /// The network as a run left it: with the weights of its last checkpoint that is whole, or those that were kept when it was recorded.
    /// Its images need not be there.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="device">Where the network will lie; the CPU if <see langword="null"/>.</param>
    /// <returns>The network, in the run's precision; the caller's to dispose of.</returns>
    /// <exception cref="GaitPropException">The run has no weights, they are damaged, or <c>run.json</c> does not say of what network they
    /// are.</exception>
    public static Network LoadNetwork(this RunRecord run, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        LibTorch.Load();
        using var weights = SavedWeights.OfRun(run.Folder);
        var (data, layers) = (run.Description.Data, run.Description.Layers);
        var classes =
            layers.Count > 0
                ? layers[^1].Keep
                : throw new GaitPropException($"{run.Folder} does not say of which layers its network is: evaluate it with its images.");
        return weights.ToNetwork(Shape(), classes, device ?? CPU);

        IReadOnlyList<long> Shape()
        {
            var experiment = weights.Card.Experiment(weights.File);
            if (data is not { Width: { } width, Height: { } height })
            {
                // Runs of older versions do not say it, and are all of sets whose size is known, or of photos.
                return DataSets.Find(experiment.Data).Shape
                    ?? throw new GaitPropException($"{run.Folder} does not say how large its images were: evaluate it with them.");
            }

            if (data.Channels is { } channels)
            {
                return [channels, height, width];
            }

            // Of older runs the layers tell the channels: inputs of an output, over the pixels that it sees.
            var seen = experiment.Define([1, height, width], classes).Sizes(square: false)[0].FanIn;
            return [Math.Max(1, layers[0].Inputs / seen), height, width];
        }
    }
}
