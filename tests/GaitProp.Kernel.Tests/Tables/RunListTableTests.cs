using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Tests.Formatters;

namespace GaitProp.Kernel.Tests.Tables;

public sealed class RunListTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-list-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Runs_of_one_name_are_told_apart_by_what_their_preset_does_not_say()
    {
        Write("bp-s1-20261103-101500", "none");
        Write("bp-s1-20261103-101600", "retraction");

        var table = RunListTable.Of(new RunStore(_folder).List());

        Assert.Equal(["run", "rule", "preset", "status", "epochs", "test", "angle"], table.Columns.Select(c => c.Name));
        Assert.Equal(["BP", "BP, retraction"], table.Rows.Select(r => $"{r.Cells[1]}"));
        Assert.All(table.Rows, r => Assert.Equal("2 of 30", $"{r.Cells[4]}"));
    }

    [Fact]
    public void A_run_that_cannot_be_read_has_a_row_all_the_same()
    {
        var damaged = Directory.CreateDirectory(Path.Combine(_folder, "cifar-shallow", "bp-s1-20261103-101500")).FullName;
        File.WriteAllText(Path.Combine(damaged, "run.json"), "{");

        var table = RunListTable.Of(new RunStore(_folder).List());

        Assert.Null(Assert.Single(table.Rows).Cells[1]);
        Assert.Single(table.Problems);
    }

    private void Write(string name, string constraint)
    {
        var description = Samples.Run("bp").Description;
        var experiment = description.Experiment.DeepClone();
        experiment["orthogonality"] = new JsonObject { ["kind"] = constraint };
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "cifar-shallow", name)).FullName;
        File.WriteAllText(
            Path.Combine(folder, "run.json"),
            JsonSerializer.Serialize(description with { Name = name, Experiment = experiment }, ExperimentJson.Options)
        );
        File.WriteAllText(
            Path.Combine(folder, "metrics.jsonl"),
            """{"kind":"epoch","epoch":2,"step":2,"trainLoss":2.5,"trainAccuracy":0.1,"testLoss":2.75,"testAccuracy":0.125,"defects":[0.5]}"""
                + "\n"
        );
    }
}
