namespace GaitProp.Verification;

/// <summary>How one rule, computed one way, compares with a reference.</summary>
/// <param name="Case">The case's name.</param>
/// <param name="Rule">The rule's name on the command line, or <c>forward</c> for activations and loss.</param>
/// <param name="Way">Form and precision, such as <c>displacement float32</c>.</param>
/// <param name="Measure">What is bounded: <c>relative error</c>, or <c>degrees</c> to the float64 displacement form.</param>
/// <param name="Worst">The worst value over layers.</param>
/// <param name="Layer">The layer it was found in, from 1.</param>
/// <param name="Bound">What it may be there.</param>
/// <param name="Angle">The worst angle to the reference over layers, degrees; <see langword="null"/> where one is undefined.</param>
internal sealed record VerificationResult(
    string Case,
    string Rule,
    string Way,
    string Measure,
    double Worst,
    int Layer,
    double Bound,
    double? Angle
)
{
    /// <summary>Whether the bound holds.</summary>
    public bool Passed => Worst <= Bound;
}
