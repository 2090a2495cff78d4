namespace GaitProp.Kernel.Charts;

/// <summary>Names of categories along an axis, as they fit: on one line, on several, aslant, upright, or some of them only.</summary>
/// <param name="Places">The categories that are named, counted from 0: all of them, unless they are too many.</param>
/// <param name="Lines">The lines of each of these names.</param>
/// <param name="Rotation">Degrees, counter-clockwise.</param>
/// <param name="Height">What they need below the axis, in the unit of the measure.</param>
internal sealed record CategoryLabels(IReadOnlyList<int> Places, IReadOnlyList<IReadOnlyList<string>> Lines, float Rotation, float Height)
{
    private const float Aslant = 35;
    private const float Upright = 90;
    private const float Between = 6;

    /// <summary>The most that a name takes which does not fit below its tick; a longer one ends in an ellipsis.</summary>
    private const float Most = 140;

    /// <summary>Finds the first of these ways that fits.</summary>
    /// <param name="categories">The names.</param>
    /// <param name="width">The length of the axis.</param>
    /// <param name="lineHeight">The height of a line.</param>
    /// <param name="measure">The width of a text.</param>
    /// <param name="beside">The room to the left of the axis, into which its first names may lean.</param>
    public static CategoryLabels Fit(
        IReadOnlyList<string> categories,
        float width,
        float lineHeight,
        Func<string, float> measure,
        float beside = Most
    )
    {
        var distance = width / categories.Count;
        IReadOnlyList<int> all = [.. Enumerable.Range(0, categories.Count)];
        if (categories.All(category => measure(category) <= distance - Between))
        {
            return new CategoryLabels(all, OnOneLine(categories), 0, lineHeight);
        }

        // Broken at spaces only: half a word says nothing.
        IReadOnlyList<IReadOnlyList<string>> broken =
        [
            .. categories.Select(category => category.Split(' ', StringSplitOptions.RemoveEmptyEntries)),
        ];
        if (broken.All(lines => lines.Count <= 3 && lines.All(line => measure(line) <= distance - Between)))
        {
            return new CategoryLabels(all, broken, 0, lineHeight * broken.Max(lines => lines.Count));
        }

        var sine = MathF.Sin(Aslant * MathF.PI / 180);
        if (distance * sine >= 0.8f * lineHeight)
        {
            var cosine = MathF.Cos(Aslant * MathF.PI / 180);
            string[] leaning =
            [
                .. categories.Select((name, i) => Cut(name, Math.Min(Most, (beside + (i + 0.5f) * distance) / cosine), measure)),
            ];
            return new CategoryLabels(all, OnOneLine(leaning), Aslant, leaning.Max(measure) * sine + lineHeight);
        }

        string[] names = [.. categories.Select(name => Cut(name, Most, measure))];
        if (distance >= 0.8f * lineHeight && !AreNumbers(categories))
        {
            return new CategoryLabels(all, OnOneLine(names), Upright, names.Max(measure) + lineHeight);
        }

        var places = Thin(categories.Count, (int)MathF.Ceiling((names.Max(measure) + 2 * Between) / distance));
        return new CategoryLabels(places, OnOneLine(places.Select(place => names[place])), 0, lineHeight);
    }

    private static IReadOnlyList<IReadOnlyList<string>> OnOneLine(IEnumerable<string> names) => [.. names.Select(name => new[] { name })];

    private static string Cut(string name, float width, Func<string, float> measure) =>
        measure(name) <= width ? name : TextLines.WrapAtMost(1, name, width, measure)[0];

    private static bool AreNumbers(IReadOnlyList<string> categories) => categories.All(name => name.All(char.IsAsciiDigit));

    /// <summary>The first, the last, and between them each second, fifth, tenth, … that is at least so far from its neighbours.</summary>
    private static List<int> Thin(int count, int apart)
    {
        var step = 1;
        for (var i = 0; step < apart; i++)
        {
            step = (i % 3) switch
            {
                0 => 2 * step,
                1 => step / 2 * 5,
                _ => 2 * step,
            };
        }

        var places = Enumerable
            .Range(0, (count + step - 1) / step)
            .Select(i => i * step)
            .Where(place => place == 0 || place <= count - 1 - apart)
            .ToList();
        if (places[^1] + apart <= count - 1)
        {
            places.Add(count - 1);
        }

        return places;
    }
}
