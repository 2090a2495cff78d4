using System.Globalization;
using GaitProp.Experiments;
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
            ? (Enum.Parse<SweepParameter>(parts[0].Trim(), ignoreCase: true), Checked(option, text, SweepAxis.Parse(option, text).Values))
            : throw new GaitPropException(
                $"{option} {text} is not possible: write one of {string.Join(", ", names)}, '=' and its values, such as eta=1e-3..1e-12 or depth=3,6,12."
            );
    }

    /// <summary>Reads numbers, in the ways that a sweep's values are written (<see cref="SweepAxis"/>).</summary>
    /// <param name="option">The option, as errors name it.</param>
    /// <param name="text">The words.</param>
    /// <exception cref="GaitPropException">They cannot be read.</exception>
    public static IReadOnlyList<double> Numbers(string option, string text) => Checked(option, text, SweepAxis.List(option, text));

    private static double[] Checked(string option, string text, IReadOnlyList<string> values)
    {
        var numbers = values
            .Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN)
            .ToArray();
        return numbers.Length <= Most && numbers.All(n => n >= 0 && double.IsFinite(n))
            ? numbers
            : throw new GaitPropException(
                $"{option} {text} is not possible: the values are numbers, 0 or more, at the most {Most} of them, such as 1,10,100 or 1e-3..1e-12."
            );
    }
}
