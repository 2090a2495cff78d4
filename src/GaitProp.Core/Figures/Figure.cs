using GaitProp.Figures;

namespace GaitProp;

/// <summary>
/// What a figure shows, free of any drawing: panels of series over axes, and the caption that says where the numbers come from.
/// </summary>
[GaitProp.Formatting.TypeFormatterSource("application/vnd.plotly.v1+json", "image/png", "text/plain")]
public sealed record Figure
{
    /// <summary>A figure.</summary>
    /// <param name="name">Its name on the command line and in file names, such as <c>fig4</c>.</param>
    /// <param name="title">The heading.</param>
    /// <param name="caption">Data set, preset, epochs and machine that made the numbers, in sentences.</param>
    /// <param name="panels">The panels, in reading order.</param>
    public Figure(string name, string title, string caption, IReadOnlyList<Panel> panels) =>
        (Name, Title, Caption, Panels) = (name, title, caption, panels);

    /// <summary>The figure's name on the command line and in file names.</summary>
    public string Name { get; internal init; }

    /// <summary>The heading.</summary>
    public string Title { get; internal init; }

    /// <summary>Where its numbers come from, in sentences.</summary>
    public string Caption { get; internal init; }

    /// <summary>The panels, in reading order.</summary>
    public IReadOnlyList<Panel> Panels { get; internal init; }

    /// <summary>
    /// The colours of its page. <see langword="null"/>: white in files, and in cells what the notebook says, white too where it says
    /// nothing.
    /// </summary>
    public FigureTheme? Theme { get; init; }
}

/// <summary>The colours of a figure's page.</summary>
public enum FigureTheme
{
    /// <summary>Black on white, for paper.</summary>
    White,

    /// <summary>Light on dark grey.</summary>
    Dark,

    /// <summary>No page: grey letters and colours that stand out on white and on black.</summary>
    Clear,
}

/// <summary>One panel of a figure.</summary>
public sealed class Panel(string letter, string title, Axis x, Axis y, IReadOnlyList<Series> series, PanelKind kind)
{
    /// <summary>Its letter, such as <c>A</c>.</summary>
    public string Letter { get; } = letter;

    /// <summary>What it shows.</summary>
    public string Title { get; } = title;

    /// <summary>The horizontal axis.</summary>
    public Axis X { get; } = x;

    /// <summary>The vertical axis.</summary>
    public Axis Y { get; } = y;

    /// <summary>The series, one a rule, in the order of the legend.</summary>
    public IReadOnlyList<Series> Series { get; } = series;

    /// <summary>How the series are drawn.</summary>
    public PanelKind Kind { get; } = kind;

    /// <summary>The panel with another letter, and other series if they are said.</summary>
    internal Panel With(string letter, IReadOnlyList<Series>? series = null) =>
        new(letter, Title, X, Y, series ?? Series, Kind)
        {
            Image = Image,
            IsWide = IsWide,
            Drawing = Drawing,
            Cells = Cells,
        };

    /// <summary>The picture of a panel of kind <see cref="PanelKind.Image"/>; others have none.</summary>
    internal FigureImage? Image { get; init; }

    /// <summary>Whether it has a row of the figure for itself.</summary>
    public bool IsWide { get; init; }

    /// <summary>The drawing of a panel of kind <see cref="PanelKind.Drawing"/>; others have none.</summary>
    internal Drawing? Drawing { get; init; }

    /// <summary>What the values of a panel of kind <see cref="PanelKind.HeatMap"/> are; their colours follow from it.</summary>
    internal CellValues Cells { get; init; }
}

/// <summary>What the cells of a heat map show.</summary>
internal enum CellValues
{
    /// <summary>Angles in degrees; colours are logarithmic, from a thousandth of a degree to a right angle.</summary>
    Angles,

    /// <summary>Shares in per cent; colours are linear, from nothing to all.</summary>
    Shares,
}

/// <summary>How the series of a panel are drawn.</summary>
public enum PanelKind
{
    /// <summary>Values over a number, joined by lines: training curves.</summary>
    Lines,

    /// <summary>A point with a bar for each category: angles over layers.</summary>
    Points,

    /// <summary>
    /// A row of cells for each series, the first on top, coloured by value with the number in the cell: angles over layers of many rules.
    /// The horizontal axis has categories; the vertical axis's label names the values. An undefined value is a hatched or grey cell that
    /// says so. Colours are those of angles in degrees, logarithmic from a thousandth to a right angle; only the kit's own figures have
    /// colours of shares.
    /// </summary>
    HeatMap,

