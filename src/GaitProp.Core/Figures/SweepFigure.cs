using GaitProp.Studies;

namespace GaitProp.Figures;

/// <summary>Update angles over the values of one parameter, as lines: where an arithmetic holds.</summary>
internal static class SweepFigure
{
    /// <summary>Draws up the figure of a sweep.</summary>
    /// <param name="name">The figure's name, also of its files.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="caption">What was measured on what.</param>
    /// <param name="table">The angles.</param>
    public static Figure Of(string name, string title, string caption, SweepTable table)
    {
        // A value of 0 has no place on a logarithmic axis; the caption says what is measured there.
        int[] places = [.. table.Values.Index().Where(v => v.Item > 0).OrderBy(v => v.Item).Select(v => v.Index)];
        double[] x = [.. places.Select(i => table.Values[i])];
        var axis = new Axis(table.Over == SweepParameter.Depth ? "hidden layers" : table.Over.ToString().ToLowerInvariant())
        {
            IsLogarithmic = true,
        };

        // One for both panels, so that they can be held against each other.
        Series[] means = [.. table.Curves.Select(c => Curve(c, c.Means))];
        Series[] worst = [.. table.Curves.Select(c => Curve(c, c.Worst))];
        double[] all = [.. means.Concat(worst).SelectMany(s => s.Y).Where(y => y > 0)];
        var angle = new Axis("angle to BP (degrees)")
        {
            IsLogarithmic = true,
            From = Decade(all.DefaultIfEmpty(1).Min(), Math.Floor),
            To = Math.Min(90, Decade(all.DefaultIfEmpty(90).Max(), Math.Ceiling)),
        };
        return new Figure(
            name,
            title,
            caption,
            [
                new Panel("A", "Mean over all layers but the output", axis, angle, means, PanelKind.Lines),
                new Panel("B", "The worst layer", axis, angle, worst, PanelKind.Lines),
            ]
        );

        static double Decade(double angle, Func<double, double> round) => Math.Pow(10, round(Math.Log10(angle)));

        // An undefined angle, and one of exactly zero, has no place on the axis and leaves a gap.
        Series Curve(SweepCurve curve, IReadOnlyList<double?> angles) =>
            new(curve.Rule, curve.Label, x, [.. places.Select(i => angles[i] is > 0 and var value ? value : double.NaN)]);
    }

    /// <summary>What is measured at a value of 0, which a logarithmic axis has no place for: a sentence of the caption, or nothing.</summary>
    /// <param name="table">The angles.</param>
    public static string AtZero(SweepTable table)
    {
        var zero =
            table.Over == SweepParameter.Depth ? -1 : table.Values.Index().Where(v => v.Item == 0).Select(v => v.Index).FirstOrDefault(-1);
        return zero < 0
            ? ""
            : Text(
                $"{table.Over} 0 has no place on the axis; there the mean is {string.Join(", ", table.Curves.Select(c => Text($"{c.Label} {(c.Means[zero] is { } mean ? Text($"{mean:0.##e-0} degrees") : "undefined")}")))}. "
            );
    }

    /// <summary>Draws up the figure of curves of drift.</summary>
    /// <param name="name">The figure's name, also of its files.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="caption">What was measured on what.</param>
    /// <param name="curves">The curves, with what the legend says of each.</param>
    public static Figure Of(string name, string title, string caption, IReadOnlyList<(string Label, DriftCurve Curve)> curves)
    {
        return new Figure(
            name,
            title,
            caption,
            [
                Drift(
                    "A",
                    "Update angle while weights move",
                    "mean angle to BP (degrees)",
                    1e-3,
                    c => c.Angles.Select(a => a ?? double.NaN)
                ),
                Drift("B", "Orthogonality defect", "root mean square", 1e-5, c => c.Defects),
            ]
        );

        // Weights that have not moved are orthogonal to rounding: from there the axis would be mostly empty.
        Panel Drift(string letter, string heading, string axis, double from, Func<DriftCurve, IEnumerable<double>> values)
        {
            Series[] drawn =
            [
                .. curves.Select(c => new Series("ngait", c.Label, [.. c.Curve.Steps.Select(s => (double)s)], [.. values(c.Curve)])),
            ];
            return new(
                letter,
                heading,
                new Axis("step"),
                new Axis(axis) { IsLogarithmic = true, From = from }.DownTo(drawn),
                drawn,
                PanelKind.Lines
            );
        }
    }
}
