using GaitProp.Results;

namespace GaitProp.Tests.Results;

/// <summary>Runs of the paper's length one by one: numbers that one can work out by hand.</summary>
public sealed class CourseTableTests
{
    /// <summary>
    /// BP has 60 % at all times, but for one bad epoch; the rule has 50 % for a hundred epochs and 60.5 from then on. A mean of ten epochs
    /// of which one is of the first hundred is half a point below BP's, and one of which two are is 1.5 below.
    /// </summary>
    [Fact]
    public void They_have_their_end_their_best_and_how_long_they_were_behind()
    {
        var table = CourseTable.Of(
            ResultRow.Of([
                Course("bp", 1, epoch => epoch == 190 ? 0.4 : 0.6),
                Course("ngait", 1, epoch => epoch <= 100 ? 0.5 : 0.605),
                Course("ngait", 2, epoch => 0.5 + (epoch * 0.0002)),
                Course("fa", 1, _ => 0.3),
                PanelRuns.Of("cifar-shallow", "ngait", epochs: 30, seed: 3),
            ])
        );

        Assert.Equal(
            [
                "| cifar-shallow | BP | 1 | 60.00 | 60.00 (1) | 59.00 | 60.00 | - |",
                "| cifar-shallow | FA | 1 | 30.00 | 30.00 (1) | 30.00 | 30.00 | to the end |",
                "| cifar-shallow | normalised GAIT | 1 | 60.50 | 60.50 (101) | 60.50 | 60.50 | until epoch 108 |",
                "| cifar-shallow | normalised GAIT | 2 | 54.00 | 54.00 (200) | 53.81 | 53.81 | - |",
            ],
            table.Split('\n', StringSplitOptions.RemoveEmptyEntries)[2..].Order(StringComparer.Ordinal)
        );
    }

    /// <summary>As figures show it, and the other tables.</summary>
    [Fact]
    public void Among_more_than_ten_classes_accuracy_is_top_5_and_says_so()
    {
        var run = PanelRuns.Of("imagenet", "bp", epochs: 200);
        run = new RunRecord(
            run.Folder,
            run.Description with
            {
                Layers = [.. run.Description.Layers.Select(l => l with { Keep = 20 })],
            },
            run.Steps,
            [.. run.Epochs.Select(e => new EpochMetrics(e.Epoch, e.Step, 1, 0.5, 1, 0.6, [], 0.7, 0.8))],
            []
        );

        Assert.EndsWith(
            "\n| imagenet | BP | 1 | 80.00 top-5 | 80.00 top-5 (1) | 80.00 top-5 | 80.00 top-5 | - |\n",
            CourseTable.Of(ResultRow.Of([run])),
            StringComparison.Ordinal
        );
    }

    private static RunRecord Course(string rule, int seed, Func<int, double> accuracy)
    {
        var run = PanelRuns.Of("cifar-shallow", rule, epochs: 200, seed: seed);
        return new RunRecord(
            run.Folder,
            run.Description,
            run.Steps,
            [.. run.Epochs.Select(e => new EpochMetrics(e.Epoch, e.Step, 1, 0.5, 1, e.Epoch == 0 ? 0.1 : accuracy(e.Epoch), []))],
            []
        );
    }
}
