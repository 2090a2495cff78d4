using GaitProp.Experiments;
using static TorchSharp.torch;

namespace GaitProp.Tests.Experiments;

public sealed class FigurePlanTests
{
    private static readonly ImageSplit Image = new(new byte[3 * 32 * 32], [0], 3, 32, 32);
    private static readonly ImageDataset Real = new("CIFAR-10", "somewhere", ["a", "b"], Image, Image, isEmbedded: false);
    private static readonly ImageDataset Embedded = new("embedded", "somewhere", ["a", "b"], Image, Image, isEmbedded: true);

    [Fact]
    public void The_preset_paper_on_cifar_10_is_the_published_set_up()
    {
        var plan = FigurePlan.Of("fig4", "paper", Real);

        Assert.Null(plan.StandsInFor);
        Assert.Equal(["bp", "fa", "gait", "ngait"], plan.Experiments.Select(e => e.Rule));
        Assert.All(
            plan.Experiments,
            e =>
            {
                Assert.Equal(("cifar-shallow", 200, 256, 1, 100), (e.Name, e.Epochs, e.BatchSize, e.Seed, e.AngleEvery));
                Assert.Null(e.TrainImages);
                var (rate, beta2, epsilon) = e.Rule == "fa" ? (2.5e-5, 0.99, 1e-4) : (1.9e-5, 0.999, 1e-6);
                Assert.Equal(
                    (rate, 0.9, beta2, epsilon),
                    (e.Optimizer.LearningRate, e.Optimizer.Beta1, e.Optimizer.Beta2, e.Optimizer.Epsilon)
                );
            }
        );
        var ngait = plan.Experiments[3];
        Assert.Equal((ScalarType.Float64, AuxiliaryUnits.Explicit), (ngait.Precision, ngait.Auxiliary));
        Assert.Equal((OrthogonalityKind.Penalty, 100.0), (ngait.Orthogonality.Kind, ngait.Orthogonality.Lambda));
        var options = Assert.IsType<NormalisedGaitOptions>(ngait.RuleOptions);
        Assert.Equal(
            (TargetForm.Literal, InverseStrategy.Exact, 1e-7, 0.5, Normalisation.Absolute),
            (options.Form, options.Inverse, options.Eta, options.TargetStep, options.Normalisation)
        );
        Assert.All(
            plan.Experiments.Take(2),
            e => Assert.Equal((AuxiliaryUnits.None, OrthogonalityKind.None), (e.Auxiliary, e.Orthogonality.Kind))
        );
    }

    [Theory]
    [InlineData("smoke")]
    [InlineData("quick")]
    [InlineData("paper")]
    public void The_embedded_set_says_what_it_stands_in_for_and_runs_under_its_own_name(string preset)
    {
        var plan = FigurePlan.Of("fig4", preset, Embedded);

        Assert.Equal("CIFAR-10", plan.StandsInFor);
        Assert.All(
            plan.Experiments,
            e => Assert.Equal(("synthetic-shallow", "dense 512, dense 512, dense 512, dense 10"), (e.Name, e.Network))
        );
        Assert.Equal("Figure 4 on the embedded set: three hidden layers of 512 units", plan.Title);
    }

    [Fact]
    public void Figure_5_is_the_deep_network_with_the_settings_of_figure_4()
    {
        foreach (
            var (preset, data) in from preset in new[] { "smoke", "quick", "paper", "authors" }
            from data in new[] { Real, Embedded }
            select (preset, data)
        )
        {
            var (shallow, deep) = (FigurePlan.Of("fig4", preset, data), FigurePlan.Of("fig5", preset, data));

            Assert.Equal(
                (
                    "fig5",
                    data == Embedded
                        ? "Figure 5 on the embedded set: six hidden layers of 512 units"
                        : "Figure 5: six hidden layers of 1024 units",
                    data == Embedded ? "CIFAR-10" : null
                ),
                (deep.Figure, deep.Title, deep.StandsInFor)
            );
            var expected = shallow
                .Experiments.Select(e =>
                    e with
                    {
                        Name = data == Embedded ? "synthetic-deep" : "cifar-deep",
                        Network =
                            data == Embedded ? "dense 512, dense 512, dense 512, dense 512, dense 512, dense 512, dense 10" : "cifar-deep",
                    }
                )
                .ToDictionary(e => e.Rule);
            Assert.Equal(["bp", "fa", "gait", "gait+displacement", "ngait"], deep.Rules);
            Assert.Equal([expected["bp"], expected["fa"]], deep.Experiments.Take(2));
            Assert.Equal(expected["ngait"], deep.Experiments[4]);

            // GAIT is the published one whatever the preset; its displacement form is computed as the preset fast computes it, and
            // everything else is figure 4's.
            var gait = deep.Experiments[2];
            Assert.Equal(
                (ScalarType.Float64, AuxiliaryUnits.Explicit, OrthogonalityKind.Penalty),
                (gait.Precision, gait.Auxiliary, gait.Orthogonality.Kind)
            );
            Assert.Equal(new GaitOptions { Form = TargetForm.Literal, Inverse = InverseStrategy.Exact }, gait.RuleOptions);
            var displaced = deep.Experiments[3];
            Assert.Equal(
                (ScalarType.Float32, AuxiliaryUnits.Implicit, OrthogonalityKind.Retraction),
                (displaced.Precision, displaced.Auxiliary, displaced.Orthogonality.Kind)
            );
            Assert.Equal(new GaitOptions { Inverse = InverseStrategy.Folded(32) }, displaced.RuleOptions);
            Assert.All(
                [gait, displaced],
                e =>
                    Assert.Equal(
                        (expected["gait"].Optimizer, expected["gait"].Epochs, expected["gait"].TrainImages),
                        (e.Optimizer, e.Epochs, e.TrainImages)
                    )
            );
        }
    }

