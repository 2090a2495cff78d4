using static TorchSharp.torch;

namespace GaitProp.Tests.Optimization;

/// <summary>Plain gradient descent: the formula is its own oracle.</summary>
public sealed class GradientDescentTests
{
    private static readonly OptimizerOptions Options = new() { Kind = OptimizerKind.Sgd, LearningRate = 0.05 };

    [Theory]
    [InlineData(ScalarType.Float64, 1e-14)]
    [InlineData(ScalarType.Float32, 1e-6)]
    public void A_step_is_the_rate_times_the_gradient(ScalarType precision, double bound)
    {
        using var scope = NewDisposeScope();
        var start = Numbers.Normal(1, 7, 5).to(precision);
        var parameter = start.clone();
        using var descent = new GradientDescent([parameter], Options);
        var sum = zeros(7, 5, ScalarType.Float64);
        for (var t = 0; t < 20; t++)
        {
            var gradient = Numbers.Normal(10 + t, 7, 5).to(precision);
            descent.Step([gradient]);
            sum += gradient.to(ScalarType.Float64);
        }

        Numbers.AssertClose(start.to(ScalarType.Float64) - (0.05 * sum), parameter, bound);
        Assert.Equal((20, 0), (descent.Steps, descent.State.Count));
    }

    [Theory]
    [InlineData(null, 0.05)]
    [InlineData(0.2, 0.2)]
    public void Every_parameter_has_the_rate_and_a_gain_its_own_if_it_is_set(double? gainRate, double expected)
    {
        using var scope = NewDisposeScope();
        using var network = Network.Build(
            NetworkDefinition.Parse("n", [9], "dense 4 gain row, dense 3"),
            AuxiliaryUnits.None,
            1,
            ScalarType.Float64
        );
        var before = network.Layers.SelectMany(l => l.Trained).Select(t => t.clone()).ToArray();
        using var descent = Optimizer.Of(network, Options with { GainLr = gainRate });

        descent.Step([.. before.Select(b => 2 * ones_like(b))]);

        Assert.IsType<GradientDescent>(descent);
        var moves = before.Zip(network.Layers.SelectMany(l => l.Trained), (was, now) => (was - now).mean().item<double>() / 2).ToArray();
        Assert.All(((double[])[0.05, 0.05, expected, 0.05, 0.05]).Zip(moves), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }
}
