using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.Targets;

/// <summary>
/// The rules of the GAIT family as the paper prints them, in loops over plain numbers, one sample at a time: an oracle that shares
/// nothing with the code under test but the network's numbers. Every layer above the first must be square with explicit auxiliary units.
/// </summary>
internal sealed class PrintedRule
{
    /// <summary>The increment factor, given ||t - a||, the kept activations, and the layer's outputs.</summary>
    public required Func<double, double[], int, double> Gamma { get; init; }

    /// <summary>Whether the target below is the inverse image of the target itself: target propagation.</summary>
    public bool WithoutIncrements { get; init; }

    public double TargetStep { get; init; } = 0.5;

    public static PrintedRule Gait(double gamma) => new() { Gamma = (_, _, _) => gamma };

    public static PrintedRule NormalisedGait(double eta) => new() { Gamma = (distance, _, units) => eta * Math.Sqrt(units) / distance };

    public static PrintedRule RelativeGait(double eta) =>
        new() { Gamma = (distance, kept, units) => eta * Math.Sqrt(kept.Sum(a => a * a) / kept.Length) * Math.Sqrt(units) / distance };

    public static PrintedRule TargetPropagation() => new() { Gamma = (_, _, _) => double.NaN, WithoutIncrements = true };

    /// <summary>dL/dW and dL/db, and t - a of each layer, <c>[batch, outputs x positions]</c>.</summary>
    public (LayerGradient[] Update, double[][][] Displacements) Run(Network network, Tensor input, Tensor outputGradient)
    {
        var layers = network.Layers.Select(PlainLayer.Of).ToArray();
        var weights = layers.Select(l => new double[l.Rows * l.FanIn]).ToArray();
        var biases = layers.Select(l => new double[l.Rows]).ToArray();
        var gains = layers.Select(l => new double[l.Rows]).ToArray();
        var displacements = layers.Select(_ => new double[input.shape[0]][]).ToArray();
        for (var sample = 0; sample < input.shape[0]; sample++)
        {
            var x = input[sample].flatten().data<double>().ToArray();
            var inputs = new double[layers.Length][];
            var activations = new double[layers.Length][];
            for (var l = 0; l < layers.Length; l++)
            {
                inputs[l] = x;
                activations[l] = layers[l].Forward(x);
                x = activations[l][..(layers[l].Keep * layers[l].Positions)];
            }

            var gradient = outputGradient[sample].flatten().data<double>().ToArray();
            var t = (double[])activations[^1].Clone();
            for (var i = 0; i < gradient.Length; i++)
            {
                t[i] -= TargetStep * gradient[i];
            }

            var m = 1.0;
            for (var l = layers.Length - 1; l >= 0; l--)
            {
                var layer = layers[l];
                var a = activations[l];
                var d = t.Zip(a, (target, activation) => target - activation).ToArray();
                displacements[l][sample] = d;
                var delta = d.Select((value, i) => -(1 / TargetStep) * m * value * (a[i] > 0 ? 1 : layer.Slope)).ToArray();
                layer.AddGradient(delta, inputs[l], weights[l], biases[l], gains[l]);
                if (l == 0)
                {
                    break;
                }

                var n = t;
                if (!WithoutIncrements)
                {
                    var distance = Math.Sqrt(d.Sum(value => value * value));
                    var gamma = distance > 0 ? Gamma(distance, a[..(layer.Keep * layer.Positions)], layer.Rows * layer.Positions) : 1;
                    n =
                    [
                        .. a.Select(
                            (value, i) =>
                            {
                                var g = layer.Gain(i / layer.Positions);
                                var epsilon = gamma * g * g * (value > 0 ? 1 : layer.Slope * layer.Slope);
                                return ((1 - epsilon) * value) + (epsilon * t[i]);
                            }
                        ),
                    ];
                    m /= gamma;
                }

                var below = layer.Inverse(n, inputs[l]);
                t = (double[])activations[l - 1].Clone();
                below.CopyTo(t, 0);
            }
        }

        return (
            [
                .. layers.Select(
                    (l, i) =>
                        new LayerGradient(
                            tensor(weights[i], [l.Rows, l.FanIn], dtype: ScalarType.Float64),
                            tensor(biases[i], dtype: ScalarType.Float64),
                            l.GainGradient(gains[i])
                        )
                ),
            ],
            displacements
        );
    }

    /// <summary>A layer as numbers: a dense map applied at every position, to the inputs that the position sees (-1 is padding).</summary>
    private sealed class PlainLayer
    {
        private double[] _weight = [];
        private double[] _bias = [];
        private double[]? _gain;
        private int[][] _seen = [];
        private int[] _count = [];

        public int Rows { get; private init; }

        public int FanIn { get; private init; }

        public int Keep { get; private init; }

        public double Slope { get; private init; }

        public int Positions => _seen.Length;

        public static PlainLayer Of(Layer layer) =>
            new()
            {
                Rows = (int)layer.Weight.shape[0],
                FanIn = (int)layer.Weight.shape[1],
                Keep = layer.Keep,
                Slope = layer.Activation.Slope,
                _weight = layer.Weight.data<double>().ToArray(),
                _bias = layer.Bias.data<double>().ToArray(),
                _gain = layer.Gain?.data<double>().ToArray(),
                _seen = layer is InvertibleConv2d conv
                    ? Patches(conv)
                    :
                    [
                        [.. Enumerable.Range(0, (int)layer.FanIn)],
                    ],
                _count = new int[layer.InputShape.Aggregate(1L, (p, q) => p * q)],
            };

