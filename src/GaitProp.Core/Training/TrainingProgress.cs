using System.Text.Json.Serialization;

namespace GaitProp;

/// <summary>What a run is doing.</summary>
public enum TrainingPhase
{
    /// <summary>Taking optimiser steps.</summary>
    Training,

    /// <summary>Measuring accuracy on the training and test images.</summary>
    Evaluating,

    /// <summary>The accuracy after the epoch is known.</summary>
    EpochEnded,

    /// <summary>Done.</summary>
    Finished,

    /// <summary>Comparing prepared photos with their checksums, before the first step.</summary>
    Checking,
}

/// <summary>Where a run stands, told after every step.</summary>
[method: JsonConstructor]
public readonly struct TrainingProgress(
    TrainingPhase phase,
    int epoch,
    int epochs,
    long step,
    long steps,
    double loss,
    IReadOnlyList<double?> angles,
    double? trainAccuracy,
    double? testAccuracy,
    double stepsPerSecond,
    TimeSpan elapsed,
    TimeSpan? remaining
)
{
    /// <summary>What it is doing.</summary>
    public TrainingPhase Phase { get; } = phase;

    /// <summary>The epoch under way, from 1.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Epochs of the whole run.</summary>
    public int Epochs { get; } = epochs;

    /// <summary>Steps taken.</summary>
    public long Step { get; } = step;

    /// <summary>Steps of the whole run.</summary>
    public long Steps { get; } = steps;

    /// <summary>
    /// Loss of the last batch, a sample; on a device other than the CPU, of the last one that was looked at (once a second).
    /// </summary>
    public double Loss { get; } = loss;

    /// <summary>
    /// Update angle of each layer at the last measurement, degrees, <see langword="null"/> where undefined; empty if there was none.
    /// </summary>
    public IReadOnlyList<double?> Angles { get; } = angles;

    /// <summary>Accuracy on the training images after the last epoch, 0 to 1.</summary>
    public double? TrainAccuracy { get; } = trainAccuracy;

    /// <summary>Accuracy on the test images after the last epoch, 0 to 1.</summary>
    public double? TestAccuracy { get; } = testAccuracy;

    /// <summary>Speed of the last seconds.</summary>
    public double StepsPerSecond { get; } = stepsPerSecond;

    /// <summary>Time since this process began the run, or took it up again.</summary>
    public TimeSpan Elapsed { get; } = elapsed;

    /// <summary>Estimated time to its end, once there is something to estimate it from.</summary>
    public TimeSpan? Remaining { get; } = remaining;

    /// <summary>
    /// The mean of the defined angles of the layers that the rule computes (the output layer's is zero for every rule), degrees;
    /// <see langword="null"/> if there is none.
    /// </summary>
    public double? MeanAngle => Angles is null ? null : StepMetrics.MeanOf(Angles);

    /// <summary>
    /// Distance of each layer's update from the same rule's with the exact inverse in float64 (in the displacement form if the rule's is
    /// literal), at the last measurement, degrees; empty if there was none.
    /// </summary>
    [JsonInclude]
    public IReadOnlyList<double?> Distances { get; internal init; } = [];

    /// <summary>The largest distance, degrees; <see langword="null"/> if there is none.</summary>
    public double? LargestDistance => Distances?.Max();

    /// <summary>Whether the rule's form is literal: <see cref="Distances"/> are then to the displacement form.</summary>
    [JsonInclude]
    internal bool IsLiteral { get; init; }

    /// <summary>
    /// The share of the photos' bytes that are compared, 0 to 1, while <see cref="Phase"/> is <see cref="TrainingPhase.Checking"/>.
    /// </summary>
    [JsonInclude]
    internal double? Checked { get; init; }

    /// <summary>The step at which <see cref="Angles"/> were measured, if they were.</summary>
    [JsonInclude]
    internal long? AnglesStep { get; init; }

    /// <summary>The epoch after which accuracy was measured, if it was; 0 is before training.</summary>
    [JsonInclude]
    internal int? AccuracyEpoch { get; init; }

    /// <summary>A run that was done before; no time was spent on it now.</summary>
    /// <param name="run">The run.</param>
    internal static TrainingProgress Done(RunRecord run)
    {
        var epochs = (int)run.Description.Experiment["epochs"]!;
        var last = run.Epochs.Count > 0 ? run.Epochs[^1] : null;
        return new TrainingProgress(
            TrainingPhase.Finished,
            last?.Epoch ?? 0,
            epochs,
            last?.Step ?? 0,
            last?.Step ?? 0,
            run.Steps.Count > 0 ? run.Steps[^1].Loss : double.NaN,
            run.Steps.Count > 0 ? run.Steps[^1].Angles : [],
            last?.TrainAccuracy,
            last?.TestAccuracy,
            0,
            TimeSpan.Zero,
            TimeSpan.Zero
        )
        {
            AnglesStep = run.Steps.Count > 0 ? run.Steps[^1].Step : null,
            Distances = run.Steps.Count > 0 ? run.Steps[^1].Distances : [],
            IsLiteral = run.IsLiteral,
            AccuracyEpoch = last?.Epoch,
        };
    }
}
