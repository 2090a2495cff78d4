using System.Globalization;
using GaitProp.Figures;

namespace GaitProp.Kernel.Tables;

/// <summary>How far targets lie from activations, and what each arithmetic makes of that: figure 1 in numbers.</summary>
internal static class TargetGrid
{
    /// <summary>Draws up the table.</summary>
    /// <param name="table">What was measured.</param>
    public static Table Of(TargetTable table)
    {
        var number = new Quantity(
            "",
            v =>
                v is 0 or >= 0.01 and < 1000
                    ? v.ToString("0.00", CultureInfo.InvariantCulture)
                    : v.ToString("0.0e-0", CultureInfo.InvariantCulture)
        );
        return new Table(
            [
                new("rule", Quantity.Words),
                new("computed in", Quantity.Words),
                new("measure", Quantity.Words),
                .. table.Layers.Select((_, l) => new Column(Text($"layer {l + 1}"), number)),
            ],
            [.. table.Columns.SelectMany(Rows)]
        )
        {
            Keys = 3,
            Notes =
            [
                "Distance: root mean square of target minus activation. Error: of the distance, relative. Angle: degrees to BP in float64; undefined where the update is zero or not finite.",
            ],
        };

        static IEnumerable<Row> Rows(TargetColumn column)
        {
            var rule = RuleCatalog.Title(column.Rule);
            yield return new Row([rule, null, "distance", .. column.Distances.Select(d => (object?)d)]);
            foreach (var way in column.Precision)
            {
                var words = $"{way.Form.ToString().ToLowerInvariant()} {way.Type.ToString().ToLowerInvariant()}";
                yield return new Row([rule, words, "error", .. way.Errors.Select(e => (object?)(e ?? double.NaN))]);
                yield return new Row([rule, words, "angle", .. way.Angles.Select(a => (object?)(a ?? double.NaN))]);
            }
        }
    }
}
