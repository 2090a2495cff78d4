namespace GaitProp.Kernel.Commands;

/// <summary>Runs in a line each, in columns as wide as they need to be.</summary>
internal static class RunLines
{
    private static readonly string[] Heads = ["run", "preset", "status", "epoch", "test", "angle"];

    /// <summary>Writes the lines.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="runs">The runs.</param>
    public static void Write(TextWriter writer, IReadOnlyList<RunSummary> runs)
    {
        var rows = runs.Select(r => Cells(r).Select(VisibleText.Of).ToArray()).Prepend(Heads).ToArray();
        var widths = Enumerable.Range(0, Heads.Length).Select(c => rows.Max(r => r[c].Length)).ToArray();
        foreach (var row in rows)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, c) => c < 3 ? cell.PadRight(widths[c]) : cell.PadLeft(widths[c]))).TrimEnd());
        }

        foreach (var damaged in runs.Where(r => r.Problem is not null))
        {
            writer.WriteLine(VisibleText.Of($"{damaged.QualifiedName}: {damaged.Problem}"));
        }
    }

    private static string[] Cells(RunSummary run) =>
    [
        run.QualifiedName,
        run.Preset ?? "-",
        run.State.ToString().ToLowerInvariant(),
        run.Epochs is { } epochs ? Text($"{run.EpochsDone}/{epochs}") : "-",
        run.TestAccuracy is { } test ? Text($"{100 * test:F2} %") : "-",
        run.MeanAngle is { } angle ? Text($"{angle:F2}°") : "-",
    ];
}
