using GaitProp.Kernel.CellCommands;
using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Terminal;
using GaitProp.Kernel.Tests.Formatters;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.Tests.Tables;

public sealed class DistanceReferenceTests
{
    [Theory]
    [InlineData("displacement", "exact", "exact inverse")]
    [InlineData("literal", "displacement", "displacement form")]
    public void What_distances_are_to_is_said_alike_by_tables_cards_lines_and_panels(string form, string word, string name)
    {
        var run = Run(form);
        var progress = TrainingProgress.Done(run);

        Assert.Contains($"to {word}, mean", LayerAngles.Of(run).Columns.Select(c => c.Name));
        Assert.Contains($"to {word} 1", MeasurementTable.Of(run).Columns.Select(c => c.Name));
        Assert.Contains(
            $", largest distance to the {name} 0.700°,",
            Formatted.Bundle(run).Data[MimeBundle.PlainText].ToString(),
            StringComparison.Ordinal
        );
        Assert.Contains($"  to {word} 0.500°  ", ProgressText.Line(progress), StringComparison.Ordinal);
        Assert.Contains(
            $"largest distance to the {name}</span> <b>0.500°</b>",
            PanelHtml.Of("ngait", PanelState.Done, progress, new TrainingHistory()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Another_process_is_told_what_distances_are_to()
    {
        using var lines = new StringWriter();
        new ProgressLines(lines).Add("ngait").Report(TrainingProgress.Done(Run("literal")));

        Assert.Equal("displacement", DistanceReference.Of(ProgressLines.Read(lines.ToString())!.Value).Word);
    }

    private static RunRecord Run(string form)
    {
        var run = Samples.Run("ngait", epochs: 1);
        var experiment = run.Description.Experiment.DeepClone();
        experiment["ruleOptions"]!["form"] = form;
        return run.With(
            run.Description with
            {
                Experiment = experiment,
            },
            [
                new StepMetrics(1, 0, 2, [1, 1, 1, 0], [0.7, 0.1, 0.1, 0], [1, 0, 0, 0]),
                new StepMetrics(1, 100, 2, [1, 1, 1, 0], [0.5, 0.1, 0.1, 0], [0, 0.25, 0, 0]),
            ]
        );
    }
}
