using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>Where values stand along an axis: at themselves, or at their decimal logarithms.</summary>
internal sealed class AxisScale
{
    // Numbers beyond these have few digits in 64 bits, or are infinite.
    private const double LowestPlace = -307;
    private const double HighestPlace = 308.25;
    private const double Smallest = 1e-307;

    private const int FewCounts = 12;

    private readonly Axis _axis;

    /// <summary>What a logarithmic axis can show least.</summary>
    private readonly double _least;

    /// <summary>Whether it begins at a tick, on which values that are too small for it stand.</summary>
    private readonly bool _hasFloor;

    /// <summary>Whether there are such values: then its first tick says so.</summary>
    private readonly bool _isCut;

    /// <summary>What is drawn along the axis, ascending, where that is a few whole numbers such as numbers of layers.</summary>
    private readonly double[] _counts;

    /// <summary>Takes what is drawn along the axis.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="values">Finite values.</param>
    public AxisScale(Axis axis, IReadOnlyCollection<double> values)
    {
        _axis = axis;
        var above = values.Where(value => value >= Smallest).DefaultIfEmpty(1e-3).Min();
        _hasFloor = axis.From is not null || values.Any(value => value < Smallest);
        _least = Math.Max(Smallest, axis.From ?? (_hasFloor ? Math.Pow(10, Math.Floor(Math.Log10(above))) : above));
        _isCut = _hasFloor && values.Any(value => value < _least * (1 - 1e-9));
        double[] distinct = [.. values.Distinct().Order()];

        // What is measured at 3, 6 and 12 layers has its ticks there.
        _counts =
            !_hasFloor
            && axis.To is null
            && distinct.Length is > 1 and <= FewCounts
            && distinct.All(v => v < 10_000 && v == Math.Floor(v))
            && distinct.Zip(distinct.Skip(1)).All(pair => pair.Second < 10 * pair.First)
                ? distinct
                : [];
    }

    /// <summary>Whether equal distances are equal ratios.</summary>
    public bool IsLogarithmic => _axis.IsLogarithmic;

    /// <summary>Where a value stands; what is below a logarithmic axis stands on its first tick.</summary>
    public double Place(double value) => IsLogarithmic ? Math.Min(Math.Log10(Math.Max(value, _least)), HighestPlace) : value;

    /// <summary>The value that stands at a place.</summary>
    public double Value(double place) => IsLogarithmic ? Math.Pow(10, place) : place;

    /// <summary>Whether a value is too small for the axis to tell.</summary>
    public bool IsBelow(double value) => IsLogarithmic && value < _least;

    /// <summary>What a logarithmic axis shows; around a single value, half a power of ten on either side.</summary>
    /// <param name="values">What is drawn along it.</param>
    /// <param name="margin">The margin on both sides, as a share of the span.</param>
    public AxisRange Range(IEnumerable<double> values, double margin)
    {
        double[] places =
        [
            .. values.Select(Place),
            .. _hasFloor ? (double[])[Math.Log10(_least)] : [],
            .. _axis.To is { } top ? (double[])[Math.Log10(top)] : [],
        ];
        var range =
            places.Length > 0 && places.Max() - places.Min() <= 1e-9 * Math.Max(1, Math.Abs(places.Max()))
                ? new AxisRange(places.Min() - 0.5, places.Max() + 0.5)
                : AxisRange.Around(places, margin, includeZero: false);
        return new AxisRange(Math.Max(range.Min, LowestPlace), Math.Min(range.Max, HighestPlace));
    }

    /// <summary>
    /// Round values along a logarithmic axis: 1, 2 and 5 times powers of ten if there is room, else powers. Where all values are a few
    /// whole numbers, none ten times the one before, those themselves, or every second, third, … of them.
    /// </summary>
    /// <param name="range">What the axis shows, in places.</param>
    /// <param name="most">The largest number of ticks.</param>
    /// <returns>Places, and what stands there.</returns>
    public IReadOnlyList<(double Position, string Label)> Ticks(AxisRange range, int most)
    {
        double[] counts = [.. _counts.Where((_, i) => i % ((_counts.Length + most - 1) / most) == 0)];
        var room = 0.5 * (range.Max - range.Min) / most;
        if (counts.Length > 1 && counts.Zip(counts.Skip(1)).All(pair => Math.Log10(pair.Second / pair.First) >= room))
        {
            return [.. counts.Select(count => (Math.Log10(count), count.ToString("0", CultureInfo.InvariantCulture)))];
        }

        var (low, high) = (_hasFloor ? _least : Value(range.Min), Value(range.Max));
        var ends = _axis.To is { } end ? (double[])[end] : [];
        var values = Times(1, 2, 5);
        if (values.Count + ends.Length > most)
        {
            var powers = Times(1);
            var apart = (powers.Count + ends.Length + most - 1) / most;
            values = [.. powers.Where((_, i) => i % apart == 0)];
        }
        else if (values.Count < 2)
        {
            values = [.. AxisTicks.Of(new AxisRange(low, high), most, wholeNumbers: false).Select(tick => tick.Position).Where(Inside)];
        }

        values.AddRange(ends);
        var digits = Enumerable.Range(1, 6).FirstOrDefault(digits => values.All(v => IsWhole(v, digits)), 6);
        return [.. values.Select((value, i) => (Math.Log10(value), (i == 0 && _isCut ? "≤ " : "") + Label(value, digits)))];

        List<double> Times(params double[] factors) =>
            [
                .. Enumerable
                    .Range((int)Math.Floor(Math.Log10(low)), 1 + (int)Math.Ceiling(Math.Log10(high) - Math.Floor(Math.Log10(low))))
                    .SelectMany(power => factors.Select(factor => double.Parse(Text($"{factor}e{power}"), CultureInfo.InvariantCulture)))
                    .Where(Inside),
            ];

        bool Inside(double value) =>
            value > 0 && value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9) && (ends.Length == 0 || value < ends[0] / 2);
    }

    private static string Label(double value, int digits) =>
        value < 0.9e-3 || value >= 1e9
            ? value.ToString($"0.{new string('#', digits - 1)}e-0", CultureInfo.InvariantCulture).Replace('-', '\u2212')
            : SignificantDigits.Round(value, digits).ToString("0.########", CultureInfo.InvariantCulture);

    private static bool IsWhole(double value, int digits) => Math.Abs(SignificantDigits.Round(value, digits) - value) <= 1e-9 * value;
}
