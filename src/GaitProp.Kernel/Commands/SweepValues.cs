using System.Globalization;
using GaitProp.Studies;

namespace GaitProp.Kernel.Commands;

/// <summary>What a sweep goes over, in a word of the command line: <c>eta=1e-3..1e-12</c> (powers of ten), <c>depth=3,6,12</c>.</summary>
internal static class SweepValues
{
    private const int Most = 100;

    /// <summary>Reads the word.</summary>
    /// <param name="option">The option, as errors name it.</param>
    /// <param name="text">The word.</param>
    /// <exception cref="GaitPropException">It cannot be read; the message says how it is written.</exception>
    public static (SweepParameter Over, IReadOnlyList<double> Values) Parse(string option, string text)
    {
        var names = Enum.GetNames<SweepParameter>().Select(n => n.ToLowerInvariant()).ToArray();
        var parts = text.Split('=', 2);
        return parts.Length == 2 && names.Contains(parts[0].Trim())
            ? (Enum.Parse<SweepParameter>(parts[0].Trim(), ignoreCase: true), Numbers(option, parts[1]))
            : throw new GaitPropException(
                $"{option} {text} is not possible: write one of {string.Join(", ", names)}, '=' and its values, such as eta=1e-3..1e-12 or depth=3,6,12."
            );
    }

    /// <summary>
    /// Reads numbers with commas between them, or two powers of ten with two dots between them: those and all in between.
    /// </summary>
    /// <exception cref="GaitPropException">They cannot be read.</exception>
    public static IReadOnlyList<double> Numbers(string option, string text)
    {
        var ends = text.Split("..", StringSplitOptions.TrimEntries);
        if (ends.Length == 2 && Number(ends[0]) is > 0 and var first && Number(ends[1]) is > 0 and var last)
        {
            var (from, to) = (Math.Log10(first), Math.Log10(last));
            var steps = (int)Math.Round(Math.Abs(to - from));
            if (Math.Abs(Math.Abs(to - from) - steps) < 1e-9 && steps < Most)
            {
                // Written and read again, so that 1e-7 is 1e-7 to the bit.
                return
                [
                    .. Enumerable
                        .Range(0, steps + 1)
                        .Select(i =>
                            double.Parse(
                                (first * Math.Pow(10, Math.Sign(to - from) * i)).ToString("E12", CultureInfo.InvariantCulture),
                                CultureInfo.InvariantCulture
                            )
                        ),
                ];
            }
        }

        var numbers = text.Split(',').Select(Number).ToArray();
        return numbers.Length <= Most && numbers.All(n => n is not null)
            ? [.. numbers.Select(n => n!.Value)]
            : throw new GaitPropException(
                $"{option} {text} is not possible: write numbers, 0 or more, with commas between them (at the most {Most}), or powers of ten such as 1e-3..1e-12."
            );
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= 0 && double.IsFinite(value)
            ? value
            : null;
}
