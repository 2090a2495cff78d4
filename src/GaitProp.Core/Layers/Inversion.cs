using static TorchSharp.torch;

namespace GaitProp;

/// <summary>What inverting a layer for a batch gives.</summary>
public readonly struct Inversion(Tensor inputs)
{
    /// <summary>The inverse images, <c>[batch, …InputShape]</c>.</summary>
    public Tensor Inputs { get; internal init; } = inputs;

    /// <summary>With what the inverse found out about the defect of the layer's first weight on the way.</summary>
    internal Inversion(Tensor inputs, DefectFactors? defect)
        : this(inputs) => Defect = defect;

    /// <summary>
    /// What the inverse found out about the defect of the layer's first weight on the way; <see langword="null"/> where it looked for
    /// nothing.
    /// </summary>
    public DefectFactors? Defect { get; internal init; }

    /// <summary>The same for each of <see cref="Layer.Weights"/>; a layer with more than one says it here.</summary>
    public IReadOnlyList<DefectFactors?> Defects
    {
        get => field ?? [Defect];
        init;
    }

    /// <summary>Inverse images, or what stands for them, of which nothing else is known.</summary>
    /// <param name="inputs">They.</param>
    public static implicit operator Inversion(Tensor inputs) => new(inputs);

    /// <summary>Whether this is W^T p and nothing else: backpropagation's own step, not the rule's.</summary>
    internal bool IsTranspose { get; init; }
}

/// <summary>
/// The part of a weight's orthogonality defect <c>E = I - W W^T</c> that lies in k directions: <c>E Q</c> and <c>W^T Q</c> for orthonormal
/// Q. A folded inverse finds it on the weight as it is at feedback time; the retraction takes it off after the optimiser's step.
/// </summary>
public sealed class DefectFactors
{
    internal DefectFactors(Tensor defect, Tensor turned) => (Defect, Turned) = (defect, turned);

    /// <summary>F = E Q, <c>[rows, k]</c>.</summary>
    internal Tensor Defect { get; }

    /// <summary>T^T = Q^T W, <c>[k, fan-in]</c>.</summary>
    internal Tensor Turned { get; }

    /// <summary>The Newton-Schulz step in these directions, <c>W &lt;- W + 1/2 F T^T</c>, in place.</summary>
    /// <param name="weight">W, <c>[rows, fan-in]</c>; changed.</param>
    public void Retract_(Tensor weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        weight.addmm_(Defect, Turned, beta: 1, alpha: 0.5f);
    }
}
