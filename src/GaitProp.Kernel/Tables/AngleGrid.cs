using System.Globalization;
using GaitProp.Figures;
using GaitProp.Studies;

namespace GaitProp.Kernel.Tables;

/// <summary>Update angles on one batch: a row for each layer, a column for each rule, in the colours of the heat map.</summary>
internal static class AngleGrid
{
    private static readonly Quantity Coloured = Quantity.Angle with { Colours = CellValues.Angles };

    /// <summary>Draws up the table.</summary>
    /// <param name="table">The angles.</param>
    public static Table Of(AngleTable table)
    {
        var undefined = table.Columns.Any(c => c.Angles.Where((a, l) => a is null && table.IsTrained(l)).Any());
        var weightless = Enumerable.Range(0, table.Layers.Count).Any(l => !table.IsTrained(l));
        return new Table(
            [new("layer", Quantity.Words), .. table.Columns.Select(c => new Column(c.Label, Coloured))],
            [
                .. table.Layers.Select(
                    (_, l) =>
                        new Row([
                            (l + 1).ToString(CultureInfo.InvariantCulture),
                            .. table.Columns.Select(c => table.IsTrained(l) ? (object?)(c.Angles[l] ?? double.NaN) : null),
                        ])
                ),
            ]
        )
        {
            Sum = new Row(["worst", .. table.Columns.Select(c => (object?)(c.Worst ?? double.NaN))]),
            Notes =
            [
                .. undefined ? (string[])["An angle is undefined where the update is zero or not finite."] : [],
                .. weightless ? (string[])[$"{Quantity.Nothing}: a layer that trains nothing."] : [],
            ],
        };
    }

    /// <summary>Draws up the table of a sweep: a row for each value, a column for each rule and way of computing.</summary>
    /// <param name="table">The angles.</param>
    public static Table Of(SweepTable table)
    {
        return new Table(
            [new(table.Over.ToString().ToLowerInvariant(), Quantity.Value), .. table.Curves.Select(c => new Column(c.Label, Coloured))],
            [.. table.Values.Select((value, i) => new Row([value, .. table.Curves.Select(c => (object?)(c.Means[i] ?? double.NaN))]))]
        )
        {
            Notes = ["Mean over all layers but the output."],
        };
    }
}
