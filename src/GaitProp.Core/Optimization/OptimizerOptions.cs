using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace GaitProp;

/// <summary>The optimisers that an experiment can choose from.</summary>
public enum OptimizerKind
{
    /// <summary>Adam as it was published and as torch has it: epsilon stands beside the root of the bias-corrected second moment.</summary>
    Adam,

    /// <summary>
    /// Adam as Keras has it, and with it the paper's own code: epsilon stands beside the root of the second moment itself, and the bias
    /// correction is in the step size. Until the correction has worn off epsilon weighs more: <c>1 / sqrt(1 - beta2^t)</c> times as much at
    /// step t.
    /// </summary>
    KerasAdam,

    /// <summary>Plain gradient descent, <c>p -= lr g</c>.</summary>
    Sgd,
}

/// <summary>Settings of an <see cref="Optimizer"/>.</summary>
public sealed record OptimizerOptions
{
    /// <summary>Which optimiser. Default: Adam.</summary>
    [Description("Which optimiser. Default: adam.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public OptimizerKind Kind { get; init; }

    /// <summary>Step size; <c>lr</c> in files. Default: 1e-3.</summary>
    [Range(0, double.MaxValue, MinimumIsExclusive = true), Description("Step size. Default: 1e-3.")]
    [JsonPropertyName("lr")]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the running mean of gradients; not for SGD. Default: 0.9.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true), Description("Decay of the running mean of gradients; not for SGD. Default: 0.9.")]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of squared gradients; not for SGD. Default: 0.999.</summary>
    [
        Range(0.0, 1.0, MaximumIsExclusive = true),
        Description("Decay of the running mean of squared gradients; not for SGD. Default: 0.999.")
    ]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment; not for SGD. Default: 1e-8.</summary>
    [
        Range(0, double.MaxValue, MinimumIsExclusive = true),
        Description("Added to the root of the second moment; not for SGD. Default: 1e-8.")
    ]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>
    /// Step size of the gains of layers that have them; <c>lr sqrt(fan-in)</c> if <see langword="null"/>: a gain moves all weights of its
    /// row at once, which are of size 1 / sqrt(fan-in). For SGD it is lr itself: a gain's gradient has its own size there, which Adam takes
    /// away.
    /// </summary>
    [
        Range(0, double.MaxValue),
        Description("Step size of the gains of layers that have them; null: lr sqrt(fan-in), for SGD lr itself. Default: null.")
    ]
    public double? GainLr { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    internal void Validate() => PossibleValues.Check(this, "optimizer ");
}
