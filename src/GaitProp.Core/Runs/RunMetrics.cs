using System.Text.Json.Serialization;

namespace GaitProp;

/// <summary>What was measured at a step: a line of <c>metrics.jsonl</c> with <c>"kind": "step"</c>.</summary>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Step">Steps taken before this one.</param>
/// <param name="Loss">Loss of the batch, a sample.</param>
/// <param name="Angles">
/// Update angle to BP of each layer's weight, degrees, from the input up; <see langword="null"/> where it is undefined. Empty for BP
/// itself.
/// </param>
/// <param name="Distances">
/// How far each layer's update is from that of the same rule with the exact inverse in float64 at the same weights, degrees;
/// <see langword="null"/> where it is undefined. Empty for rules that invert nothing.
/// </param>
/// <param name="Transposes">
/// In which share of the steps since the measurement before the rule took a layer's bare transpose for its inverse, 0 to 1. Empty for rules
/// that invert nothing.
/// </param>
public sealed record StepMetrics(
    int Epoch,
    long Step,
    double Loss,
    IReadOnlyList<double?> Angles,
    IReadOnlyList<double?> Distances,
    IReadOnlyList<double> Transposes
)
{
    /// <summary>A measurement of angles alone.</summary>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">Steps taken before this one.</param>
    /// <param name="loss">Loss of the batch, a sample.</param>
    /// <param name="angles">Update angle to BP of each layer.</param>
    public StepMetrics(int epoch, long step, double loss, IReadOnlyList<double?> angles)
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
    internal static double? MeanOf(IReadOnlyList<double?> angles) => angles.SkipLast(1).Average();
}

/// <summary>
/// What was measured after an epoch: a line of <c>metrics.jsonl</c> with <c>"kind": "epoch"</c>. Epoch 0 is before training.
/// </summary>
/// <param name="Epoch">The epoch, from 1; 0 before training.</param>
/// <param name="Step">Steps taken.</param>
/// <param name="TrainLoss">Loss a training image.</param>
/// <param name="TrainAccuracy">Share of training images classified correctly, 0 to 1.</param>
/// <param name="TestLoss">Loss a test image.</param>
/// <param name="TestAccuracy">Share of test images classified correctly, 0 to 1.</param>
/// <param name="Defects">Orthogonality defect of each layer's weight (root mean square a row), from the input up.</param>
/// <param name="TrainTop5">Share of training images whose class is among the five likeliest, 0 to 1; absent in runs of older
/// versions.</param>
/// <param name="TestTop5">Share of test images whose class is among the five likeliest, 0 to 1; absent in runs of older versions.</param>
public sealed record EpochMetrics(
    int Epoch,
    long Step,
    double TrainLoss,
    double TrainAccuracy,
    double TestLoss,
    double TestAccuracy,
    IReadOnlyList<double> Defects,
    double? TrainTop5 = null,
    double? TestTop5 = null
)
{
    /// <summary>Loss an image that was held out for validation; absent where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationLoss { get; init; }

    /// <summary>Share of the images held out for validation that is classified correctly, 0 to 1; absent where none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationAccuracy { get; init; }

    /// <summary>
    /// Share of the images held out for validation whose class is among the five likeliest, 0 to 1; absent where none was.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ValidationTop5 { get; init; }
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
