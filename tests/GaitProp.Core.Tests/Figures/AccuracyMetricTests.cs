using GaitProp.Figures;
using GaitProp.Tests.Results;

namespace GaitProp.Tests.Figures;

/// <summary>What panels and tables take from the measurements of a run.</summary>
public sealed class AccuracyMetricTests
{
    [Fact]
    public void Panel_C_shows_training_images_and_panel_D_test_images_by_top_5_as_by_top_1()
    {
        var run = PanelRuns.Of("imagenet", "ngait");
        var layers = run.Description.Layers;
        run = run.With(
            run.Description with
            {
                Layers = [.. layers.SkipLast(1), layers[^1] with { Outputs = 1000, Keep = 1000 }],
            },
            epochs:
            [
                new EpochMetrics(0, 0, 7, 0.125, 7, 0.0625, [], trainTop5: 0.5, testTop5: 0.25),
                new EpochMetrics(1, 10, 5, 0.375, 5, 0.3125, [], trainTop5: 0.75, testTop5: 0.625),
            ]
        );

        Assert.Equal(
            ["C Training accuracy, top-5", "D Test accuracy, top-5"],
            TrainingFigure.Of("fig6", "title", [run]).Panels.Skip(2).Select(p => $"{p.Letter} {p.Title}")
        );
        Assert.Equal([50.0, 75.0], Shown(AccuracyMetric.Top5, 2));
        Assert.Equal([25.0, 62.5], Shown(AccuracyMetric.Top5, 3));
        Assert.Equal([12.5, 37.5], Shown(AccuracyMetric.Top1, 2));
        Assert.Equal([6.25, 31.25], Shown(AccuracyMetric.Top1, 3));

        IReadOnlyList<double> Shown(AccuracyMetric metric, int panel) =>
            Assert.Single(TrainingFigure.Of("fig6", "title", [run], metric: metric).Panels[panel].Series).Y;
    }

    /// <summary>Over the steps where they were measured.</summary>
    [Fact]
    public void A_layers_exactness_is_its_mean_and_largest_distance_and_its_share_of_transposes()
    {
        var run = PanelRuns
            .Of("cifar-shallow", "ngait")
            .With(
                steps:
                [
                    new StepMetrics(1, 0, 2, [1, 0], [1, 7], [0, 0.25]),
                    new StepMetrics(1, 100, 2, [1, 0], [3, null], [1, 0.25]),
                    new StepMetrics(2, 200, 2, [1, 0]),
                ]
            );

        Assert.Equal<(double?, double?, double?)>((2, 3, 0.5), TrainingFigure.LayerExactness(run, 0));
        Assert.Equal<(double?, double?, double?)>((7, 7, 0.25), TrainingFigure.LayerExactness(run, 1));
        Assert.Equal<(double?, double?, double?)>(
            (null, null, null),
            TrainingFigure.LayerExactness(PanelRuns.Of("cifar-shallow", "bp"), 0)
        );
    }
}
