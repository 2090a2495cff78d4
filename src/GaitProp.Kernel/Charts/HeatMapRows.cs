namespace GaitProp.Kernel.Charts;

/// <summary>
/// The names of the rows of an interactive heat map, and how high the rows are with them. Lengths are CSS pixels, estimated.
/// </summary>
/// <param name="Lines">The lines of each name.</param>
/// <param name="Width">What they need to the left of the cells.</param>
/// <param name="Height">The height of all rows.</param>
internal sealed record HeatMapRows(IReadOnlyList<IReadOnlyList<string>> Lines, int Width, int Height)
{
    private const double CharacterWidth = 6.7;
    private const int LineHeight = 16;
    private const int Gap = 14;

    /// <summary>Lays out the names.</summary>
    /// <param name="labels">The names.</param>
    /// <param name="width">The most characters in a line.</param>
    public static HeatMapRows Fit(IReadOnlyList<string> labels, int width)
    {
        IReadOnlyList<IReadOnlyList<string>> lines =
        [
            .. labels.Select(label => TextLines.WrapEvenly(3, label, width, line => line.Length)),
        ];
        var longest = lines.SelectMany(each => each).Select(line => line.Length).DefaultIfEmpty(0).Max();
        var least = Math.Max(28, 4 + LineHeight * lines.Select(each => each.Count).DefaultIfEmpty(1).Max());
        var rows = Math.Max(1, labels.Count);
        return new HeatMapRows(lines, (int)Math.Ceiling(longest * CharacterWidth) + Gap, rows * Math.Max(least, Math.Min(50, 220 / rows)));
    }
}
