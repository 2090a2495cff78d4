using GaitProp.Rules.Backpropagation;
using GaitProp.Tests.Networks;
using static TorchSharp.torch;

namespace GaitProp.Tests.Rules.Targets;

/// <summary>
/// What the forms are worth in deep networks: update angles to BP on orthogonal weights of 512 units in six layers and of 192 in fifty,
/// inputs between 0 and 1. A rule fails where a layer's angle is above 45 degrees or undefined.
/// </summary>
public sealed class DeepOrthogonalTests(DeepOrthogonalTests.Networks networks) : IClassFixture<DeepOrthogonalTests.Networks>
{
    private const double Failure = 45;

    [Fact]
    public void Six_layers_lose_the_gradient_in_literal_float64_gait() => AssertGaitLosesIt(networks.Six);

    [Fact]
    public void Six_layers_keep_it_in_literal_float64_normalised_gait() => AssertNormalisedGaitKeepsIt(networks.Six);

    [Fact]
    public void Six_layers_lose_it_in_literal_float32_of_either() => AssertLiteralFloat32LosesIt(networks.Six);

    /// <summary>GAIT's factor grows a thousandfold a layer, beyond what float32 holds: an angle is still an angle.</summary>
    [Fact]
    public void Twenty_layers_lose_it_in_literal_float32_gait_and_every_angle_is_a_number()
    {
        using var twenty = new Deep(20, width: 32);

        var angles = twenty.Angles(new GaitOptions { Form = TargetForm.Literal }, ScalarType.Float32);

        Assert.All(angles, a => Assert.InRange(a, 0, 180));
        Assert.True(angles[0] > Failure, Text(angles));
    }

    [Fact]
    public void Six_layers_keep_it_in_displacement_float32_of_either() => AssertDisplacementFloat32KeepsIt(networks.Six);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void So_it_is_with_six_layers_of_1024_units()
    {
        using var wide = new Deep(6, width: 1024);
        AssertGaitLosesIt(wide);
        AssertNormalisedGaitKeepsIt(wide);
        AssertLiteralFloat32LosesIt(wide);
        AssertDisplacementFloat32KeepsIt(wide);
    }

    [Theory]
    [InlineData(TargetForm.Literal, ScalarType.Float64)]
    [InlineData(TargetForm.Literal, ScalarType.Float32)]
    [InlineData(TargetForm.Displacement, ScalarType.Float64)]
    [InlineData(TargetForm.Displacement, ScalarType.Float32)]
    public void Fifty_layers_fail_with_absolute_normalisation_in_every_precision(TargetForm form, ScalarType precision) =>
        AssertAbsoluteFails(networks.Fifty, form, precision);

    [Fact]
    public void Fifty_layers_keep_the_gradient_in_literal_float64_with_relative_normalisation() => AssertRelativeKeeps(networks.Fifty);

    [Theory]
    [InlineData(TargetForm.Displacement)]
    [InlineData(TargetForm.Limit)]
    public void Fifty_layers_in_float32_are_as_far_off_as_float32_backpropagation_within_a_tenth_of_a_degree(TargetForm form) =>
        AssertRoundsAsBackpropagation(networks.Fifty, form);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void So_it_is_with_fifty_layers_of_1024_units()
    {
        using var wide = new Deep(50, width: 1024);
        foreach (var form in (TargetForm[])[TargetForm.Literal, TargetForm.Displacement])
        {
            AssertAbsoluteFails(wide, form, ScalarType.Float64);
            AssertAbsoluteFails(wide, form, ScalarType.Float32);
        }

        AssertRelativeKeeps(wide);
        AssertRoundsAsBackpropagation(wide, TargetForm.Displacement, TargetForm.Limit);
    }

    private static void AssertGaitLosesIt(Deep network)
    {
        var angles = network.Angles(new GaitOptions { Form = TargetForm.Literal }, ScalarType.Float64);

        Assert.True(angles[0] > 80 && angles[1] > 80, Text(angles));
        Assert.True(angles[^2] < 1, Text(angles));
    }

    private static void AssertNormalisedGaitKeepsIt(Deep network)
    {
        var angles = network.Angles(new NormalisedGaitOptions { Form = TargetForm.Literal }, ScalarType.Float64);

        Assert.True(angles.All(a => a < 0.1), Text(angles));
    }

    private static void AssertLiteralFloat32LosesIt(Deep network)
    {
        foreach (
            var options in (TargetOptions[])
                [new GaitOptions { Form = TargetForm.Literal }, new NormalisedGaitOptions { Form = TargetForm.Literal }]
        )
        {
            AssertFails(network.Angles(options, ScalarType.Float32));
        }
    }

    private static void AssertDisplacementFloat32KeepsIt(Deep network)
    {
        foreach (
            var options in (TargetOptions[])
                [new GaitOptions(), new NormalisedGaitOptions(), new NormalisedGaitOptions { Normalisation = Normalisation.Relative }]
        )
        {
            var angles = network.Angles(options, ScalarType.Float32);
            Assert.True(angles.All(a => a < 0.05), $"{options}: {Text(angles)}");
        }
    }

