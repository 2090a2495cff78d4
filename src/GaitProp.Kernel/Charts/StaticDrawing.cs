using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// The page of a static figure: title, legend, panels in a grid, caption. Lengths are units of the drawing, two pixels of the image each.
/// </summary>
internal sealed class StaticDrawing
{
    private const float Margin = 18;
    private const float PanelWidth = 400;
    private const float LeastHeight = 600;
    private const float SymbolWidth = 34;
    private const float LegendGap = 24;

    private readonly FigureLegend _legend;
    private readonly PanelGrid _grid;
    private readonly IReadOnlyList<IStaticPanel> _panels;
    private readonly IReadOnlyList<float> _leastRows;
    private readonly StaticTheme _theme;
    private readonly StaticText _title;
    private readonly StaticText _legendText;
    private readonly StaticText _caption;
    private readonly IReadOnlyList<string> _titleLines;
    private readonly IReadOnlyList<string> _captionLines;
    private readonly List<List<(LegendEntry Entry, IReadOnlyList<string> Lines)>> _legendRows = [];

    public StaticDrawing(Figure figure, StaticTheme theme)
    {
        _theme = theme;
        _title = new StaticText(InterFont.SemiBold, 19, theme.Ink);
        _legendText = new StaticText(InterFont.Regular, 14, theme.Ink);
        _caption = new StaticText(InterFont.Regular, 12, theme.Muted);
        _legend = new FigureLegend(figure);
        _grid = PanelGrid.Of(figure);
        _panels =
        [
            .. figure.Panels.Select(
                IStaticPanel (panel) =>
                    panel.Kind switch
                    {
                        PanelKind.HeatMap => new StaticHeatMap(panel, theme),
                        PanelKind.Image => new StaticImage(panel, theme),
                        PanelKind.Drawing => new StaticDrawnPanel(panel, theme),
                        PanelKind.Rows => new StaticRows(panel, _legend, theme),
                        _ => new StaticPanel(panel, _legend, theme),
                    }
            ),
        ];
        Width = Math.Max(2, _grid.Columns) * PanelWidth;
        _titleLines = TextLines.Wrap(figure.Title, InnerWidth, _title.Measure);
        _captionLines = figure.Caption.Length == 0 ? [] : TextLines.Wrap(figure.Caption, InnerWidth, _caption.Measure);
        LayOutLegend();
        _leastRows =
        [
            .. _grid
                .PanelsByRow()
                .Select(row => row.Max(i => _panels[i].LeastHeight(_grid.PlaceOf(i).Span * CellWidth, LeftOf(_panels[i])))),
        ];
        var height = HeaderHeight + FooterHeight + _leastRows.Sum();

        // Heat maps are as high as their rows, pictures as wide as their panels; other panels fill the page.
        Height = MathF.Ceiling(
            _panels.Any(panel => panel is StaticDrawnPanel or StaticRows) || _panels.All(panel => panel is StaticHeatMap or StaticImage)
                ? height
                : Math.Max(LeastHeight, height)
        );
    }

    public float Width { get; }

    public float Height { get; }

    private float CellWidth => (Width - Margin) / _grid.Columns;

    private float InnerWidth => Width - 2 * Margin;

    private float HeaderHeight => 12 + _titleLines.Count * _title.LineHeight + 4 + _legendRows.Sum(LegendRowHeight) + 6;

    private float FooterHeight => _captionLines.Count == 0 ? 8 : 8 + _captionLines.Count * _caption.LineHeight + 12;

    public void Draw(SKCanvas canvas)
    {
        using (var page = new SKPaint { Color = _theme.Page })
        {
            canvas.DrawRect(0, 0, Width, Height, page);
        }

        var y = 12f;
        foreach (var line in _titleLines)
        {
            _title.Draw(canvas, line, (Width - _title.Measure(line)) / 2, y);
            y += _title.LineHeight;
        }

        y += 4;
        foreach (var row in _legendRows)
        {
            DrawLegendRow(canvas, row, y);
            y += LegendRowHeight(row);
        }

        DrawPanels(canvas);

        y = Height - FooterHeight + 8;
        foreach (var line in _captionLines)
        {
            _caption.Draw(canvas, line, Margin, y);
            y += _caption.LineHeight;
        }
    }

