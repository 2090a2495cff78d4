using System.Text.Json.Serialization;

namespace GaitProp;

/// <summary>What was measured at a step: a line of <c>metrics.jsonl</c> with <c>"kind": "step"</c>.</summary>
public sealed class StepMetrics(
    int epoch,
    long step,
    double loss,
    IReadOnlyList<double?> angles,
    IReadOnlyList<double?> distances,
    IReadOnlyList<double> transposes
)
{
    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Steps taken before this one.</summary>
    public long Step { get; } = step;

    /// <summary>Loss of the batch, a sample.</summary>
    public double Loss { get; } = loss;

    /// <summary>
    /// Update angle to BP of each layer's weight, degrees, from the input up; <see langword="null"/> where it is undefined. Empty for BP
    /// itself.
    /// </summary>
    public IReadOnlyList<double?> Angles { get; } = angles;

    /// <summary>
    /// How far each layer's update is from that of the same rule with the exact inverse in float64 at the same weights, degrees; <see
    /// langword="null"/> where it is undefined. Empty for rules that invert nothing.
    /// </summary>
    public IReadOnlyList<double?> Distances { get; } = distances;

    /// <summary>
    /// In which share of the steps since the measurement before the rule took a layer's bare transpose for its inverse, 0 to 1. Empty for
    /// rules that invert nothing.
    /// </summary>
    public IReadOnlyList<double> Transposes { get; } = transposes;

    /// <summary>A measurement of angles alone.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">Steps taken before this one.</param>
    /// <param name="loss">Loss of the batch, a sample.</param>
    /// <param name="angles">Update angle to BP of each layer.</param>
    internal StepMetrics(int epoch, long step, double loss, IReadOnlyList<double?> angles)
        : this(epoch, step, loss, angles, [], []) { }

    /// <summary>
    /// The mean of the defined angles of the layers that the rule computes, degrees; <see langword="null"/> if there is none.
    /// </summary>
    public double? MeanAngle => MeanOf(Angles);

    /// <summary>The largest defined distance, degrees; <see langword="null"/> if there is none.</summary>
    [JsonIgnore]
    public double? LargestDistance => Distances.Max();

    /// <summary>The mean over all layers but the output layer, where every rule has BP's update: its angle of zero says nothing.</summary>
    /// <param name="angles">One a layer, degrees; <see langword="null"/> where undefined.</param>
    internal static double? MeanOf(IReadOnlyList<double?> angles)
    {
        // What trains nothing has no angle. Where such layers lie on top, the output layer is the last one below them.
        var output = angles.Count - 1;
        while (output > 0 && angles[output] is null)
        {
            output--;
        }

        return angles.Take(output).Average();
    }
}

/// <summary>
/// What was measured after an epoch: a line of <c>metrics.jsonl</c> with <c>"kind": "epoch"</c>. Epoch 0 is before training.
/// </summary>
public sealed class EpochMetrics(
    int epoch,
    long step,
    double trainLoss,
    double trainAccuracy,
    double testLoss,
    double testAccuracy,
    IReadOnlyList<double> defects,
    double? trainTop5 = null,
    double? testTop5 = null
)
{
    /// <summary>The epoch, from 1; 0 before training.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Steps taken.</summary>
    public long Step { get; } = step;

    /// <summary>Loss a training image.</summary>
    public double TrainLoss { get; } = trainLoss;

    /// <summary>Share of training images classified correctly, 0 to 1.</summary>
    public double TrainAccuracy { get; } = trainAccuracy;

    /// <summary>Loss a test image.</summary>
    public double TestLoss { get; } = testLoss;

    /// <summary>Share of test images classified correctly, 0 to 1.</summary>
    public double TestAccuracy { get; } = testAccuracy;

    /// <summary>Orthogonality defect of each layer's weight (root mean square a row), from the input up.</summary>
    public IReadOnlyList<double> Defects { get; } = defects;

    /// <summary>Share of training images whose class is among the five likeliest, 0 to 1; absent in runs of older versions.</summary>
    public double? TrainTop5 { get; } = trainTop5;

    /// <summary>Share of test images whose class is among the five likeliest, 0 to 1; absent in runs of older versions.</summary>
    public double? TestTop5 { get; } = testTop5;

    /// <summary>Loss an image that was held out for validation; absent where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationLoss { get; internal init; }

    /// <summary>Share of the images held out for validation that is classified correctly, 0 to 1; absent where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationAccuracy { get; internal init; }

    /// <summary>
    /// Share of the images held out for validation whose class is among the five likeliest, 0 to 1; absent where none was.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationTop5 { get; internal init; }
}

/// <summary>
/// How long an epoch took, or what a resumed run still did of it: a line of <c>timing.jsonl</c>, kept apart so that equal runs have equal
/// metrics.
/// </summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="MeanStepSeconds">
/// The mean step: forward pass, rule, orthogonality and optimiser; no angles, no evaluation. The run's first steps, in which code is
/// compiled and memory first touched, do not count.
/// </param>
/// <param name="TrainSeconds">All its steps.</param>
/// <param name="AngleSeconds">Measuring angles.</param>
/// <param name="EvaluationSeconds">Measuring accuracy.</param>
/// <param name="CheckpointSeconds">Writing checkpoints.</param>
/// <param name="MemoryMegabytes">Memory of the process at the end of the epoch (resident set), in 10^6 bytes.</param>
internal sealed record EpochTiming(
    int Epoch,
    int Steps,
    double MeanStepSeconds,
    double TrainSeconds,
    double AngleSeconds,
    double EvaluationSeconds,
    double CheckpointSeconds = 0,
    double? MemoryMegabytes = null
);
