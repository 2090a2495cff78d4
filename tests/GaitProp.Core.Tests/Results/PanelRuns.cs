using GaitProp.Experiments;

namespace GaitProp.Tests.Results;

/// <summary>Runs of the published experiments, made up: on the paper's images, and as a preset has them.</summary>
internal static class PanelRuns
{
    /// <summary>
    /// A finished run of a little more than a tenth of the paper's epochs. Accuracy grows by a point an epoch, from 30 %; on test images it
    /// is so much less.
    /// </summary>
    public static RunRecord Of(string experiment, string rule, int epochs = 22, double less = 0, int seed = 1, double[]? angles = null)
    {
        double?[] each = angles is null ? [1, 1, 0] : [.. angles];
        return new RunRecord(
            $"{rule}-{seed}-{epochs}-{Guid.NewGuid()}",
            new RunDescription
            {
                Name = rule,
                Status = RunStatus.Finished,
                Started = DateTimeOffset.UnixEpoch,
                Experiment = ExperimentJson.ToJson(
                    Presets.Experiment(experiment, rule, rule == "gait" ? "paper" : "fast") with
                    {
                        Seed = seed,
                        Epochs = epochs,
                    }
                ),
                Data = new RunData(experiment, "d", false, null, 50000, 10000, "all"),
                Layers = [.. each.Select((_, l) => new RunLayer($"layer {l + 1}", 10, 10, 10, default, 110))],
                Environment = new RunEnvironment("0.1.0", null, "t", "l", "cpu", "A processor", 2, "s"),
            },
            rule == "bp" ? [] : [new StepMetrics(1, 0, 2, each)],
            [.. Enumerable.Range(0, epochs + 1).Select(e => new EpochMetrics(e, e, 1, 0.3 + (0.01 * e), 1, 0.3 + (0.01 * e) - less, []))],
            []
        );
    }
}
