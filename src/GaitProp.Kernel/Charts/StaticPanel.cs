using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>One panel of a static figure: its title and axis labels, and the plot between them.</summary>
internal sealed class StaticPanel : IStaticPanel
{
    private const float TickSize = 12;
    private const float TickMark = 4;

    // Half of what stands at the last tick may stand out over the frame.
    private const float Right = 20;
    private const float LeastPanelHeight = 200;
    private const float LeastBarsHeight = 265;

    // Of the names of categories, for which a panel of the least height has room.
    private const float NamesHeight = 70;

    private readonly PanelView _view;
    private readonly FigureLegend _legend;
    private readonly StaticTheme _theme;
    private readonly PanelText _text;
    private readonly StaticText _tick;
    private readonly IReadOnlyList<(double Position, string Label)> _yTicks;

    public StaticPanel(Panel panel, FigureLegend legend, StaticTheme theme)
    {
        _theme = theme;
        _text = new PanelText(theme.Ink);
        _tick = new StaticText(InterFont.Regular, TickSize, theme.Ink);
        _view = new PanelView(panel);
        _legend = legend;
        _yTicks = _view.YTicks(7);
    }

    /// <summary>What the vertical axis needs to the left of the frame.</summary>
    public float LeftWidth =>
        2 * _text.Label.LineHeight + TickMark + 5 + _yTicks.Select(tick => _tick.Measure(tick.Label)).DefaultIfEmpty(0).Max();

    public float LeastHeight(float width, float left) =>
        (_view.Panel.Kind == PanelKind.Bars ? LeastBarsHeight : LeastPanelHeight)
        + Math.Max(0, (Names(width - left - Right, left)?.Height ?? 0) - NamesHeight)
        + (_text.HeightOfTitle(_view.Panel, width - left) - _text.TitleLineHeight)
        + (XLabel(width, left).Count - 1) * _text.Label.LineHeight;

    public void Draw(SKCanvas canvas, SKRect cell, float left)
    {
        var header = _text.HeightOfTitle(_view.Panel, cell.Width - left);
        var footer = XLabel(cell.Width, left).Count * _text.Label.LineHeight;
        var frame = new SKRect(cell.Left + left, cell.Top + header + 4, cell.Right - Right, 0);
        var categories = Names(frame.Width, left);
        frame.Bottom = cell.Bottom - TickMark - 3 - (categories?.Height ?? _tick.LineHeight) - footer - 1;

        _text.DrawTitle(canvas, _view.Panel, frame.Left, cell.Top, cell.Width - left);
        DrawAxisLabels(canvas, cell, frame, left);
        using var plot = BuildPlot(categories, frame);
        var outer = new PixelRect(cell.Left, cell.Right, cell.Bottom - footer - 4, cell.Top + header);
        plot.Layout.Fixed(
            new PixelPadding(frame.Left - outer.Left, outer.Right - frame.Right, outer.Bottom - frame.Bottom, frame.Top - outer.Top)
        );

        // ScottPlot draws a plot twice at first, to measure it; on a canvas that is not cleared the first drawing would stay.
        using (var nowhere = new SKNoDrawCanvas(1, 1))
        {
            plot.Render(nowhere, outer);
        }

        plot.Render(canvas, outer);
        DrawTotals(canvas, frame);
        if (_view.IsEmpty)
        {
            _text.DrawLabel(canvas, [StaticFigure.EmptyPanelNote], frame.MidX, frame.MidY - _text.Label.LineHeight / 2);
        }
    }

    /// <summary>The sum of each column of bars, above it, if there is room for all of them.</summary>
    private void DrawTotals(SKCanvas canvas, SKRect frame)
    {
        var small = new StaticText(InterFont.Regular, 11, _theme.Ink);
        var texts = _view.Totals.Select(total => ShortNumber.Of(total.Sum)).ToList();
        if (texts.Any(text => small.Measure(text) > frame.Width / (_view.X.Max - _view.X.Min) - 2))
        {
            return;
        }

        foreach (var (total, text) in _view.Totals.Zip(texts))
        {
            var x = frame.Left + (total.Position - _view.X.Min) / (_view.X.Max - _view.X.Min) * frame.Width;
            var y = frame.Bottom - (total.Sum - _view.Y.Min) / (_view.Y.Max - _view.Y.Min) * frame.Height;
            small.Draw(canvas, text, (float)x - small.Measure(text) / 2, (float)y - small.LineHeight - 1);
        }
    }

    private CategoryLabels? Names(float width, float left) =>
        _view.Categories is { } names ? CategoryLabels.Fit(names, width, _tick.LineHeight, _tick.Measure, left) : null;

    // In the middle of the frame: as far as the panel goes to the right of it, and as much to the left.
    private IReadOnlyList<string> XLabel(float width, float left) => _text.LabelLines(_view.Panel.X.Label, width - left + Right);

    private void DrawAxisLabels(SKCanvas canvas, SKRect cell, SKRect frame, float left)
    {
        var below = XLabel(cell.Width, left);
        _text.DrawLabel(canvas, below, frame.MidX, cell.Bottom - below.Count * _text.Label.LineHeight - 4);
        var lines = TextLines.WrapAtMost(2, _view.Panel.Y.Label, frame.Height + 30, _text.Label.Measure);
        canvas.Save();
        canvas.Translate(frame.Left - left, frame.MidY);
        canvas.RotateDegrees(-90);
        _text.DrawLabel(canvas, lines, 0, lines.Count > 1 ? 0 : 0.5f * _text.Label.LineHeight);
        canvas.Restore();
    }