    private void DrawPanels(SKCanvas canvas)
    {
        var heights = RowHeights();
        for (var i = 0; i < _panels.Count; i++)
        {
            var (column, row, span) = _grid.PlaceOf(i);
            var cell = SKRect.Create(
                Margin / 2 + column * CellWidth,
                HeaderHeight + heights.Take(row).Sum(),
                span * CellWidth,
                heights[row]
            );
            _panels[i].Draw(canvas, cell, LeftOf(_panels[i]));
        }
    }

    /// <summary>
    /// The heights of the rows: equal where each fits into its share of the page, otherwise the least ones and a share of what is left.
    /// </summary>
    private List<float> RowHeights()
    {
        var room = Height - HeaderHeight - FooterHeight;
        if (_leastRows.Max() <= room / _grid.Rows)
        {
            return [.. _leastRows.Select(_ => room / _grid.Rows)];
        }

        var share = (room - _leastRows.Sum()) / _grid.Rows;
        return [.. _leastRows.Select(least => least + share)];
    }

    // One width to the left of all panels of a kind, so that frames stand in line.
    private float LeftOf(IStaticPanel panel) => _panels.Where(other => other.GetType() == panel.GetType()).Max(other => other.LeftWidth);

    private void LayOutLegend()
    {
        var rowWidth = 0f;
        foreach (var entry in _legend.Entries)
        {
            var lines = LegendLines(entry.Label);
            var width = EntryWidth(lines);
            if (_legendRows.Count == 0 || rowWidth + LegendGap + width > InnerWidth)
            {
                _legendRows.Add([]);
                rowWidth = -LegendGap;
            }

            _legendRows[^1].Add((entry, lines));
            rowWidth += LegendGap + width;
        }
    }

    /// <summary>A label on one line, unless it is wider than the page.</summary>
    private IReadOnlyList<string> LegendLines(string label)
    {
        var room = InnerWidth - SymbolWidth - 6;
        return _legendText.Measure(label) <= room ? [label] : TextLines.Wrap(label, room, _legendText.Measure);
    }

    private float EntryWidth(IReadOnlyList<string> lines) => SymbolWidth + 6 + lines.Max(line => _legendText.Measure(line));

    private float LegendRowHeight(List<(LegendEntry Entry, IReadOnlyList<string> Lines)> row) =>
        row.Max(item => item.Lines.Count) * _legendText.LineHeight + 3;

    private void DrawLegendRow(SKCanvas canvas, List<(LegendEntry Entry, IReadOnlyList<string> Lines)> row, float top)
    {
        var x = (Width - row.Sum(item => EntryWidth(item.Lines)) - (row.Count - 1) * LegendGap) / 2;
        var middle = top + _legendText.LineHeight / 2;
        foreach (var (entry, lines) in row)
        {
            var style = _theme.Shown(entry.Style);
            if (entry.Symbol == LegendSymbol.Area)
            {
                using var fill = new SKPaint { Color = SKColor.Parse(style.Color), IsAntialias = true };
                canvas.DrawRect(SKRect.Create(x + SymbolWidth - 16, middle - 7, 14, 14), fill);
            }
            else
            {
                if (entry.Symbol == LegendSymbol.Line)
                {
                    StaticLine.Draw(canvas, [new SKPoint(x, middle), new SKPoint(x + SymbolWidth, middle)], style);
                }

                // Beside its label, as an area is, or in the middle of its line.
                StaticSymbol.DrawMarker(canvas, style, x + (entry.Symbol == LegendSymbol.Line ? SymbolWidth / 2 : SymbolWidth - 9), middle);
            }

            for (var i = 0; i < lines.Count; i++)
            {
                _legendText.Draw(canvas, lines[i], x + SymbolWidth + 6, top + i * _legendText.LineHeight);
            }

            x += EntryWidth(lines) + LegendGap;
        }
    }
}
