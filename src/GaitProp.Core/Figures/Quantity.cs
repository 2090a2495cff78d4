using System.Globalization;

namespace GaitProp.Figures;

/// <summary>What the cells of a column are: their unit, and how a number is written.</summary>
/// <param name="Unit">The unit, which stands in the heading; empty if there is none.</param>
/// <param name="Write">Writes a defined number, without the unit; <see langword="null"/> where cells are words.</param>
internal sealed record Quantity(string Unit, Func<double, string>? Write)
{
    /// <summary>What stands for a cell of which there is nothing to be said.</summary>
    public const string Nothing = "–";

    /// <summary>What stands for a number that is undefined.</summary>
    public const string Undefined = "undefined";

    /// <summary>Words.</summary>
    public static Quantity Words { get; } = new("", null);

    /// <summary>How many, with groups of three digits.</summary>
    public static Quantity Count { get; } = new("", v => v.ToString("N0", CultureInfo.InvariantCulture));

    /// <summary>A share from 0 to 1, in per cent.</summary>
    public static Quantity Share { get; } = new("%", v => (100 * v).ToString("0.00", CultureInfo.InvariantCulture));

    /// <summary>An angle in degrees. Small ones keep the digits that tell them from zero.</summary>
    public static Quantity Angle { get; } = new("°", Degrees.Text);

    /// <summary>A loss. Of one that grows beyond all bounds the power of ten counts.</summary>
    public static Quantity Loss { get; } = new("", v => LossWords(v, "0.0000"));

    /// <summary>Seconds, shown in milliseconds.</summary>
    public static Quantity Milliseconds { get; } = new("", v => (1000 * v).ToString("0.0", CultureInfo.InvariantCulture)) { Room = 7 };

    /// <summary>How many times something else.</summary>
    public static Quantity Ratio { get; } = new("", v => v.ToString("0.00", CultureInfo.InvariantCulture)) { Room = 6 };

    /// <summary>An error, of which the power of ten counts.</summary>
    public static Quantity Error { get; } = new("", v => v.ToString("0.0e-0", CultureInfo.InvariantCulture));

    /// <summary>Any number, with four significant digits: <c>0.1234</c>, <c>1.2e-9</c>, <c>12345</c>.</summary>
    public static Quantity Number { get; } =
        new(
            "",
            v =>
                v switch
                {
                    0 => "0",
                    double.PositiveInfinity => "∞",
                    double.NegativeInfinity => "-∞",
                    _ when Math.Abs(v) is >= 1e-3 and < 1e6 => v.ToString(Math.Abs(v) >= 1000 ? "0.#" : "G4", CultureInfo.InvariantCulture),
                    _ => v.ToString("0.###e-0", CultureInfo.InvariantCulture),
                }
        );

    /// <summary>Bytes, shown in millions.</summary>
    public static Quantity Megabytes { get; } = new("MB", v => (v / 1e6).ToString("N3", CultureInfo.InvariantCulture));

    /// <summary>A number as it is, with all of its digits.</summary>
    public static Quantity Value { get; } =
        new("", v => v.ToString(Math.Abs(v) is > 0 and < 9e-4 ? "0.###############e-0" : "R", CultureInfo.InvariantCulture));

    /// <summary>Letters that a column of it has at least: a table's layout does not change with the speed of a machine.</summary>
    public int Room { get; init; }

    /// <summary>What gives a cell its colour; <see langword="null"/> for none.</summary>
    public CellValues? Colours { get; init; }

    /// <summary>Whether cells are words, which stand to the left.</summary>
    public bool IsWords => Write is null;

    /// <summary>A loss as it is written: <c>1.234</c>, and from 10,000 on <c>1.23e30</c>.</summary>
    /// <param name="loss">The loss.</param>
    /// <param name="format">How one below 10,000 is written.</param>
    public static string LossWords(double loss, string format) =>
        loss.ToString(Math.Abs(loss) < 1e4 ? format : "0.00e0", CultureInfo.InvariantCulture);

    /// <summary>A cell as it is written, without the unit.</summary>
    /// <param name="cell">The cell, as <see cref="Row"/> has it.</param>
    public string Written(object? cell) =>
        cell switch
        {
            null => Nothing,
            Mark mark => mark.Word,
            string words => words,
            _ when NumberOf(cell) is { } number => double.IsNaN(number) ? Undefined : Write!(number),
            IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
            _ => cell.ToString() ?? "",
        };

    /// <summary>A cell as it is written outside of a table, with the unit: <c>0.42°</c>, <c>51.20 %</c>.</summary>
    /// <param name="number">The number; <see langword="null"/> and NaN are undefined.</param>
    public string WithUnit(double? number) =>
        number is not { } value || double.IsNaN(value) ? Undefined
        : Unit.Length == 0 ? Write!(value)
        : Unit == "°" ? $"{Write!(value)}°"
        : $"{Write!(value)} {Unit}";

    /// <summary>The number in a cell of this quantity; <see langword="null"/> if it is none.</summary>
    /// <param name="cell">The cell.</param>
    public double? NumberOf(object? cell) =>
        Write is null
            ? null
            : cell switch
            {
                double number => number,
                float number => number,
                long number => number,
                int number => number,
                _ => null,
            };
}
