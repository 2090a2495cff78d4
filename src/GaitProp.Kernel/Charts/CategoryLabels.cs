namespace GaitProp.Kernel.Charts;

/// <summary>Names of categories along an axis, as they fit: on one line, on several, or aslant.</summary>
/// <param name="Lines">The lines of each name.</param>
/// <param name="Rotation">Degrees, counter-clockwise.</param>
/// <param name="Height">What they need below the axis, in the unit of the measure.</param>
internal sealed record CategoryLabels(IReadOnlyList<IReadOnlyList<string>> Lines, float Rotation, float Height)
{
    private const float Aslant = 35;
    private const float Between = 6;

    /// <summary>Finds the first of the three ways that fits.</summary>
    /// <param name="categories">The names.</param>
    /// <param name="width">The length of the axis.</param>
    /// <param name="lineHeight">The height of a line.</param>
    /// <param name="measure">The width of a text.</param>
    public static CategoryLabels Fit(IReadOnlyList<string> categories, float width, float lineHeight, Func<string, float> measure)
    {
        var pitch = width / categories.Count - Between;
        IReadOnlyList<IReadOnlyList<string>> whole = [.. categories.Select(category => new[] { category })];
        if (categories.All(category => measure(category) <= pitch))
            return new CategoryLabels(whole, 0, lineHeight);

        // Broken at spaces only: half a word says nothing.
        IReadOnlyList<IReadOnlyList<string>> broken = [.. categories.Select(category => category.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        if (broken.All(lines => lines.Count <= 3 && lines.All(line => measure(line) <= pitch)))
            return new CategoryLabels(broken, 0, lineHeight * broken.Max(lines => lines.Count));

        var height = categories.Max(measure) * MathF.Sin(Aslant * MathF.PI / 180) + lineHeight;
        return new CategoryLabels(whole, Aslant, height);
    }
}
