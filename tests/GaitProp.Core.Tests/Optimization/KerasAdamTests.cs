using static TorchSharp.torch;

namespace GaitProp.Tests.Optimization;

/// <summary>
/// Adam as Keras has it: <c>p -= lr sqrt(1 - b2^t) / (1 - b1^t) m / (sqrt(v) + epsilon)</c>, held against that formula in plain float64.
/// </summary>
public sealed class KerasAdamTests
{
    private static readonly OptimizerOptions Options = new()
    {
        Kind = OptimizerKind.KerasAdam,
        LearningRate = 2.5e-3,
        Beta1 = 0.9,
        Beta2 = 0.99,
        Epsilon = 1e-4,
    };

    [Theory]
    [InlineData(ScalarType.Float64, 1e-12)]
    [InlineData(ScalarType.Float32, 1e-5)]
    public void Three_hundred_steps_are_the_formula(ScalarType precision, double bound)
    {
        using var scope = NewDisposeScope();
        const int size = 1003;
        var parameter = zeros(size, precision);
        using var adam = new Adam([parameter], Options);
        var (p, m, v) = (new double[size], new double[size], new double[size]);
        for (var t = 1; t <= 300; t++)
        {
            using var inner = NewDisposeScope();
            // Gradients around epsilon, so that its place matters.
            var gradient = (Numbers.Normal(t, size) * Math.Pow(10, -2 - (t % 4))).to(precision);
            adam.Step([gradient]);
            var g = gradient.to(ScalarType.Float64).data<double>().ToArray();
            for (var i = 0; i < size; i++)
            {
                m[i] = (0.9 * m[i]) + (0.1 * g[i]);
                v[i] = (0.99 * v[i]) + (0.01 * g[i] * g[i]);
                p[i] -= 2.5e-3 * Math.Sqrt(1 - Math.Pow(0.99, t)) / (1 - Math.Pow(0.9, t)) * m[i] / (Math.Sqrt(v[i]) + 1e-4);
            }

            if (t is 1 or 10 or 300)
            {
                Numbers.AssertClose(tensor(p), parameter, bound, $"after {t} steps");
            }
        }
    }

    /// <summary>
    /// At step 1 the root of the second moment is sqrt(1 - beta2) |g|, so that epsilon counts 1 / sqrt(1 - beta2) times, ten times for FA,
    /// as much as in Adam.
    /// </summary>
    [Theory]
    [InlineData(0.99, 10)]
    [InlineData(0.9999, 100)]
    public void At_the_first_step_epsilon_weighs_as_much_more_as_the_correction_is(double beta2, double times)
    {
        using var scope = NewDisposeScope();
        var (p, q) = (zeros(50, ScalarType.Float64), zeros(50, ScalarType.Float64));
        using var keras = new Adam([p], Options with { Beta2 = beta2 });
        using var torchs = new Adam([q], Options with { Kind = OptimizerKind.Adam, Beta2 = beta2, Epsilon = times * Options.Epsilon });
        var gradient = Numbers.Normal(1, 50) * 1e-3;

        keras.Step([gradient]);
        torchs.Step([gradient]);

        Numbers.AssertClose(q, p, 1e-12);
    }

    [Fact]
    public void Long_after_the_beginning_it_is_Adam()
    {
        using var scope = NewDisposeScope();
        var (p, q) = (zeros(50, ScalarType.Float64), zeros(50, ScalarType.Float64));
        using var keras = new Adam([p], Options with { Beta2 = 0.9 });
        using var torchs = new Adam([q], Options with { Kind = OptimizerKind.Adam, Beta2 = 0.9 });
        keras.Steps = torchs.Steps = 2000;
        for (var t = 0; t < 5; t++)
        {
            var gradient = Numbers.Normal(t, 50) * 1e-4;
            keras.Step([gradient]);
            torchs.Step([gradient]);
        }

        Numbers.AssertClose(q, p, 1e-12);
    }
}
