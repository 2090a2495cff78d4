using GaitProp.Training;
using Spectre.Console;
using TorchSharp;

namespace GaitProp.Kernel.Commands;

/// <summary>Keeps the weights of runs that are recorded, and says what was kept.</summary>
/// <param name="context">Where that is said.</param>
/// <param name="named">The folder of the images, if the user named one.</param>
/// <param name="device">Where to measure.</param>
/// <param name="cancellation">Stops between batches.</param>
internal sealed class WeightsKeeper(CommandContext context, string? named, torch.Device device, CancellationToken cancellation)
{
    private readonly Dictionary<(string?, string), ImageDataset> _data = [];
    private readonly List<string> _failures = [];

    /// <summary>What could not be kept, a line a run; the runs themselves are recorded.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Keeps the weights of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The folder that it was recorded in.</param>
    public void Keep(RunSummary run, string folder)
    {
        LibTorch.Load();
        try
        {
            using var weights = SavedWeights.OfRun(run.Folder, context.Error.WriteLine);
            if (run.State == RunState.Finished && weights.Card.IsOnTheWay)
            {
                throw new GaitPropException(
                    $"the run has finished, and its last whole checkpoint is of {weights.Card.Progress}: put the later one back into {Path.Combine(run.Folder, "checkpoints")}."
                );
            }

            var kept = context.Busy(
                $"Measuring what rounded weights of {run.QualifiedName} cost",
                () => KeptWeights.Keep(weights, folder, () => Images(weights.Card), device, cancellation)
            );
            context.Whole(kept.Words);
        }
        catch (GaitPropException e)
        {
            _failures.Add($"no weights were kept of {run.QualifiedName}: {e.Message}");
        }
    }

    /// <summary>The images of a run; loaded once for all runs that have the same.</summary>
    private ImageDataset Images(WeightsCard card)
    {
        var kind = (string?)card.Settings["data"];
        if (!_data.TryGetValue((kind, card.Data.Source), out var images))
        {
            _data[(kind, card.Data.Source)] = images = RunImages.Of(card.Data, kind, named);
        }

        return images;
    }
}
