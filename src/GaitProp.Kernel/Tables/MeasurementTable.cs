using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>Each measurement of a run's angles: of every layer, to BP and to the same rule without an approximation.</summary>
internal static class MeasurementTable
{
    /// <summary>Measurements that have rows; of more, the first and the last ones.</summary>
    private const int Most = 60;

    private const int First = Most / 3;

    /// <summary>Draws up the table.</summary>
    /// <param name="run">The run, with measurements of angles.</param>
    public static Table Of(RunRecord run)
    {
        var steps = run.Steps.Where(s => s.Angles.Count > 0).ToArray();
        var shown = steps.Length <= Most ? steps : [.. steps.Take(First), .. steps.TakeLast(Most - First)];
        int[] layers = [.. Enumerable.Range(0, run.Description.Layers.Count).Where(l => LayerAngles.AreOf(run, l))];
        int[] exact = [.. layers.Where(l => steps.Any(s => s.Distances.Count > l && s.Distances[l] is not null))];
        var to = $"to {DistanceReference.Of(run).Word}";
        return new Table(
            [new("step", Quantity.Count), .. layers.Select(l => Heading("angle", l)), .. exact.Select(l => Heading(to, l))],
            [.. shown.Select(s => new Row([s.Step, .. layers.Select(l => Cell(s.Angles, l)), .. exact.Select(l => Cell(s.Distances, l))]))]
        )
        {
            Notes =
                shown.Length == steps.Length
                    ? []
                    : [Text($"The first {First} and the last {Most - First} of {steps.Length} measurements; 'runs export' has all.")],
        };

        static Column Heading(string what, int layer) => new(Text($"{what} {layer + 1}"), Quantity.Angle);

        static object? Cell(IReadOnlyList<double?> values, int layer) => values.Count <= layer ? null : values[layer] ?? double.NaN;
    }
}
