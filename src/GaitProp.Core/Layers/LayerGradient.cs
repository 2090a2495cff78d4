using static TorchSharp.torch;

namespace GaitProp;

/// <summary>The gradient of the loss by what a layer trains.</summary>
[GaitProp.Formatting.TypeFormatterSource("text/html", "text/plain")]
public readonly struct LayerGradient
{
    private static readonly string[] OfAffine = ["weight", "bias", "gain"];

    private readonly IReadOnlyList<Tensor>? _trained;
    private readonly bool _isAffine;

    /// <summary>The gradient of a layer with any parameters, or none.</summary>
    /// <param name="trained">One tensor for each of <see cref="Layer.Trained"/>, in that order and of those shapes.</param>
    public LayerGradient(IReadOnlyList<Tensor> trained) => _trained = trained;

    /// <summary>The gradient of a layer <c>z = g (W x) + b</c>.</summary>
    /// <param name="weight">dL/dW, of the weight's shape.</param>
    /// <param name="bias">dL/db, of the bias's shape.</param>
    /// <param name="gain">dL/dg, of the gain's shape; <see langword="null"/> for a layer without gains.</param>
    public LayerGradient(Tensor weight, Tensor bias, Tensor? gain = null)
    {
        _trained = gain is null ? [weight, bias] : [weight, bias, gain];
        _isAffine = true;
    }

    /// <summary>The gradients in the order of <see cref="Layer.Trained"/>; none for a layer that trains nothing.</summary>
    public IReadOnlyList<Tensor> Trained => _trained ?? [];

    /// <summary>The first of them: dL/dW.</summary>
    /// <exception cref="GaitPropException">The layer trains nothing.</exception>
    public Tensor Weight =>
        Trained.Count > 0
            ? Trained[0]
            : throw new GaitPropException("the layer of this gradient trains nothing: ask Trained, which is empty.");

    /// <summary>The second of them: dL/db.</summary>
    /// <exception cref="GaitPropException">The layer trains no more than one parameter.</exception>
    public Tensor Bias =>
        Trained.Count > 1 ? Trained[1] : throw new GaitPropException("the layer of this gradient has no bias: ask Trained.");

    /// <summary>The third of them, where there is one: dL/dg.</summary>
    public Tensor? Gain => Trained.Count > 2 ? Trained[2] : null;

    /// <summary>
    /// What one of <see cref="Trained"/> is called: <c>weight</c>, <c>bias</c>, <c>gain</c>; where only its layer knows, its number from 1.
    /// </summary>
    /// <param name="parameter">Which, from 0.</param>
    internal string NameOf(int parameter) => _isAffine ? OfAffine[parameter] : Text($"{parameter + 1}");

    /// <summary>
    /// How the rule went below this layer; the default where it did not invert it. A retraction uses what a folded inverse found.
    /// </summary>
    public Inversion Inversion { get; internal init; }
}