        public double[] Forward(double[] x)
        {
            var a = new double[Rows * Positions];
            for (var o = 0; o < Rows; o++)
            {
                for (var p = 0; p < Positions; p++)
                {
                    var z = _bias[o] + (Gain(o) * Weighted(o, p, x));

                    a[(o * Positions) + p] = z > 0 ? z : Slope * z;
                }
            }

            return a;
        }

        /// <summary>g of a row: its own, the layer's, or 1.</summary>
        public double Gain(int row) => _gain is null ? 1 : _gain[_gain.Length == 1 ? 0 : row];

        /// <summary>dL/dg as the layer has its gains.</summary>
        public Tensor? GainGradient(double[] byRow) =>
            _gain is null ? null : tensor(_gain.Length == 1 && Rows > 1 ? [byRow.Sum()] : byRow, dtype: ScalarType.Float64);

        private double Weighted(int row, int position, double[] x)
        {
            var sum = 0.0;
            for (var j = 0; j < FanIn; j++)
            {
                sum += _seen[position][j] < 0 ? 0 : _weight[(row * FanIn) + j] * x[_seen[position][j]];
            }

            return sum;
        }

        public void AddGradient(double[] delta, double[] x, double[] weight, double[] bias, double[] gain)
        {
            for (var o = 0; o < Rows; o++)
            {
                for (var p = 0; p < Positions; p++)
                {
                    var d = delta[(o * Positions) + p];
                    bias[o] += d;
                    gain[o] += d * Weighted(o, p, x);
                    for (var j = 0; j < FanIn; j++)
                    {
                        weight[(o * FanIn) + j] += _seen[p][j] < 0 ? 0 : d * Gain(o) * x[_seen[p][j]];
                    }
                }
            }
        }

        /// <summary>G(n) = W^-1 ((f^-1(n) - b) / g) at every position, summed, less (count - 1) x.</summary>
        public double[] Inverse(double[] n, double[] x)
        {
            Assert.Equal(Rows, FanIn);
            var below = new double[x.Length];
            Array.Clear(_count);
            for (var p = 0; p < Positions; p++)
            {
                var right = new double[Rows];
                for (var o = 0; o < Rows; o++)
                {
                    var value = n[(o * Positions) + p];
                    right[o] = ((value > 0 ? value : value / Slope) - _bias[o]) / Gain(o);
                }

                var patch = Solve(right);
                for (var j = 0; j < FanIn; j++)
                {
                    if (_seen[p][j] >= 0)
                    {
                        below[_seen[p][j]] += patch[j];
                        _count[_seen[p][j]]++;
                    }
                }
            }

            for (var i = 0; i < below.Length; i++)
            {
                below[i] -= (_count[i] - 1) * x[i];
            }

            return below;
        }

        /// <summary>Gaussian elimination with row pivots.</summary>
        private double[] Solve(double[] right)
        {
            var size = Rows;
            var w = (double[])_weight.Clone();
            var b = (double[])right.Clone();
            for (var c = 0; c < size; c++)
            {
                var pivot = Enumerable.Range(c, size - c).MaxBy(r => Math.Abs(w[(r * size) + c]));
                for (var j = 0; j < size; j++)
                {
                    (w[(c * size) + j], w[(pivot * size) + j]) = (w[(pivot * size) + j], w[(c * size) + j]);
                }

                (b[c], b[pivot]) = (b[pivot], b[c]);
                for (var r = c + 1; r < size; r++)
                {
                    var factor = w[(r * size) + c] / w[(c * size) + c];
                    for (var j = c; j < size; j++)
                    {
                        w[(r * size) + j] -= factor * w[(c * size) + j];
                    }

                    b[r] -= factor * b[c];
                }
            }

            for (var r = size - 1; r >= 0; r--)
            {
                for (var j = r + 1; j < size; j++)
                {
                    b[r] -= w[(r * size) + j] * b[j];
                }

                b[r] /= w[(r * size) + r];
            }

            return b;
        }

        /// <summary>For every position, row by row, the pixel under each weight of the kernel.</summary>
        private static int[][] Patches(InvertibleConv2d conv)
        {
            var (channels, height, width) = ((int)conv.InputShape[0], (int)conv.InputShape[1], (int)conv.InputShape[2]);
            var (rows, top) = Places(height, conv.Kernel, conv.Stride);
            var (columns, left) = Places(width, conv.Kernel, conv.Stride);
            return
            [
                .. from r in Enumerable.Range(0, rows)
                from c in Enumerable.Range(0, columns)
                select (
                    from channel in Enumerable.Range(0, channels)
                    from ky in Enumerable.Range(0, conv.Kernel)
                    from kx in Enumerable.Range(0, conv.Kernel)
                    let y = (r * conv.Stride) - top + ky
                    let x = (c * conv.Stride) - left + kx
                    select y < 0 || y >= height || x < 0 || x >= width ? -1 : (((channel * height) + y) * width) + x
                ).ToArray(),
            ];
        }

        private static (int Count, int Before) Places(int size, int kernel, int stride)
        {
            var count = (int)Math.Ceiling((double)size / stride);
            return (count, Math.Max(0, ((count - 1) * stride) + kernel - size) / 2);
        }
    }
}
