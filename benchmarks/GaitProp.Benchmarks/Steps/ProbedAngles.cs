namespace GaitProp.Benchmarks.Steps;

/// <summary>Angles between updates on the same weights and batch, by layer, degrees. Where no precision is named, float64.</summary>
/// <param name="Bp">What trains to backpropagation.</param>
/// <param name="Literal">What trains to the literal rule.</param>
/// <param name="LiteralBp">The literal rule to backpropagation.</param>
/// <param name="Rounding">Backpropagation in the precision of what trains to backpropagation in float64.</param>
/// <param name="OwnFlip">What trains to its own limit of small increments, the largest of all layers: what activations do that an increment
/// carries across zero.</param>
/// <param name="LiteralFlip">The same of the literal rule.</param>
internal sealed record ProbedAngles(
    double[] Bp,
    double[] Literal,
    double[] LiteralBp,
    double[] Rounding,
    double OwnFlip,
    double LiteralFlip
);
