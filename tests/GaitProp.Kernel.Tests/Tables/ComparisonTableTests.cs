using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Tests.Formatters;

namespace GaitProp.Kernel.Tests.Tables;

public sealed class ComparisonTableTests
{
    [Fact]
    public void Cost_beside_BP_is_given_from_200_steps_on()
    {
        // An epoch has 196 steps.
        var enough = ComparisonTable.Of([Samples.Run("bp", 2), Samples.Run("fa", 2)]);
        Assert.Equal("× BP", enough.Columns[^1].Name);
        Assert.Equal((double?[])[1.0, 1.0], enough.Rows.Select(r => (double?)r.Cells[^1]));
        Assert.Empty(enough.Notes);

        var some = ComparisonTable.Of([Samples.Run("bp", 2), Samples.Run("ngait", 1)]);
        Assert.Equal((double?[])[1.0, null], some.Rows.Select(r => (double?)r.Cells[^1]));
        Assert.Equal(["What a step costs beside BP's is said from 200 steps on."], some.Notes);

        var none = ComparisonTable.Of([Samples.Run("bp", 1), Samples.Run("ngait", 2)]);
        Assert.Equal("ms per step", none.Columns[^1].Name);
        Assert.All(none.Rows, r => Assert.NotNull(r.Cells[^1]));
        Assert.Equal(["What a step costs beside BP's is said from 200 steps on."], none.Notes);
    }

    [Fact]
    public void Where_no_run_has_angles_there_are_no_columns_of_them()
    {
        Assert.DoesNotContain(ComparisonTable.Of([Samples.Run("bp"), Samples.Run("bp")]).Columns, c => c.Quantity.Unit == "°");
        Assert.Equal(4, ComparisonTable.Of([Samples.Run("bp"), Samples.Run("fa")]).Columns.Count(c => c.Quantity.Unit == "°"));
    }

    /// <summary>BP in float64 says nothing of what a step in float32 costs.</summary>
    [Fact]
    public void Cost_is_beside_BP_of_the_same_network_and_precision()
    {
        static RunRecord Other(RunRecord run, string field, string value)
        {
            var experiment = (System.Text.Json.Nodes.JsonObject)run.Description.Experiment.DeepClone();
            experiment[field] = value;
            return run.With(run.Description with { Experiment = experiment });
        }

        foreach (var (field, value) in ((string, string)[])[("precision", "float64"), ("network", "dense 40, dense 10")])
        {
            var bp = Other(Samples.Run("bp", 2), field, value);
            var table = ComparisonTable.Of([bp, Samples.Run("ngait", 2)]);
            Assert.Equal((double?[])[1.0, null], table.Rows.Select(r => (double?)r.Cells[^1]));
            Assert.Equal(
                (double?[])[1.0, null, 1.0],
                ComparisonTable
                    .Of([bp, Samples.Run("ngait", 2), Other(Samples.Run("fa", 2), field, value)])
                    .Rows.Select(r => (double?)r.Cells[^1])
            );
        }
    }

    /// <summary>Every rule has BP's update there; what lies above it trains nothing and has no angle.</summary>
    [Fact]
    public void The_mean_angle_leaves_out_the_last_layer_that_trains()
    {
        var run = Samples.Run("ngait", 1);
        var layer = run.Description.Layers[0];
        run = run.With(
            run.Description with
            {
                Layers = [.. Enumerable.Repeat(layer, 9), layer with { Parameters = 0 }],
            },
            [new StepMetrics(1, 0, 1, [.. Enumerable.Repeat<double?>(2, 8), 0, null])]
        );

        var table = ComparisonTable.Of([run]);

        Assert.Equal(2.0, (double?)table.Rows[0].Cells[table.Columns.ToList().FindIndex(c => c.Name == "mean angle")]);
    }

    [Fact]
    public void The_accuracy_that_was_asked_for_is_shown_and_named()
    {
        var run = WithTop5(Samples.Run("bp", 2));

        var five = ComparisonTable.Of(new RunComparison("fig6", "Figure 6", [run]) { Metric = AccuracyMetric.Top5 });
        Assert.Equal(["test top-5 (%)", "train top-5 (%)"], five.Columns.Skip(1).Take(2).Select(c => c.Heading));
        Assert.Equal((double?[])[0.875, 0.9375], five.Rows[0].Cells.Skip(1).Take(2).Select(c => (double?)c));

        var one = ComparisonTable.Of(new RunComparison("fig6", "Figure 6", [run]) { Metric = AccuracyMetric.Top1 });
        Assert.Equal(["test top-1 (%)", "train top-1 (%)"], one.Columns.Skip(1).Take(2).Select(c => c.Heading));
        Assert.Equal(run.Epochs[^1].TestAccuracy, (double?)one.Rows[0].Cells[1]);

        // Of ten classes nothing but top-1 is meant.
        Assert.Equal("test (%)", ComparisonTable.Of(new RunComparison("fig4", "Figure 4", [run])).Columns[1].Heading);
    }

    private static RunRecord WithTop5(RunRecord run) =>
        new(
            run.Folder,
            run.Description,
            run.Steps,
            [
                .. run.Epochs.Select(e => new EpochMetrics(
                    e.Epoch,
                    e.Step,
                    e.TrainLoss,
                    e.TrainAccuracy,
                    e.TestLoss,
                    e.TestAccuracy,
                    e.Defects,
                    0.9375,
                    0.875
                )),
            ],
            run.Timings
        );
}
