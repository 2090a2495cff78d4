using System.Globalization;
using GaitProp.Kernel.Formatters;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>A run on one page: settings, accuracy by epoch, angles by layer, files.</summary>
internal static class RunPage
{
    /// <summary>Epochs that are shown; of more, the first and the last ones.</summary>
    private const int MostEpochs = 12;

    /// <summary>Measurements of angles that are shown; of more, the first and the last ones.</summary>
    private const int MostMeasurements = 60;

    /// <summary>Writes the page.</summary>
    public static void Write(CommandContext context, RunSummary summary)
    {
        if (summary.State == RunState.Damaged)
        {
            throw new GaitPropException($"run {summary.QualifiedName} cannot be shown: {summary.Problem}");
        }

        var run = RunRecord.Read(summary.Folder);
        var description = run.Description;
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn();
        Row("run", summary.QualifiedName);
        Row("status", summary.State.ToString().ToLowerInvariant() + (description.Error is { } error ? $": {error}" : summary.State == RunState.Stopped ? ": its process was killed; 'gaitprop runs resume' goes on" : ""));
        Row("started", Time(description.Started) + (description.Ended is { } ended ? $", ended {Time(ended)}" : ""));
        foreach (var resumed in description.Resumed)
        {
            Row("resumed", Text($"{Time(resumed.Time)}, from step {resumed.Step}"));
        }

        if (description.Origin is { } origin)
        {
            Row("begins with", origin.ToString());
        }

        if (description.KeepEvery is { } keep)
        {
            Row("keeps", Text($"the checkpoint after every {(keep == 1 ? "epoch" : $"{keep} epochs")}"));
        }

        Row("data", $"{description.Data.Name} ({description.Data.Source})" + (description.Data.StandsInFor is { } published ? $", in place of {published}" : "") + $": {description.Data.Images}");
        Row("machine", $"{description.Environment}; GaitProp {description.Environment.Version}, libtorch {description.Environment.LibTorch}");
        foreach (var (name, value) in SettingsHtml.Of(description.Experiment).Where(f => f.Name is not ("name" or "data")))
        {
            Row(name, value);
        }

        context.Out.Write(grid);
        context.Out.WriteLine();
        if (run.Epochs.Count > 0)
        {
            context.Out.Write(Accuracy(run));
        }

        if (run.Steps.Any(s => s.Angles.Count > 0))
        {
            context.Out.Write(Angles(run));
            context.Out.Write(Measurements([.. run.Steps.Where(s => s.Angles.Count > 0)]));
        }

        foreach (var file in Directory.EnumerateFiles(summary.Folder, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal))
        {
            context.Out.WriteLine(Text($"{file}  {new FileInfo(file).Length / 1e6:0.0##} MB"));
        }

        void Row(string name, string value) => grid.AddRow(new Text(name), new Text(value));
    }

    private static Table Accuracy(RunRecord run)
    {
        var table = new Table().Border(TableBorder.Simple);
        var validated = run.Epochs.Any(e => e.ValidationAccuracy is not null);
        foreach (var head in (string[])["epoch", "step", "train loss", "train", "test loss", "test", "test top-5", .. validated ? ["validation loss", "validation"] : (string[])[]])
        {
            table.AddColumn(new TableColumn(head).RightAligned().NoWrap());
        }

        var epochs = run.Epochs;
        var shown = epochs.Count <= MostEpochs ? epochs : [.. epochs.Take(3), .. epochs.TakeLast(MostEpochs - 3)];
        foreach (var (index, e) in shown.Index())
        {
            if (shown.Count < epochs.Count && index == 3)
            {
                table.AddRow("…");
            }

            string[] validation = validated ? [e.ValidationLoss is { } loss ? Text($"{loss:F4}") : "-", Percent(e.ValidationAccuracy)] : [];
            table.AddRow([.. ((string[])
            [
                Text($"{e.Epoch}"), Text($"{e.Step}"), Text($"{e.TrainLoss:F4}"), Percent(e.TrainAccuracy), Text($"{e.TestLoss:F4}"), Percent(e.TestAccuracy), Percent(e.TestTop5), .. validation,
            ]).Select(c => new Text(c))]);
        }

        return table;

        static string Percent(double? share) => share is { } value ? Text($"{100 * value:F2} %") : "-";
    }

    private static Table Angles(RunRecord run)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var head in (string[])["layer", "mean angle", "deviation", "worst", "to exact, mean", "worst", "transposes", "defined"])
        {
            table.AddColumn(new TableColumn(head).RightAligned().NoWrap());
        }

        for (var l = 0; l < run.Description.Layers.Count; l++)
        {
            var all = run.Steps.Where(s => s.Angles.Count > l).Select(s => s.Angles[l]).ToArray();
            table.AddRow([.. (TrainingFigure.LayerAngle(run, l) is { } angle
                ? (string[])[Text($"{l + 1}"), Text($"{angle.Mean:F3}°"), Text($"{angle.Deviation:F3}°"), Text($"{all.Max():F3}°"), .. Exactness(run, l), Text($"{all.Count(a => a is not null)} of {all.Length}")]
                : [Text($"{l + 1}"), run.Description.Layers[l].Parameters == 0 ? "no weights" : "undefined", "-", "-", .. Exactness(run, l), Text($"0 of {all.Length}")]).Select(c => new Text(c))]);
        }

        return table;
    }

    /// <summary>Each measurement: angles and distances of all layers, from the input up.</summary>
    private static Table Measurements(StepMetrics[] steps)
    {
        var table = new Table().Border(TableBorder.Simple);
        table.AddColumn(new TableColumn("step").RightAligned().NoWrap());
        table.AddColumn(new TableColumn("degrees to BP, layer by layer"));
        table.AddColumn(new TableColumn("degrees to the exact inverse"));
        var shown = steps.Length <= MostMeasurements ? steps : [.. steps.Take(MostMeasurements / 3), .. steps.TakeLast(MostMeasurements - (MostMeasurements / 3))];
        foreach (var (index, step) in shown.Index())
        {
            if (shown.Length < steps.Length && index == MostMeasurements / 3)
            {
                table.AddRow("…", Text($"{steps.Length - shown.Length} more; 'runs export' has all"), "");
            }

            table.AddRow(new Text(Text($"{step.Step}")), new Text(Degrees(step.Angles)), new Text(Degrees(step.Distances)));
        }

        return table;

        static string Degrees(IReadOnlyList<double?> values) =>
            values.Count == 0 ? "-" : string.Join(' ', values.Select(v => v is not { } d ? "undef." : d is > 0 and < 0.001 ? Text($"{d:0.0e-0}") : Text($"{d:0.000}")));
    }

    /// <summary>Mean and largest distance to the same rule with the exact inverse in float64, and the share of steps in which a bare transpose stood in for it.</summary>
    private static string[] Exactness(RunRecord run, int layer)
    {
        var (mean, largest, transposes) = TrainingFigure.LayerExactness(run, layer);
        return
        [
            mean is null ? "-" : Text($"{mean:F4}°"),
            largest is null ? "-" : Text($"{largest:F4}°"),
            transposes is null ? "-" : Text($"{100 * transposes:0.#} %"),
        ];
    }

    private static string Time(DateTimeOffset time) => time.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