    public static TheoryData<string, bool, string, string> Numbers =>
        new()
        {
            { "smoke", false, "fast", "2 5120 1000 5; lr 1.9E-05 2.5E-05; every 64" },
            { "quick", false, "fast", "3   21; lr 1.9E-05 2.5E-05; every 64" },
            { "paper", false, "paper", "200   100; lr 1.9E-05 2.5E-05; every 64" },
            { "smoke", true, "fast", "2 5120 1000 5; lr 0.0002 0.001; every 64" },
            { "quick", true, "fast", "10   11; lr 0.0002 0.001; every 64" },
            { "paper", true, "paper", "200   100; lr 1.9E-05 2.5E-05; every 64" },
        };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_preset_sets_epochs_images_and_intervals_and_the_embedded_set_learns_faster(
        string preset,
        bool embedded,
        string root,
        string expected
    )
    {
        var plan = FigurePlan.Of("fig4", preset, embedded ? Embedded : Real, ["bp", "fa", "ngait"]);
        var (bp, fa) = (plan.Experiments[0], plan.Experiments[1]);
        Assert.All(
            plan.Experiments,
            e =>
                Assert.Equal(
                    (root, expected),
                    (
                        e.Preset,
                        FormattableString.Invariant(
                            $"{e.Epochs} {e.TrainImages} {e.TestImages} {e.AngleEvery}; lr {bp.Optimizer.LearningRate} {fa.Optimizer.LearningRate}; every {e.Orthogonality.Every}"
                        )
                    )
                )
        );
        Assert.Equal(bp.Optimizer, plan.Experiments[2].Optimizer);
    }

    [Fact]
    public void Angles_are_sampled_at_every_age_of_a_retraction()
    {
        foreach (var (preset, data) in new[] { ("smoke", Real), ("quick", Real), ("smoke", Embedded), ("quick", Embedded) })
        {
            var e = FigurePlan.Of("fig4", preset, data, ["ngait"]).Experiments.Single();
            Assert.Equal(
                e.Orthogonality.Every,
                Enumerable.Range(0, e.Orthogonality.Every).Select(i => i * e.AngleEvery % e.Orthogonality.Every).Distinct().Count()
            );
        }
    }

    [Fact]
    public void Rules_epochs_and_seed_can_be_chosen()
    {
        var e = FigurePlan.Of("fig4", "quick", Real, ["tp"], epochs: 7, seed: 9).Experiments.Single();

        Assert.Equal(("tp", 7, 9), (e.Rule, e.Epochs, e.Seed));
    }

    [Theory]
    [InlineData("fig9", "bp", 1, "unknown figure 'fig9'")]
    [InlineData("fig4", "bq", 1, "unknown rule 'bq'")]
    [InlineData("fig4", "bp", 0, "epochs 0 is not possible")]
    public void What_cannot_be_planned_is_refused(string figure, string rule, int epochs, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<GaitPropException>(() => FigurePlan.Of(figure, "quick", Real, [rule], epochs)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Over_photos_of_some_classes_the_heading_does_not_say_ImageNet()
    {
        Assert.Equal("Figure 6: seven convolutions on imagenette-224", FigurePlan.TitleOf("fig6", "imagenette-224", "imagenet"));
        Assert.Equal("Figure 6: seven convolutions on ImageNet", FigurePlan.TitleOf("fig6", "ImageNet", "imagenet"));

        // The published network on the embedded set is not that set's own network.
        Assert.Equal("Figure 4: three hidden layers of 1024 units", FigurePlan.TitleOf("fig4", "embedded synthetic set", "cifar-shallow"));
    }

    [Fact]
    public void Figure_6_needs_photos_and_shows_three_rules()
    {
        Assert.Equal(["bp", "fa", "ngait"], FigurePlan.Of("fig6", "paper", Real).Experiments.Select(e => e.Rule));
        Assert.Equal(["imagenet"], FigurePlan.ExperimentsOf("fig6"));
        Assert.Contains(
            "photos",
            Assert.Throws<GaitPropException>(() => FigurePlan.Of("fig6", "quick", Embedded)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Figure_6_is_quick_on_some_thousand_photos_at_a_higher_rate_and_published_otherwise()
    {
        var quick = FigurePlan.Of("fig6", "quick", Real).Experiments;
        Assert.All(quick, e => Assert.Equal(("fast", 40, 64), (e.Preset, e.Epochs, e.BatchSize)));
        Assert.All(quick, e => Assert.True(e.TrainImages >= 9469 && e.TestImages >= 3925, "all of Imagenette"));
        Assert.Equal([3e-4, 3e-4, 3e-4], quick.Select(e => e.Optimizer.LearningRate));
        Assert.Equal((80, 16), (quick[2].Orthogonality.Rank, quick[2].Orthogonality.Every));
        Assert.Equal(TargetForm.Limit, Assert.IsType<NormalisedGaitOptions>(quick[2].RuleOptions).Form);
        Assert.Equal(16, Enumerable.Range(0, 16).Select(i => i * quick[2].AngleEvery % 16).Distinct().Count());

        var published = FigurePlan.Of("fig6", "paper", Real).Experiments;
        Assert.All(published, e => Assert.Equal(("paper", 200, 256, null), (e.Preset, e.Epochs, e.BatchSize, e.TrainImages)));
        Assert.Equal([4.9e-5, 4.3e-5, 4.9e-5], published.Select(e => e.Optimizer.LearningRate));
    }
}
