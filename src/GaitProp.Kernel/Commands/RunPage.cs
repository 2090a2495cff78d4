using System.Globalization;
using GaitProp.Figures;
using GaitProp.Kernel.Tables;

namespace GaitProp.Kernel.Commands;

/// <summary>A run on one page: settings, accuracy by epoch, angles by layer, files.</summary>
internal static class RunPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(CommandContext context, RunSummary summary)
    {
        if (summary.State == RunState.Damaged)
        {
            throw new GaitPropException($"run {summary.QualifiedName} cannot be shown: {summary.Problem}");
        }

        var run = RunRecord.Read(summary.Folder);
        var description = run.Description;
        List<(string, object?)> fields = [];
        Field("run", summary.QualifiedName);
        Field(
            "status",
            summary.State.ToString().ToLowerInvariant()
                + (
                    description.Error is { } error ? $": {error}"
                    : summary.State != RunState.Stopped ? ""
                    : description.CanResume
                        ? $": its process was killed; 'gaitprop runs resume {CommandWord.Quoted(summary.QualifiedName)}' goes on"
                    : ": its process was killed"
                )
        );
        Field("started", Time(description.Started) + (description.Ended is { } ended ? $", ended {Time(ended)}" : ""));
        foreach (var resumed in description.Resumed)
        {
            Field("resumed", Text($"{Time(resumed.Time)}, from step {resumed.Step}"));
        }

        if (description.Origin is { } origin)
        {
            Field("begins with", origin.ToString());
        }

        if (description.KeepEvery is { } keep)
        {
            Field("keeps", $"the checkpoint after {Every(keep, "epoch")}");
        }

        Field(
            "data",
            $"{description.Data.Name} ({description.Data.Source})"
                + (description.Data.StandsInFor is { } published ? $", in place of {published}" : "")
                + $": {description.Data.Images}"
        );
        Field(
            "machine",
            $"{description.Environment}; GaitProp {description.Environment.Version}, libtorch {description.Environment.LibTorch}"
        );
        fields.AddRange(SettingsTable.Fields(description.Experiment).Where(f => f.Name is not ("name" or "data")));
        context.Show(Table.OfFields(fields));
        if (run.Epochs.Count > 0)
        {
            context.Show(EpochTable.Of(run) with { Title = "Accuracy by epoch" });
        }

        if (run.Steps.Any(s => s.Angles.Count > 0))
        {
            context.Show(LayerAngles.Of(run) with { Title = "Update angles to BP by layer" });
            context.Show(MeasurementTable.Of(run) with { Title = "Each measurement" });
        }

        // A run under way removes its old checkpoints meanwhile.
        var files = Directory
            .EnumerateFiles(summary.Folder, "*", SearchOption.AllDirectories)
            .Where(f => !Path.GetFileName(f).StartsWith('.'))
            .Order(StringComparer.Ordinal)
            .Select(f => new FileInfo(f))
            .Where(f => f.Exists);
        context.Show(
            new Table(
                [new("file", Quantity.Words), new("size", Quantity.Megabytes)],
                [.. files.Select(f => new Row(context.Place(f.FullName), f.Length))]
            )
            {
                Title = "Files",
            }
        );

        void Field(string name, string value) => fields.Add((name, value));
    }

    private static string Time(DateTimeOffset time) => time.LocalDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