    private Plot BuildPlot(CategoryLabels? categories, SKRect frame)
    {
        var plot = new Plot();

        // The other panels are on the same canvas.
        plot.RenderManager.ClearCanvasBeforeEachRender = false;
        plot.FigureBackground.Color = Colors.Transparent;
        plot.DataBackground.Color = Colors.Transparent;
        plot.Axes.SetLimits(_view.X.Min, _view.X.Max, _view.Y.Min, _view.Y.Max);
        plot.Grid.MajorLineColor = Color.FromSKColor(_theme.Grid);
        plot.Grid.MajorLineWidth = 0.8f;
        plot.Grid.XAxisStyle.IsVisible = categories is null;
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.FrameLineStyle.Width = 0.9f;
            axis.FrameLineStyle.Color = Color.FromSKColor(_theme.Ink);
            axis.MajorTickStyle.Length = TickMark;
            axis.MajorTickStyle.Width = 0.9f;
            axis.MajorTickStyle.Color = Color.FromSKColor(_theme.Ink);
            axis.TickLabelStyle.Font = InterFont.Regular;
            axis.TickLabelStyle.FontSize = TickSize;
            axis.TickLabelStyle.ForeColor = Color.FromSKColor(_theme.Ink);
        }

        plot.Axes.Left.TickGenerator = Manual(_yTicks);
        plot.Axes.Bottom.TickGenerator = categories is not null
            ? Manual([.. categories.Lines.Select((lines, i) => ((double)categories.Places[i], string.Join('\n', lines)))])
            : Manual(_view.XTicks(Math.Max(2, (int)(frame.Width / 52))));
        if (categories is { Rotation: not 0 })
        {
            plot.Axes.Bottom.TickLabelStyle.Rotation = -categories.Rotation;
            plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleRight;
            plot.Axes.Bottom.TickLabelStyle.OffsetY = 4;
        }

        var tops = new Dictionary<double, double>();
        foreach (var i in _legend.DrawingOrder(_view.Panel))
        {
            var series = _view.Panel.Series[i];
            var style = _theme.Shown(_legend.EntryOf(series).Style);
            if (_view.Panel.Kind == PanelKind.Bars)
            {
                plot.PlottableList.Add(new StaticBars(SeriesPoints.Stacked(series, tops), style));
            }
            else if (_view.Panel.Kind is PanelKind.Points or PanelKind.Scatter)
            {
                AddPoints(plot, series, style, _view.Offset(i));
            }
            else
            {
                AddLines(plot, series, style, i);
            }
        }

        return plot;
    }

    private void AddPoints(Plot plot, Series series, RuleStyle style, double offset)
    {
        var points = _view
            .Runs(series)
            .SelectMany(run => run)
            .Zip(SeriesPoints.Finite(series), (place, value) => place with { IsCut = _view.YScale.IsBelow(value.Low) })
            .ToList();
        var deviating = points.Where(point => point.Deviates).Select(point => point with { X = point.X + offset }).ToList();
        if (deviating.Count > 0)
        {
            plot.PlottableList.Add(new StaticErrors(deviating, style));
        }

        Coordinates[] places = [.. points.Select(point => new Coordinates(point.X + offset, point.Y))];
        if (_view.Panel.Kind == PanelKind.Scatter)
        {
            AddMarkers(plot, places, style, StaticSymbol.ScatterSize, rim: Color.FromSKColor(_theme.Page));
        }
        else
        {
            AddMarkers(plot, places, style, StaticSymbol.MarkerSize);
        }
    }

    private void AddLines(Plot plot, Series series, RuleStyle style, int number)
    {
        var marked = SeriesPoints.Marked(_view.Panel.Series, number).Select(i => _view.XScale.Place(series.X[i])).ToHashSet();
        foreach (var run in _view.Runs(series))
        {
            if (run.Count > 1)
            {
                if (run.Any(point => point.Deviates))
                {
                    plot.PlottableList.Add(new StaticBand(run, style));
                }

                plot.PlottableList.Add(new StaticLine([.. run.Select(point => new Coordinates(point.X, point.Y))], style));
            }

            // A point between two gaps has no line to show it.
            AddMarkers(
                plot,
                [.. run.Where(point => run.Count == 1 || marked.Contains(point.X)).Select(point => new Coordinates(point.X, point.Y))],
                style,
                5.5f
            );
        }
    }

    private static void AddMarkers(Plot plot, Coordinates[] places, RuleStyle style, float size, Color? rim = null)
    {
        if (places.Length == 0)
        {
            return;
        }

        var markers = plot.Add.ScatterPoints(places);
        markers.Color = StaticSymbol.ColorOf(style);
        markers.MarkerShape = StaticSymbol.ShapeOf(style);
        markers.MarkerSize = size;
        if (rim is { } color)
        {
            markers.MarkerStyle.OutlineColor = color;
            markers.MarkerStyle.OutlineWidth = 0.8f;
        }
    }

    private static NumericManual Manual(IReadOnlyList<(double Position, string Label)> ticks) =>
        new([.. ticks.Select(tick => tick.Position)], [.. ticks.Select(tick => tick.Label)]);
}
