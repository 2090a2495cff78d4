using GaitProp.Studies;
using static TorchSharp.torch;

namespace GaitProp.Tests.Studies;

/// <summary>What makes angles grow: the task's updates, not the regulariser's (the paper's section 3.3).</summary>
public sealed class DriftStudyTests
{
    private static readonly DriftStudy Study = new()
    {
        Network = NetworkDefinition.Parse("n", [3, 4, 4], "dense 24, dense 24, dense 24, dense 5"),
        Steps = 12,
        Every = 5,
        Batch = 8,
        Lambda = 10,
        Optimizer = new OptimizerOptions { Kind = OptimizerKind.Sgd, LearningRate = 2e-3 },
    };

    /// <summary>With plain descent: Adam makes whole steps of however small a gradient, also of one that is rounding.</summary>
    [Fact]
    public void Under_the_regulariser_alone_orthogonal_weights_stay_and_angles_stay_near_zero()
    {
        var (task, both, alone) = (Measure(DriftUpdates.Task), Measure(DriftUpdates.Both), Measure(DriftUpdates.Regulariser));

        Assert.Equal([0, 5, 10, 12], alone.Steps);
        Assert.All(alone.Angles, angle => Assert.InRange(angle!.Value, 0, 1e-5));
        Assert.InRange(task.Angles[^1]!.Value, 1e-3, 90);
        Assert.InRange(both.Angles[^1]!.Value, 1e-4, 90);
        Assert.True(alone.Defects[^1] < 1e-8 && task.Defects[^1] > 1e-5, $"{alone.Defects[^1]:g3} {task.Defects[^1]:g3}");
        Assert.Equal(task.Angles[0], alone.Angles[0]);
    }

    [Fact]
    public void Without_strength_the_regulariser_does_nothing()
    {
        Assert.Equal(Measure(DriftUpdates.Task).Angles, Measure(DriftUpdates.Both, s => s with { Lambda = 0 }).Angles);
    }

    /// <summary>Plain descent on lambda ||W W^T - I||^2 takes a defect E to about (1 - 8 lr lambda) E a step.</summary>
    [Fact]
    public void The_regulariser_alone_takes_a_defect_away_and_the_angle_with_it()
    {
        var curve = Measure(
            DriftUpdates.Regulariser,
            s =>
                s with
                {
                    Defect = 0.02,
                    Lambda = 10,
                    Optimizer = new OptimizerOptions { Kind = OptimizerKind.Sgd, LearningRate = 1e-3 },
                }
        );

        Assert.Equal(0.02, curve.Defects[0], 1e-4);
        Assert.InRange(curve.Defects[2] / curve.Defects[0], 0.9 * Math.Pow(1 - 0.08, 10), 1.1 * Math.Pow(1 - 0.08, 10));
        Assert.True(curve.Angles[^1] < 0.6 * curve.Angles[0], $"{curve.Angles[0]} to {curve.Angles[^1]}");
    }

    /// <summary>The paper's table of hyperparameters.</summary>
    [Theory]
    [InlineData("cifar-shallow", 1.9e-5, 0.999, 1e-6, 100)]
    [InlineData("cifar-deep", 1.9e-5, 0.999, 1e-6, 100)]
    [InlineData("imagenet", 4.9e-5, 0.99, 1e-8, 1)]
    public void A_published_network_moves_as_the_paper_trains_it(string model, double rate, double beta2, double epsilon, double lambda)
    {
        var study = DriftStudy.Of(model, Study.Network);

        Assert.Same(Study.Network, study.Network);
        Assert.Equal(lambda, study.Lambda);
        Assert.Equal(
            new OptimizerOptions
            {
                LearningRate = rate,
                Beta2 = beta2,
                Epsilon = epsilon,
            },
            study.Optimizer
        );
    }

    [Theory]
    [InlineData("lambda -1 is not possible: it must be 0 or more.", -1, 1)]
    [InlineData("steps 0 is not possible: it must be 1 or more.", 1, 0)]
    public void What_is_not_possible_is_refused(string error, double lambda, int steps) =>
        Assert.Equal(
            error,
            Assert.Throws<GaitPropException>(() => Measure(DriftUpdates.Both, s => s with { Lambda = lambda, Steps = steps })).Message
        );

    private static DriftCurve Measure(DriftUpdates updates, Func<DriftStudy, DriftStudy>? change = null)
    {
        using var scope = NewDisposeScope();
        var (x, y) = AngleSweepTests.Batch(40, 3, 4, 4);
        var study = Study with { Updates = updates };
        return (change?.Invoke(study) ?? study).Measure(x, y, cancellation: TestContext.Current.CancellationToken);
    }
}
