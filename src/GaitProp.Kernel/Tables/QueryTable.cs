using GaitProp.Figures;
using GaitProp.Kernel.Charts;
using GaitProp.Results;

namespace GaitProp.Kernel.Tables;

/// <summary>The answer to a question to runs, a row for each group.</summary>
internal static class QueryTable
{
    private static readonly Quantity HalfWidth = Quantity.Number with
    {
        Write = v => $"± {Quantity.Number.Write!(SignificantDigits.Round(v, 2))}",
    };

    /// <summary>Draws up the table.</summary>
    /// <param name="query">The answer.</param>
    public static Table Of(RunQuery query)
    {
        string[] keys = query.By.Count == 0 ? ["run"] : [.. query.By];
        Column[] count = query.By.Count == 0 ? [] : [new("runs", Quantity.Count)];

        // One run has no interval.
        bool[] intervals = [.. query.Show.Select((_, i) => query.Groups.Any(g => g.Numbers[i]?.HalfWidth is not null))];
        return new Table(
            [
                .. keys.Select(field => new Column(field, Quantity.Words)),
                .. count,
                .. query.Show.SelectMany(
                    (number, i) => (Column[])[new(number, Quantity.Number), .. intervals[i] ? (Column[])[new("95 %", HalfWidth)] : []]
                ),
            ],
            [
                .. query.Groups.Select(g => new Row([
                    .. g.Values,
                    .. query.By.Count == 0 ? (object?[])[] : [g.Runs.Count],
                    .. g.Numbers.SelectMany(
                        (n, i) => (object?[])[n?.Mean, .. intervals[i] ? (object?[])[(object?)n?.HalfWidth ?? ""] : []]
                    ),
                ])),
            ]
        )
        {
            Keys = keys.Length,
        };
    }
}
