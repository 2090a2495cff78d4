using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace GaitProp.Tests.Optimization;

public sealed class AdamTests
{
    /// <summary>No multiples of a vector's width; one below, at and above a chunk of 65536, and several chunks.</summary>
    private static readonly long[] Sizes = [1, 3, 17, 1023, 65_535, 65_536, 65_537, 131_075];

    /// <summary>Memory is read as it lies: another type or shape would be read as what it is not, and past its end.</summary>
    [Theory]
    [InlineData(ScalarType.Float64, 2, 3, "gradient 2 is 2 x 3 in float64 on cpu, and its parameter 2 x 3 in float32 on cpu")]
    [InlineData(ScalarType.Float32, 3, 2, "gradient 2 is 3 x 2 in float32 on cpu, and its parameter 2 x 3 in float32 on cpu")]
    public void A_gradient_of_another_type_or_shape_is_refused_and_nothing_moves(ScalarType type, long rows, long columns, string said)
    {
        using var scope = NewDisposeScope();
        Tensor[] parameters = [ones(4), ones(2, 3)];
        using var adam = new Adam(parameters, new OptimizerOptions(), [0.1, 0.1]);

        var message = Assert.Throws<ArgumentException>(() => adam.Step([ones(4), ones(rows, columns, type)])).Message;

        Assert.StartsWith(said, message, StringComparison.Ordinal);
        Assert.Equal(0, adam.Steps);
        Assert.All(parameters, p => Numbers.AssertEqual(ones_like(p), p));
    }

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-4)]
    [Trait("Size", "Exhaustive")]
    public void A_thousand_steps_are_torchs(ScalarType precision, double bound)
    {
        using var scope = NewDisposeScope();
        var options = new OptimizerOptions
        {
            LearningRate = 1e-3,
            Beta1 = 0.9,
            Beta2 = 0.99,
            Epsilon = 1e-4,
        };
        var start = Sizes.Select((size, i) => Numbers.Normal(i, size).to(precision)).ToArray();
        var ours = start.Select(p => p.clone()).ToArray();
        var torchs = start.Select(p => new Parameter(p.clone())).ToArray();
        using var adam = new Adam(ours, options);
        using var reference = optim.Adam(torchs, options.LearningRate, options.Beta1, options.Beta2, options.Epsilon);
        var zeros = ours.Select(p => zeros_like(p)).ToArray();
        for (var step = 0; step < 1000; step++)
        {
            using var inner = NewDisposeScope();

            // Large parameters are followed for ten steps, where the bias corrections act; small ones all the way.
            var followed = step < 10 ? Sizes.Length : 4;
            var gradients = Enumerable
                .Range(0, Sizes.Length)
                .Select(i =>
                    i < followed
                        ? (Numbers.Normal((10 * step) + i, Sizes[i]) * Math.Pow(10, (i % 4) - 2) * (1 + Math.Sin(step * 0.1))).to(precision)
                        : zeros[i]
                )
                .ToArray();
            foreach (var (i, (parameter, gradient)) in torchs.Zip(gradients).Index())
            {
                // Zeros stay where they are.
                if (i < followed || step == 10)
                {
                    parameter.grad = gradient.clone().DetachFromDisposeScope();
                }
            }

            adam.Step(gradients);
            reference.step();
            if (step is 0 or 9 or 999)
            {
                foreach (var (i, size) in Sizes.Index())
                {
                    // What was travelled, not the parameters themselves, is what must agree.
                    Numbers.AssertClose(
                        (torchs[i] - start[i]).detach(),
                        ours[i] - start[i],
                        bound,
                        $"{size} values after {step + 1} steps"
                    );
                }
            }
        }

        Assert.Equal(1000, adam.Steps);
        foreach (var parameter in torchs)
        {
            parameter.grad?.Dispose();
        }
    }

    [Fact]
    public void The_first_step_is_the_learning_rate_in_the_direction_of_the_sign()
    {
        using var scope = NewDisposeScope();
        var p = zeros(5, ScalarType.Float64);
        using var adam = new Adam([p], new OptimizerOptions { LearningRate = 0.01, Epsilon = 1e-12 });

        adam.Step([tensor(new[] { 3, -2, 0.1, -1e3, 0 })]);

        Assert.Equal([-0.01, 0.01, -0.01, 0.01, 0], p.data<double>().ToArray().Select(v => Math.Round(v, 10)));
    }

    [Fact]
    public void A_gradient_that_is_not_contiguous_is_taken_by_its_values()
    {
        using var scope = NewDisposeScope();
        var (p, q) = (zeros(3, 4, ScalarType.Float64), zeros(3, 4, ScalarType.Float64));
        var gradient = Numbers.Normal(1, 4, 3).t();
        using var one = new Adam([p], new OptimizerOptions());
        using var other = new Adam([q], new OptimizerOptions());

        one.Step([gradient]);
        other.Step([gradient.contiguous()]);

        Numbers.AssertEqual(q, p);
    }

    [Fact]
    public void Gradients_must_be_as_many_as_parameters()
    {
        using var scope = NewDisposeScope();
        using var adam = new Adam([zeros(2)], new OptimizerOptions());

        Assert.Contains(
            "2 gradients came for 1 parameters",
            Assert.Throws<ArgumentException>(() => adam.Step([zeros(2), zeros(2)])).Message,
            StringComparison.Ordinal
        );
    }

    public static TheoryData<string, OptimizerOptions> Impossible =>
        new()
        {
            {
                "optimizer lr 0 is not possible: it must be above 0.",
                new() { LearningRate = 0 }
            },
            {
                "optimizer lr NaN is not possible",
                new() { LearningRate = double.NaN }
            },
            {
                "optimizer beta1 1 is not possible: it must be 0 or more and below 1.",
                new() { Beta1 = 1 }
            },
            {
                "optimizer beta2 -0.1 is not possible",
                new() { Beta2 = -0.1 }
            },
            {
                "optimizer epsilon 0 is not possible: it must be above 0.",
                new() { Epsilon = 0 }
            },
        };

    [Theory]
    [MemberData(nameof(Impossible), DisableDiscoveryEnumeration = true)]
    public void Options_that_are_not_possible_are_refused_by_name_and_value(string message, OptimizerOptions options)
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith(message, Assert.Throws<GaitPropException>(() => new Adam([zeros(1)], options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_step_of_other_devices_is_the_fused_one()
    {
        using var scope = NewDisposeScope();
        var fused = Numbers.Normal(1, 37, 11);
        var other = fused.clone();
        var (first, second) = (zeros_like(other), zeros_like(other));
        using var adam = new Adam(
            [fused],
            new OptimizerOptions
            {
                LearningRate = 1e-2,
                Beta1 = 0.8,
                Beta2 = 0.95,
                Epsilon = 1e-3,
            }
        );
        for (var t = 1; t <= 20; t++)
        {
            var gradient = Numbers.Normal(100 + t, 37, 11);
            adam.Step([gradient]);
            adam.InOperations(other, gradient, first, second, 1e-2 / (1 - Math.Pow(0.8, t)), Math.Sqrt(1 - Math.Pow(0.95, t)));
        }

        Numbers.AssertClose(fused, other, 1e-13);
        Numbers.AssertClose(adam.State[0].Tensors[0], first, 1e-13);
        Numbers.AssertClose(adam.State[1].Tensors[0], second, 1e-13);
    }

    /// <summary>Adam's first step is the step size itself, in the direction of the sign.</summary>
    [Theory]
    [InlineData(null, 0.03)]
    [InlineData(0.2, 0.2)]
    [InlineData(0.0, 0.0)]
    public void A_gain_moves_by_the_root_of_the_fan_in_times_the_rate_or_as_set(double? gainRate, double expected)
    {
        using var scope = NewDisposeScope();
        using var network = Network.Build(
            NetworkDefinition.Parse("n", [9], "dense 4 gain row, dense 3"),
            AuxiliaryUnits.None,
            1,
            ScalarType.Float64
        );
        var before = network.Layers.SelectMany(l => l.Trained).Select(t => t.clone()).ToArray();
        using var adam = Optimizer.Of(
            network,
            new OptimizerOptions
            {
                LearningRate = 0.01,
                Epsilon = 1e-12,
                GainLr = gainRate,
            }
        );

        adam.Step([.. before.Select(b => ones_like(b))]);

        var moves = before.Zip(network.Layers.SelectMany(l => l.Trained), (was, now) => (was - now).mean().item<double>()).ToArray();
        double[] steps = [0.01, 0.01, expected, 0.01, 0.01];
        Assert.Equal(steps.Length, moves.Length);
        Assert.All(steps.Zip(moves), pair => Assert.Equal(pair.First, pair.Second, 1e-9));
    }

    [Fact]
    public void Rates_must_be_as_many_as_parameters()
    {
        using var scope = NewDisposeScope();
        Assert.Throws<ArgumentException>(() => new Adam([zeros(1), zeros(2)], new OptimizerOptions(), [0.1]));
    }
}
