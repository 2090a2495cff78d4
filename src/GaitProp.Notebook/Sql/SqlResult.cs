using System.Data;

namespace GaitProp.Notebook.Sql;

/// <summary>What a <see cref="DataTable"/> that is a result tells beside its rows.</summary>
internal static class SqlResult
{
    /// <summary>The extended property with the number of rows of the result, of which the table may have the first ones only.</summary>
    public const string Rows = "rows";

    /// <summary>The rows of the result that a table was made of.</summary>
    /// <param name="table">The table.</param>
    public static long Count(DataTable table) => table.ExtendedProperties[Rows] is long rows ? rows : table.Rows.Count;
}