    private static void AssertAbsoluteFails(Deep network, TargetForm form, ScalarType precision) =>
        AssertFails(network.Angles(new NormalisedGaitOptions { Form = form }, precision));

    private static void AssertRelativeKeeps(Deep network)
    {
        var angles = network.Angles(
            new NormalisedGaitOptions { Form = TargetForm.Literal, Normalisation = Normalisation.Relative },
            ScalarType.Float64
        );

        Assert.True(angles.All(a => a < 0.01), Text(angles));
    }

    private static void AssertRoundsAsBackpropagation(Deep network, params TargetForm[] forms)
    {
        var rounding = network.Angles(ScalarType.Float32);
        foreach (var form in forms)
        {
            var options = new NormalisedGaitOptions { Form = form, Normalisation = Normalisation.Relative };
            var angles = network.Angles(options, ScalarType.Float32);
            Assert.True(angles.Zip(rounding).All(a => Math.Abs(a.First - a.Second) <= 0.1), $"{Text(angles)}; BP's own: {Text(rounding)}");
        }
    }

    private static void AssertFails(double[] angles) => Assert.True(angles.Any(a => !(a < Failure)), Text(angles));

    private static string Text(double[] angles) => string.Join(", ", angles.Select(a => FormattableString.Invariant($"{a:0.####}")));

    public sealed class Networks : IDisposable
    {
        public Deep Six { get; } = new(6, width: 512);

        public Deep Fifty { get; } = new(50, width: 192);

        public void Dispose()
        {
            Six.Dispose();
            Fifty.Dispose();
        }
    }

    /// <summary>A network of square orthogonal layers in both precisions, a batch of 8, and BP's float64 update on it.</summary>
    public sealed class Deep : IDisposable
    {
        private const int Batch = 8;
        private readonly Network _double;
        private readonly Network _single;
        private readonly Tensor _x;
        private readonly Tensor _labels;
        private readonly LayerGradient[] _reference;

        public Deep(int hidden, int width)
        {
            using var scope = NewDisposeScope();

            // One random orthogonal matrix is drawn; layers have its rows and columns in other orders and with other signs.
            var drawn = OrthogonalInitialisation.Draw(width, width, 1, ScalarType.Float64);
            _double = new Network(
                "deep",
                [
                    .. Enumerable
                        .Range(0, hidden + 1)
                        .Select(l => new InvertibleDense(
                            $"layer {l + 1}",
                            drawn.index_select(0, Order(2 * l, width)).index_select(1, Order((2 * l) + 1, width))
                                * Numbers.Normal(l, width).sign(),
                            zeros(width, ScalarType.Float64),
                            l == hidden ? LeakyReLU.Identity : LeakyReLU.Hidden,
                            l == hidden ? 10 : width,
                            width,
                            [width]
                        )),
                ]
            );
            _single = _double.As(ScalarType.Float32);
            _x = Numbers.Uniform(1, Batch, width).DetachFromDisposeScope();
            _labels = arange(Batch, ScalarType.Int64).DetachFromDisposeScope();
            _reference =
            [
                .. Backpropagation(_double, _x)
                    .Select(g => new LayerGradient(g.Weight.DetachFromDisposeScope(), g.Bias.DetachFromDisposeScope())),
            ];
        }

        /// <summary>Angles of BP in another precision to BP in float64.</summary>
        public double[] Angles(ScalarType precision)
        {
            using var scope = NewDisposeScope();
            return Numbers.Angles(Backpropagation(For(precision), _x.to(precision)), _reference);
        }

        /// <summary>Angles of a rule to BP in float64.</summary>
        public double[] Angles(TargetOptions options, ScalarType precision)
        {
            using var scope = NewDisposeScope();
            var network = For(precision);
            var x = _x.to(precision);
            var gradient = Loss.CrossEntropySum(network.Predict(x), _labels).Gradient;
            return Numbers.Angles(FormTests.Update(options with { Inverse = InverseStrategy.Solve }, network, x, gradient), _reference);
        }

        public void Dispose()
        {
            _double.Dispose();
            _single.Dispose();
            foreach (var tensor in (Tensor[])[_x, _labels, .. _reference.SelectMany(g => new[] { g.Weight, g.Bias })])
            {
                tensor.Dispose();
            }
        }

        private Network For(ScalarType precision) => precision == ScalarType.Float64 ? _double : _single;

        private LayerGradient[] Backpropagation(Network network, Tensor x)
        {
            using var rule = new BackpropagationRule();
            var trace = network.Forward(x);
            return rule.Update(network, trace, Loss.CrossEntropySum(trace.Output, _labels).Gradient);
        }

        private static Tensor Order(int seed, int width)
        {
            using var generator = new Generator((ulong)seed);
            return randperm(width, dtype: ScalarType.Int64, generator: generator);
        }
    }
}
