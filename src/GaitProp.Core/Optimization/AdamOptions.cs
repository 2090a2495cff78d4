using System.Text.Json.Serialization;

namespace GaitProp.Optimization;

/// <summary>Settings of <see cref="Adam"/>.</summary>
public sealed record AdamOptions
{
    /// <summary>Step size; <c>lr</c> in files. Default: 1e-3.</summary>
    [JsonPropertyName("lr")]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Decay of the running mean of gradients. Default: 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running mean of squared gradients. Default: 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the root of the second moment. Default: 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>Checks the values.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public void Validate()
    {
        Check("lr", LearningRate, LearningRate > 0 && double.IsFinite(LearningRate), "above 0");
        Check("beta1", Beta1, Beta1 is >= 0 and < 1, "0 or more and below 1");
        Check("beta2", Beta2, Beta2 is >= 0 and < 1, "0 or more and below 1");
        Check("epsilon", Epsilon, Epsilon > 0 && double.IsFinite(Epsilon), "above 0");

        static void Check(string name, double value, bool possible, string range)
        {
            if (!possible)
            {
                throw new GaitPropException($"optimizer {name} {value:R} is not possible: it must be {range}.");
            }
        }
    }
}
