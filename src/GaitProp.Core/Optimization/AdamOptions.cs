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

    /// <summary>
    /// Step size of the gains of layers that have them; <c>lr sqrt(fan-in)</c> if <see langword="null"/>: a gain moves all weights of its row at once, which are of size
    /// 1 / sqrt(fan-in).
    /// </summary>
    public double? GainLr { get; init; }

    /// <summary>Checks the values.</summary>
    /// <exception cref="GaitPropException">A value is not possible; the message names it and its range.</exception>
    public void Validate()
    {
        Check("lr", LearningRate, LearningRate > 0 && double.IsFinite(LearningRate), "above 0");
        Check("gainLr", GainLr ?? 1, GainLr is null || (GainLr >= 0 && double.IsFinite(GainLr.Value)), "0 or more");
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
