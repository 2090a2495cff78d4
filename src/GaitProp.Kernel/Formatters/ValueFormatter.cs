using System.Reflection;
using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// Values of the kit that have no form of their own: their properties as names and values; lists of them as tables, a row for each value.
/// </summary>
internal static class ValueFormatter
{
    /// <summary>Letters that a property of a value may have.</summary>
    private const int MostLetters = 400;

    /// <summary>Letters that a property of a value in a list may have.</summary>
    private const int MostCell = 60;

    /// <summary>Values of a list that have rows, and cells of all rows together.</summary>
    private const int MostRows = 20,
        MostCells = 300;

    /// <summary>Registers it for all public types of the kit that have no form yet.</summary>
    public static void Register()
    {
        RichFormatter.Register<IReadOnlyList<RunSummary>>(
            runs => $"<div>{TableHtml.Of(RunListTable.Of(runs))}</div>",
            runs => TableText.Of(RunListTable.Of(runs))
        );
        var known = RichFormatter.Types.ToHashSet();
        foreach (
            var type in typeof(Figure)
                .Assembly.GetExportedTypes()
                .Where(t =>
                    !t.IsEnum && !t.IsGenericTypeDefinition && !(t.IsAbstract && t.IsSealed) && !typeof(Attribute).IsAssignableFrom(t)
                )
        )
        {
            if (!known.Any(k => k.IsAssignableFrom(type)))
            {
                Register(type, value => Properties(value) with { Title = type.Name });
            }

            var list = typeof(IReadOnlyList<>).MakeGenericType(type);
            if (!known.Any(k => k.IsAssignableFrom(list)))
            {
                Register(list, values => List(type, ((System.Collections.IEnumerable)values).Cast<object?>()));
            }
        }
    }

    private static void Register(Type type, Func<object, Table> table)
    {
        Formatter.Register(type, (value, writer) => writer.Write(TableFormatter.Html(table(value))), MimeBundle.Html);
        Formatter.Register(type, (value, writer) => writer.Write(TableText.Of(table(value))), MimeBundle.PlainText);
        Formatter.SetPreferredMimeTypesFor(type, MimeBundle.Html, MimeBundle.PlainText);
    }

    private static Table Properties(object value) =>
        Table.OfFields(ValueWords.Properties(value.GetType()).Select(p => (p.Name, (object?)ValueWords.Of(p, value, MostLetters))));

    private static Table List(Type type, IEnumerable<object?> values)
    {
        var all = values.ToArray();
        var properties = ValueWords.Properties(type);
        var shown = all.Take(Math.Min(MostRows, MostCells / Math.Max(1, properties.Count))).ToArray();
        return new Table(
            [new("", Quantity.Count), .. properties.Select(p => new Column(p.Name, IsNumber(p) ? Quantity.Number : Quantity.Words))],
            [.. shown.Select((value, i) => new Row([i, .. properties.Select(p => Cell(p, value))]))]
        )
        {
            Notes =
            [
                all.Length > shown.Length
                    ? $"The first {Number.Whole(shown.Length)} of {Number.Whole(all.Length)} values of type {type.Name}."
                    : $"{Number.Whole(all.Length)} {(all.Length == 1 ? "value" : "values")} of type {type.Name}.",
            ],
        };
    }

    /// <summary>A property as a cell: a number with a fraction as it is, for its column to write; a whole number in all digits.</summary>
    private static object? Cell(PropertyInfo property, object? value) =>
        value is null ? null
        : IsNumber(property) && ValueWords.Read(property, value) is double or float ? ValueWords.Read(property, value)
        : ValueWords.Of(property, value, MostCell);

    private static bool IsNumber(PropertyInfo property) =>
        (Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) is var type
        && (type == typeof(double) || type == typeof(float) || type == typeof(int) || type == typeof(long));
}
