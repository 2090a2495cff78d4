using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>The angles of a run's layers as cells of tables.</summary>
internal static class LayerAngles
{
    /// <summary>Whether angles of any layer were measured: of BP itself they are not.</summary>
    /// <param name="run">The run.</param>
    public static bool AreOf(RunRecord run) => run.Steps.Any(s => s.Angles.Count > 0);

    /// <summary>Whether angles of a layer were measured: not of a layer that trains nothing, nor of BP itself.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer, from 0.</param>
    public static bool AreOf(RunRecord run, int layer) =>
        layer < run.Description.Layers.Count && run.Description.Layers[layer].Parameters > 0 && run.Steps.Any(s => s.Angles.Count > layer);

    /// <summary>
    /// The mean angle of a layer over the steps; NaN where no angle is defined, <see langword="null"/> where none was measured.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer, from 0.</param>
    public static double? Mean(RunRecord run, int layer) =>
        AreOf(run, layer) ? TrainingFigure.LayerAngle(run, layer)?.Mean ?? double.NaN : null;

    /// <summary>Mean, deviation and worst angle of each layer, and its distance to the same rule without an approximation.</summary>
    /// <param name="run">The run.</param>
    public static Table Of(RunRecord run)
    {
        Quantity angle = Quantity.Angle,
            count = Quantity.Count;
        var weightless = run.Description.Layers.Any(l => l.Parameters == 0);
        var exact = run.Steps.Any(s => s.Distances.Count > 0);
        var reference = DistanceReference.Of(run).Word;
        return new Table(
            [
                new("layer", count),
                new("mean", angle),
                new("deviation", angle),
                new("worst", angle),
                new("defined", count),
                .. exact ? (Column[])[new($"to {reference}, mean", angle), new("largest", angle), new("transposes", Quantity.Share)] : [],
                .. weightless ? (Column[])[new("", Quantity.Words)] : [],
            ],
            [
                .. run.Description.Layers.Select(
                    (layer, l) =>
                    {
                        var all = run.Steps.Where(s => s.Angles.Count > l).Select(s => s.Angles[l]).ToArray();
                        var measured = AreOf(run, l);
                        var (mean, largest, transposes) = TrainingFigure.LayerExactness(run, l);
                        return new Row([
                            l + 1,
                            Mean(run, l),
                            TrainingFigure.LayerAngle(run, l)?.Deviation,
                            measured ? all.Max() ?? double.NaN : null,
                            measured ? Text($"{all.Count(a => a is not null)} of {all.Length}") : null,
                            .. exact ? (object?[])[mean, largest, transposes] : [],
                            .. weightless ? (object?[])[layer.Parameters == 0 ? "trains nothing" : ""] : [],
                        ]);
                    }
                ),
            ]
        );
    }
}
