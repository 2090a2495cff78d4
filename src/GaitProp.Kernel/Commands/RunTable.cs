using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>Runs side by side in numbers: accuracy, angle of every layer, and what a step costs beside BP's among the same runs.</summary>
internal static class RunTable
{
    /// <summary>Lays out the table.</summary>
    /// <param name="records">The runs, one a row.</param>
    /// <param name="wide">Whether there are 100 columns for it.</param>
    public static Table Of(IReadOnlyList<RunRecord> records, bool wide)
    {
        var layers = records.Max(r => r.Description.Layers.Count);
        var table = new Table().Border(wide ? TableBorder.Rounded : TableBorder.Simple)
            .AddColumn(new TableColumn("rule").NoWrap())
            .AddColumn(new TableColumn(wide ? "test accuracy" : "test").RightAligned().NoWrap());
        var validated = records.Any(r => r.Epochs is [.., { ValidationAccuracy: not null }]);
        if (validated)
        {
            table.AddColumn(new TableColumn("validation").RightAligned().NoWrap());
        }

        for (var l = 1; l <= layers; l++)
        {
            table.AddColumn(new TableColumn($"angle {l}").RightAligned().NoWrap());
        }

        // Recorded runs may come without it.
        var timed = records.Any(r => r.SecondsPerStep is not null);
        if (timed)
        {
            table.AddColumn(new TableColumn("s/step").RightAligned().NoWrap()).AddColumn(new TableColumn("x BP").RightAligned().NoWrap());
        }

        if (!wide)
        {
            foreach (var column in table.Columns)
            {
                column.Padding = new Padding(0, 0, 1, 0);
            }
        }

        var reference = records.FirstOrDefault(r => r.Rule == "bp")?.SecondsPerStep;
        foreach (var record in records)
        {
            var cells = new List<string> { RunTitles.Of(record, records), record.Epochs.Count == 0 ? "-" : Text($"{100 * record.Epochs[^1].TestAccuracy:F2} %") };
            if (validated)
            {
                cells.Add(record.Epochs is [.., { ValidationAccuracy: { } held }] ? Text($"{100 * held:F2} %") : "-");
            }

            cells.AddRange(Enumerable.Range(0, layers).Select(l => record.Rule == "bp" ? "-" : TrainingFigure.LayerAngle(record, l) is { } angle ? Text($"{angle.Mean:F2}°") : "undefined"));
            if (timed)
            {
                cells.Add(record.SecondsPerStep is { } seconds ? Text($"{seconds:F4}") : "-");
                cells.Add(record.SecondsPerStep / reference is { } ratio ? Text($"{ratio:F2}") : "-");
            }

            table.AddRow([.. cells.Select(c => new Text(c))]);
        }

        return table;
    }
}