    /// <summary>
    /// A column for each category, in which the series stand on each other, with the sum above: what a layer keeps and what it does not.
    /// Values are 0 or more.
    /// </summary>
    Bars,

    /// <summary>
    /// A picture, which only the kit's own figures have. The label of the horizontal axis stands below it; the series are the numbers that
    /// go with it, for tables.
    /// </summary>
    Image,

    /// <summary>A point for each pair of values, neither joined nor moved apart: what something costs against what it gives.</summary>
    Scatter,

    /// <summary>
    /// A drawing of boxes and arrows, of schemes and networks, which only the kit's own figures have. The label of the horizontal axis
    /// stands below it; the series are the numbers that go with it, for tables.
    /// </summary>
    Drawing,

    /// <summary>
    /// A bar for each category, one below another, with the category's name before it and the value behind it. Values are 0 or more.
    /// </summary>
    Rows,
}

/// <summary>An axis of a panel.</summary>
public sealed class Axis(string label, IReadOnlyList<string>? categories = null)
{
    /// <summary>What it measures, with the unit: <c>update angle to BP (degrees)</c>.</summary>
    public string Label { get; } = label;

    /// <summary>The names at 0, 1, 2, …, where the axis counts categories instead of measuring.</summary>
    public IReadOnlyList<string>? Categories { get; } = categories;

    /// <summary>
    /// Whether equal distances are equal ratios. <see cref="From"/> is then above 0; what is smaller, 0 among it, is drawn on it, and where
    /// there is any its tick says so: <c>≤ 0.01</c>. Without it the axis begins at the least value above 0.
    /// </summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Where the axis begins; lower only where a value is. <see langword="null"/>: where the values ask for.</summary>
    public double? From { get; init; }

    /// <summary>Where the axis ends; higher only where a value is. <see langword="null"/>: where the values ask for.</summary>
    public double? To { get; init; }

    /// <summary>
    /// Update angles in degrees, where those of a hundredth of a degree and right angles are to be seen at once: logarithmic, from 0.01 to
    /// 90.
    /// </summary>
    /// <param name="label">What they are.</param>
    public static Axis OfAngles(string label) =>
        new(label)
        {
            IsLogarithmic = true,
            From = 0.01,
            To = 90,
        };

    /// <summary>
    /// A logarithmic axis that begins lower where all values of a series would else lie on its lowest tick: at the series' least value, but
    /// not at the rounding with which it may begin.
    /// </summary>
    /// <param name="series">What is drawn over it.</param>
    internal Axis DownTo(IEnumerable<Series> series)
    {
        double[] low =
        [
            .. series
                .Select(s => s.Y.Where(y => y > 0).Order().ToArray())
                .Where(y => y.Length > 0 && y[^1] < From)
                .Select(y => Math.Max(y[0], y[y.Length / 2] / 100)),
        ];
        return new(Label, Categories)
        {
            IsLogarithmic = IsLogarithmic,
            From = low.Length == 0 ? From : Math.Pow(10, Math.Floor(Math.Log10(low.Min()))),
            To = To,
        };
    }
}

/// <summary>The values of one rule in one panel.</summary>
public sealed class Series(
    string rule,
    string label,
    IReadOnlyList<double> x,
    IReadOnlyList<double> y,
    IReadOnlyList<double>? deviation = null
)
{
    /// <summary>The rule's name on the command line (<c>bp</c>, <c>ngait</c>); a rule has one colour in all panels.</summary>
    public string Rule { get; } = rule;

    /// <summary>What the legend says.</summary>
    public string Label { get; } = label;

    /// <summary>Positions, one a value.</summary>
    public IReadOnlyList<double> X { get; } = x;

    /// <summary>Values; <see cref="double.NaN"/> is undefined and leaves a gap.</summary>
    public IReadOnlyList<double> Y { get; } = y;

    /// <summary>Standard deviations, one a value, or <see langword="null"/>.</summary>
    public IReadOnlyList<double>? Deviation { get; } = deviation;

    /// <summary>
    /// Where the bars of the values end below, one a value and at most the value; <see cref="double.NaN"/> is undefined. With
    /// <see cref="High"/> it takes the place of <see cref="Deviation"/> where values spread further to one side than to the other; one is
    /// not without the other.
    /// </summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>Where the bars of the values end above, one a value and at least the value; see <see cref="Low"/>.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>Whether it is drawn thin and pale, behind the others: what was known before.</summary>
    public bool Pale { get; init; }
}
