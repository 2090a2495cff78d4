using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// Average pooling as an orthogonal transform (beyond the paper): of every window goes on the first of its Haar coefficients, which is its
/// average times the side; the details are auxiliary units. The Haar transform is orthogonal, so the rule's update through it is
/// backpropagation's.
/// </summary>
internal sealed class AveragePool : WindowLayer
{
    private readonly FixedMatrix _basis;

    /// <summary>Creates the layer.</summary>
    /// <param name="name">What errors and tables call it.</param>
    /// <param name="size">Its sizes: <see cref="WindowDefinition.SizeAt"/>.</param>
    /// <param name="auxiliary">Whether the details are computed.</param>
    /// <param name="side">Pixels of a window's side, a power of 2.</param>
    /// <param name="basis">The Haar transform of a window, <c>[side^2, side^2]</c>, float64, rows are coefficients: <see cref="Haar"/>. It
    /// is owned by the layer from now on.</param>
    public AveragePool(string name, LayerSize size, AuxiliaryUnits auxiliary, int side, Tensor basis)
        : base(name, size, auxiliary, side, new LayerParameter("basis", basis, ParameterRole.Fixed)) => _basis = new(basis);

    /// <inheritdoc/>
    public override string Kind => $"avgpool {Side}×{Side}";

    /// <summary>The Haar transform of a window of pixels: along its rows and along its columns.</summary>
    /// <param name="side">Pixels of a side, a power of 2.</param>
    /// <returns><c>[side^2, side^2]</c>, float64, orthogonal; the first row is 1 / side everywhere.</returns>
    public static Tensor Haar(int side)
    {
        using var scope = NewDisposeScope();
        var line = ones([1, 1], ScalarType.Float64);
        for (var length = 1; length < side; length *= 2)
        {
            // Twice as long: the sums of neighbours go on to the shorter transform, their differences are the new details.
            var (sum, difference) = (
                tensor(
                    new[,]
                    {
                        { 1.0, 1.0 },
                    }
                ),
                tensor(
                    new[,]
                    {
                        { 1.0, -1.0 },
                    }
                )
            );
            line = cat([kron(line, sum), kron(eye(length, dtype: ScalarType.Float64), difference)], 0) / Math.Sqrt(2);
        }

        return kron(line, line).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    protected override Tensor Turned(Tensor windows, int values) => windows.matmul(_basis.As(windows.dtype).narrow(0, 0, values).t());

    /// <inheritdoc/>
    protected override Tensor TurnedBack(Tensor values, Tensor windows) =>
        values.matmul(_basis.As(values.dtype).narrow(0, 0, values.shape[4]));

    /// <inheritdoc/>
    protected override Layer Around(IReadOnlyList<Tensor> owned) => new AveragePool(Name, Size, Auxiliary, Side, owned[0]);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _basis.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>The plan of average pooling.</summary>
/// <param name="Side">Pixels of a window's side, a power of 2.</param>
/// <param name="Stride">Pixels from one window to the next: the side, which 0 stands for.</param>
[LayerKind("avgpool", "SIDE")]
internal sealed record AveragePoolDefinition(int Side, int Stride = 0) : WindowDefinition(Side, Stride)
{
    /// <inheritdoc/>
    public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square) =>
        int.IsPow2(Side)
            ? base.SizeAt(inputShape, square)
            : throw new GaitPropException(
                $"has windows of {Side} pixels, which have no Haar transform: make the side a power of 2, such as 2 or 4."
            );

    /// <inheritdoc/>
    public override Layer Build(LayerPlace place)
    {
        using var exact = AveragePool.Haar(Side);
        return new AveragePool(
            place.Name,
            SizeAt(place.InputShape, place.IsSquare),
            place.Auxiliary,
            Side,
            exact.to(ScalarType.Float64, place.Device ?? CPU, copy: true)
        );
    }
}
