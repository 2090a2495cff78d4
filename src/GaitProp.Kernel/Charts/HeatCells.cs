namespace GaitProp.Kernel.Charts;

/// <summary>The table that a heat map shows: a row for each series, a column for each category.</summary>
internal sealed class HeatCells
{
    private readonly double[][] _values;

    /// <summary>Reads the table of a panel whose positions <see cref="FigureCheck"/> has seen to be categories.</summary>
    public HeatCells(Panel panel)
    {
        Categories = panel.X.Categories ?? [];
        Labels = [.. panel.Series.Select(series => series.Label)];
        _values = [.. panel.Series.Select(series => Row(series, Categories.Count))];
    }

    public IReadOnlyList<string> Categories { get; }

    /// <summary>The names of the rows, the first on top.</summary>
    public IReadOnlyList<string> Labels { get; }

    public int Rows => Labels.Count;

    public int Columns => Categories.Count;

    public bool HasUndefined => _values.Any(row => row.Any(double.IsNaN));

    /// <summary>The value of a cell; <see cref="double.NaN"/> where it is undefined, infinite or missing.</summary>
    public double this[int row, int column] => _values[row][column];

    /// <summary>The cells whose value is defined, or those whose value is not.</summary>
    public IEnumerable<(int Row, int Column, double Value)> Where(bool defined) =>
        from row in Enumerable.Range(0, Rows)
        from column in Enumerable.Range(0, Columns)
        where double.IsNaN(_values[row][column]) != defined
        select (row, column, _values[row][column]);

    private static double[] Row(Series series, int columns)
    {
        var row = new double[columns];
        Array.Fill(row, double.NaN);
        foreach (var point in SeriesPoints.Finite(series))
        {
            row[(int)point.X] = point.Y;
        }

        return row;
    }
}
