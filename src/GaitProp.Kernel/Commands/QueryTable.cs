using System.Globalization;
using GaitProp.Results;
using Spectre.Console;

namespace GaitProp.Kernel.Commands;

/// <summary>The answer to a question to runs, a row a group.</summary>
internal static class QueryTable
{
    /// <summary>Lays out the table.</summary>
    /// <param name="query">The answer.</param>
    public static Table Of(RunQuery query)
    {
        var table = new Table().Border(TableBorder.Rounded);
        foreach (var field in query.By.Count == 0 ? ["run"] : query.By)
        {
            table.AddColumn(new TableColumn(Markup.Escape(field)).NoWrap());
        }

        if (query.By.Count > 0)
        {
            table.AddColumn(new TableColumn("runs").RightAligned().NoWrap());
        }

        foreach (var number in query.Show)
        {
            table.AddColumn(new TableColumn(Markup.Escape(number)).RightAligned().NoWrap());
        }

        foreach (var group in query.Groups)
        {
            IEnumerable<string> count = query.By.Count == 0 ? [] : [group.Runs.Count.ToString(CultureInfo.InvariantCulture)];
            table.AddRow([.. group.Values.Concat(count).Concat(query.Show.Select((_, i) => group.Shown(i))).Select(c => new Text(c))]);
        }

        return table;
    }
}
