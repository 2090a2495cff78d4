using static TorchSharp.torch;

namespace GaitProp.Layers;

/// <summary>
/// A layer that treats every window of an image alike, <c>side x side</c> pixels of one channel, and turns its side^2 values into as many
/// others of which the first goes on: pooling that can be inverted. Windows lie side by side, so what the windows' map is the layer is:
/// orthogonal, if that is orthogonal. The others are auxiliary units. It trains nothing and is linear.
/// </summary>
internal abstract class WindowLayer : Layer
{
    /// <summary>Creates the layer.</summary>
    /// <param name="name">What errors and tables call it.</param>
    /// <param name="size">Its sizes: <see cref="WindowDefinition.SizeAt"/>.</param>
    /// <param name="auxiliary">Whether the other values are computed.</param>
    /// <param name="side">Pixels of a window's side.</param>
    /// <param name="owned">What it owns.</param>
    protected WindowLayer(string name, LayerSize size, AuxiliaryUnits auxiliary, int side, params IReadOnlyList<LayerParameter> owned)
        : base(name, size, auxiliary, owned) => Side = side;

    /// <summary>Pixels of a window's side.</summary>
    public int Side { get; }

    /// <inheritdoc/>
    public sealed override Tensor Forward(Tensor x)
    {
        var values = Turned(Windows(Checked(x)), Rows == Keep ? 1 : Side * Side);

        // [batch, channels, height, width, values] to [batch, values x channels, height, width]: the first of every window come first.
        return values.permute(0, 4, 1, 2, 3).flatten(1, 2);
    }

    /// <inheritdoc/>
    public sealed override Tensor Feedback(Tensor delta, Tensor x, IReadOnlyList<Tensor>? feedback = null)
    {
        var channels = InputShape[0];
        if (delta.shape[1] != channels && delta.shape[1] != channels * Side * Side)
        {
            throw new GaitPropException(
                $"{Name} ({Kind}) is asked for {delta.shape[1]} of its {channels * Side * Side} channels; ask for the {channels} kept ones, or for all."
            );
        }

        var values = delta.unflatten(1, [-1, channels]).permute(0, 2, 3, 4, 1);
        var windows = TurnedBack(values, Windows(Checked(x)));
        return windows.unflatten(4, [Side, Side]).permute(0, 1, 2, 4, 3, 5).reshape([delta.shape[0], .. InputShape]);
    }

    /// <summary>The transpose: the windows' map is orthogonal.</summary>
    /// <param name="p">Values or displacements, <c>[batch, k ≤ rows, height, width]</c>.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="strategy">Of no meaning: there is no weight.</param>
    protected sealed override Inversion Inverse(Tensor p, Tensor x, InverseStrategy strategy) => Feedback(p, x);

    /// <summary>The first values of windows, turned.</summary>
    /// <param name="windows">Pixels, <c>[batch, channels, height, width, side^2]</c>.</param>
    /// <param name="values">How many, 1 or all.</param>
    /// <returns><c>[batch, channels, height, width, values]</c>.</returns>
    protected abstract Tensor Turned(Tensor windows, int values);

    /// <summary>The transpose of <see cref="Turned"/>.</summary>
    /// <param name="values">The first or all values of each window, <c>[batch, channels, height, width, values]</c>.</param>
    /// <param name="windows">The pixels that were turned.</param>
    /// <returns><c>[batch, channels, height, width, side^2]</c>.</returns>
    protected abstract Tensor TurnedBack(Tensor values, Tensor windows);

    private Tensor Windows(Tensor x)
    {
        var (channels, height, width) = (InputShape[0], InputShape[1] / Side, InputShape[2] / Side);
        return x.reshape(-1, channels, height, Side, width, Side).permute(0, 1, 2, 4, 3, 5).flatten(4, 5);
    }
}

/// <summary>The plan of a layer of windows.</summary>
/// <param name="Side">Pixels of a window's side.</param>
/// <param name="Stride">Pixels from one window to the next: the side, as windows may neither overlap nor leave pixels out. 0, the default,
/// is the side.</param>
internal abstract record WindowDefinition(int Side, int Stride) : LayerDefinition
{
    /// <inheritdoc/>
    public override LayerSize SizeAt(IReadOnlyList<long> inputShape, bool square)
    {
        if (Stride != 0 && Stride != Side)
        {
            throw new GaitPropException(
                $"has windows that {(Stride < Side ? "overlap" : "leave pixels out")}, and so no inverse: make its stride {Side}, or leave it out."
            );
        }

        if (inputShape.Count != 3)
        {
            throw new GaitPropException($"needs an input of channels x height x width, not {Shapes.Text(inputShape)}.");
        }

        if (Side < 1 || inputShape[1] % Side != 0 || inputShape[2] % Side != 0)
        {
            throw new GaitPropException(
                $"needs images whose sides are multiples of {Side}, not {inputShape[1]} x {inputShape[2]}: a pixel that is left out could not be rebuilt."
            );
        }

        var values = inputShape[0] * Side * Side;
        return new(
            ToString(),
            inputShape,
            values,
            inputShape[0],
            square ? values : inputShape[0],
            [inputShape[1] / Side, inputShape[2] / Side]
        )
        {
            FlopsAnOutput = Side * Side,
        };
    }
}
