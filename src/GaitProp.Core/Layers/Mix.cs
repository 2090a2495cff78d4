using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// A fixed mixing of units by an orthogonal matrix (beyond the paper): of the channels of an image at each of its pixels, or of all units
/// of a vector. It is drawn once, from the seed that the plan names, and trains nothing. Its inverse is its transpose, so the rule's update
/// through it is backpropagation's.
/// </summary>
internal sealed class Mix : Layer
{
    private readonly FixedMatrix _matrix;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">What errors and tables call it.</param>
    /// <param name="size">Its sizes: <see cref="MixDefinition.SizeAt"/>.</param>
    /// <param name="matrix">Q, <c>[n, n]</c>, orthogonal, float64; owned by the layer from now on.</param>
    public Mix(string name, LayerSize size, Tensor matrix)
        : base(name, size, AuxiliaryUnits.None, new LayerParameter("matrix", matrix, ParameterRole.Fixed)) => _matrix = new(matrix);

    /// <inheritdoc/>
    public override string Kind => "mix";

    /// <inheritdoc/>
    public override Tensor Forward(Tensor x) => Turned(Checked(x), _matrix.As(x.dtype));

    /// <inheritdoc/>
    public override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null) =>
        Turned(delta, _matrix.As(delta.dtype).narrow(0, 0, delta.shape[1]).t());

    /// <inheritdoc/>
    protected override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy) => Feedback(p, x);

    /// <inheritdoc/>
    protected override Layer Around(IReadOnlyList<Tensor> owned) => new Mix(Name, Size, owned[0]);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _matrix.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>A matrix times the values of each pixel, or of each sample.</summary>
    private Tensor Turned(Tensor values, Tensor matrix) =>
        Size.Map.Count == 0
            ? values.matmul(matrix.t())
            : matrix.matmul(values.reshape(values.shape[0], matrix.shape[1], -1)).reshape([values.shape[0], matrix.shape[0], .. Size.Map]);
}

/// <summary>The plan of a fixed mixing.</summary>
/// <param name="Seed">Fixes the matrix, whatever the experiment's seed is.</param>
[LayerKind("mix", "[SEED]")]
internal sealed record MixDefinition(int Seed = 1) : LayerDefinition
{
    /// <inheritdoc/>
    public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square)
    {
        var units = inputShape[0];
        return new(ToString(), inputShape, units, units, units, [.. inputShape.Skip(1)]) { FlopsAnOutput = 2 * units };
    }

    /// <inheritdoc/>
    public override void CheckSense(IReadOnlyList<long> inputShape)
    {
        var bytes = 8.0 * inputShape[0] * inputShape[0];
        if (bytes > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4.0)
        {
            throw new GaitPropException(
                Text(
                    $"mixes {inputShape[0]} units with a matrix of {bytes / 1e9:0.#} GB, more than this machine should hold: make the layer below smaller."
                )
            );
        }
    }

    /// <inheritdoc/>
    public override Layer Build(LayerPlace place)
    {
        var size = SizeAt(place.InputShape, place.IsSquare);
        return new Mix(
            place.Name,
            size,
            OrthogonalInitialisation.Draw(size.Keep, size.Keep, Seeds.Derive(Seed, SeedUse.Fixed, 0), ScalarType.Float64, place.Device)
        );
    }
}
