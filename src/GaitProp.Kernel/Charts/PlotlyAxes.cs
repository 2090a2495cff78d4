using System.Globalization;

namespace GaitProp.Kernel.Charts;

/// <summary>The axes of an interactive figure. Lengths are CSS pixels.</summary>
/// <param name="style">Colours and letters.</param>
internal sealed class PlotlyAxes(PlotlyStyle style)
{
    /// <summary>The length of a tick.</summary>
    public const int TickMark = 5;

    private const int TickDistance = 30;

    /// <summary>What plotly.js calls an axis of a panel.</summary>
    /// <param name="name">That of the first panel: x or y in traces and notes, xaxis, yaxis or coloraxis in the layout.</param>
    /// <param name="number">The panel's number, counted from 1.</param>
    public static string Name(string name, int number) => number == 1 ? name : name + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The horizontal axis of a panel with frame or cells.</summary>
    public Dictionary<string, object> X(PanelView view, CategoryLabels? categories, string anchor, double[] domain, double plotWidth)
    {
        var axis = Axis(anchor, domain, view.X);
        if (categories is not null)
        {
            axis["showgrid"] = false;
            axis["ticklabeloverflow"] = "allow";
            axis["tickmode"] = "array";
            axis["tickvals"] = categories.Places.ToArray();
            axis["ticktext"] = categories.Lines.Select(PlotlyText.Lines).ToArray();
            axis["tickangle"] = -categories.Rotation;
        }
        else
        {
            var most = Math.Clamp((int)(plotWidth * (domain[1] - domain[0]) / TickDistance), 4, 7);
            axis["tickangle"] = 0;
            axis["nticks"] = most;
            if (view.XScale.IsLogarithmic)
            {
                AddTicks(axis, view.XTicks(most));
            }
            else if (view.WholeNumbers && view.X.Max - view.X.Min <= 4)
            {
                // There is no epoch one and a half.
                axis["dtick"] = 1;
                axis["tick0"] = 0;
            }
        }

        return axis;
    }

    /// <summary>The vertical axis of a panel with a frame.</summary>
    public Dictionary<string, object> Y(PanelView view, string anchor, double[] domain)
    {
        var axis = Axis(anchor, domain, view.Y);
        if (view.YScale.IsLogarithmic)
        {
            AddTicks(axis, view.YTicks(7));
        }

        return axis;
    }

    /// <summary>The vertical axis of rows, each with its name.</summary>
    public Dictionary<string, object> Rows(string anchor, double[] domain, HeatMapRows rows)
    {
        var axis = Axis(anchor, domain, new AxisRange(Math.Max(1, rows.Lines.Count) - 0.5, -0.5));
        axis["showgrid"] = false;
        axis["tickcolor"] = "rgba(0,0,0,0)";
        axis["tickmode"] = "array";
        axis["tickvals"] = Enumerable.Range(0, rows.Lines.Count).ToArray();
        axis["ticktext"] = rows.Lines.Select(PlotlyText.Lines).ToArray();
        axis["fixedrange"] = true;
        return axis;
    }

    /// <summary>The horizontal axis along which bars lie, with room for the numbers behind them.</summary>
    public Dictionary<string, object> AlongBars(Panel panel, string anchor, double[] domain)
    {
        var longest = panel.Series.SelectMany(SeriesPoints.Finite).Select(point => point.Y).DefaultIfEmpty(1).Max();
        var axis = Axis(anchor, domain, new AxisRange(0, 1.14 * Math.Max(1e-12, longest)));
        axis["tickangle"] = 0;
        return axis;
    }

    /// <summary>An axis of a picture: no ticks, and both axes of one scale.</summary>
    public static Dictionary<string, object> OfImage(string anchor, double[] domain, double[] range, string? scaledLike)
    {
        var axis = new Dictionary<string, object>
        {
            ["anchor"] = anchor,
            ["domain"] = domain,
            ["range"] = range,
            ["showticklabels"] = false,
            ["ticks"] = "",
            ["showgrid"] = false,
            ["zeroline"] = false,
            ["constrain"] = "domain",
            ["constraintoward"] = scaledLike is null ? "left" : "top",
        };
        if (scaledLike is not null)
        {
            axis["scaleanchor"] = scaledLike;
        }

        return axis;
    }

    /// <summary>Makes an axis logarithmic.</summary>
    private static void AddTicks(Dictionary<string, object> axis, IReadOnlyList<(double Position, string Label)> ticks)
    {
        axis["type"] = "log";
        axis["tickmode"] = "array";
        axis["tickvals"] = ticks.Select(tick => SignificantDigits.Round(Math.Pow(10, tick.Position), 6)).ToArray();
        axis["ticktext"] = ticks.Select(tick => tick.Label).ToArray();
    }

    private Dictionary<string, object> Axis(string anchor, double[] domain, AxisRange range) =>
        new()
        {
            ["anchor"] = anchor,
            ["domain"] = domain,
            ["range"] = new[] { range.Min, range.Max },
            ["tickfont"] = style.Font(12),
            ["nticks"] = 7,
            ["ticks"] = "outside",
            ["ticklen"] = TickMark,
            ["tickcolor"] = style.Ink,
            ["showline"] = true,
            ["mirror"] = true,
            ["linecolor"] = style.Ink,
            ["linewidth"] = 1,
            ["gridcolor"] = style.Grid,
            ["zeroline"] = false,
        };
}
