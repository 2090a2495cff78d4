using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>
/// A heat map of a static figure: the names of the rows, the cells with their numbers, the names of the columns, and the colour bar.
/// </summary>
internal sealed class StaticHeatMap : IStaticPanel
{
    private const float RowLabelWidth = 168;
    private const float RowLabelGap = 8;
    private const float TickMark = 4;
    private const float Right = 10;
    private const float MostRight = 60;
    private const int ManyColumns = 12;
    private const float MostCellWidth = 140;
    private const float MostCellHeight = 46;
    private const float BarGap = 12;
    private const float BarHeight = 11;
    private const float BarWidth = 330;
    private const float LeastBarWidth = 200;
    private const float BarMargin = 24;

    // Smaller numbers than the last of these are not readable on paper.
    private static readonly float[] NumberSizes = [13, 12, 11, 10];

    private readonly Panel _panel;
    private readonly HeatCells _cells;
    private readonly HeatScale _scale;
    private readonly SKColor _ink;
    private readonly PanelText _text;
    private readonly StaticText _tick;
    private readonly IReadOnlyList<IReadOnlyList<string>> _rowLabels;

    public StaticHeatMap(Panel panel, StaticTheme theme)
    {
        _ink = theme.Ink;
        _text = new PanelText(_ink);
        _tick = new StaticText(InterFont.Regular, 12, _ink);
        _panel = panel;
        _cells = new HeatCells(panel);
        _scale = HeatScale.Of(panel);
        _rowLabels = [.. _cells.Labels.Select(label => TextLines.WrapEvenly(3, label, RowLabelWidth, _tick.Measure))];
    }

    public float LeftWidth => RowLabelGap + _rowLabels.SelectMany(lines => lines).Select(_tick.Measure).DefaultIfEmpty(0).Max();

    // A row of few is as high as its number looks well in; of many, as its name needs.
    private float CellHeight =>
        Math.Clamp(
            200f / Math.Max(1, _cells.Rows),
            Math.Max(26, _rowLabels.Select(lines => lines.Count).DefaultIfEmpty(1).Max() * LabelLine + 4),
            MostCellHeight
        );

    private float LabelLine => _tick.LineHeight - 1;

    // With many columns, the name of the last one stands out over the frame.
    private float RightWidth =>
        _cells.Columns <= ManyColumns ? Right : Math.Clamp(_tick.Measure(_cells.Categories[^1]) / 2 - 4, Right, MostRight);

    public float LeastHeight(float width, float left) =>
        HeaderHeight(width, left)
        + Math.Max(1, _cells.Rows) * CellHeight
        + AxisHeight(ColumnLabels(width, left), XLabel(width, left))
        + BarGap
        + BarTitle(width).Count * _text.Label.LineHeight
        + BarHeight
        + TickMark
        + _tick.LineHeight
        + 6;

    public void Draw(SKCanvas canvas, SKRect cell, float left)
    {
        var width = FrameWidth(cell.Width, left);

        // Few columns are not drawn out over the width: the block of names and cells stands in the middle.
        var start = cell.Left + Start(cell.Width, left);
        var (labels, below) = (ColumnLabels(cell.Width, left), XLabel(cell.Width, left));
        var frame = SKRect.Create(start, cell.Top + HeaderHeight(cell.Width, left), width, Math.Max(1, _cells.Rows) * CellHeight);

        _text.DrawTitle(canvas, _panel, frame.Left, cell.Top, TitleRoom(cell.Width, left));
        if (_cells.Rows == 0)
        {
            _text.DrawLabel(canvas, [StaticFigure.EmptyPanelNote], frame.MidX, frame.MidY - _text.Label.LineHeight / 2);
        }

        DrawCells(canvas, frame);
        DrawNumbers(canvas, frame);
        DrawRowLabels(canvas, frame);
        DrawColumnLabels(canvas, frame, labels);
        var bottom = frame.Bottom + AxisHeight(labels, below);
        _text.DrawLabel(canvas, below, frame.MidX, bottom - below.Count * _text.Label.LineHeight);
        DrawBar(canvas, cell, frame, bottom + BarGap);
    }

    private float FrameWidth(float width, float left) => Math.Min(width - left - RightWidth, _cells.Columns * MostCellWidth);

    /// <summary>What is to the left of the cells.</summary>
    private float Start(float width, float left) => left + (width - left - RightWidth - FrameWidth(width, left)) / 2;

    private CategoryLabels ColumnLabels(float width, float left) =>
        CategoryLabels.Fit(_cells.Categories, FrameWidth(width, left), _tick.LineHeight, _tick.Measure, Start(width, left));

    private float AxisHeight(CategoryLabels labels, IReadOnlyList<string> label) =>
        TickMark + 3 + labels.Height + 2 + label.Count * _text.Label.LineHeight;

    private float HeaderHeight(float width, float left) => _text.HeightOfTitle(_panel, TitleRoom(width, left)) + 4;

    // From where the cells begin to the end of the panel.
    private float TitleRoom(float width, float left) => width - Start(width, left);

    // In the middle of the cells: as far as the panel goes to the right of it, and as much to the left.
    private IReadOnlyList<string> XLabel(float width, float left) => _text.LabelLines(_panel.X.Label, width - left + RightWidth);

    private IReadOnlyList<string> BarTitle(float width) =>
        TextLines.WrapEvenly(2, _scale.Title(_panel.Y.Label), width - 2 * BarMargin, _text.Label.Measure);

    private SKRect CellAt(SKRect frame, int row, int column)
    {
        var (width, height) = (frame.Width / _cells.Columns, frame.Height / _cells.Rows);
        return SKRect.Create(frame.Left + column * width, frame.Top + row * height, width, height);
    }

    private void DrawCells(SKCanvas canvas, SKRect frame)
    {
        using var fill = new SKPaint { IsAntialias = true };
        var gap = Math.Min(1, frame.Width / _cells.Columns / 12);
        foreach (var (row, column, value) in _cells.Where(defined: true))
        {
            fill.Color = SKColor.Parse(_scale.ColorOf(value));
            canvas.DrawRect(Inset(CellAt(frame, row, column), gap), fill);
        }

        foreach (var (row, column, _) in _cells.Where(defined: false))
        {
            DrawUndefined(canvas, Inset(CellAt(frame, row, column), gap));
        }

        using var line = new SKPaint
        {
            Color = _ink,
            StrokeWidth = 0.9f,
            IsStroke = true,
            IsAntialias = true,
        };
        canvas.DrawRect(frame, line);
    }

    private static SKRect Inset(SKRect cell, float gap) =>
        new(cell.Left + gap / 2, cell.Top + gap / 2, cell.Right - gap / 2, cell.Bottom - gap / 2);

    private static void DrawUndefined(SKCanvas canvas, SKRect cell)
    {
        using var fill = new SKPaint { Color = SKColor.Parse(HeatScale.Undefined), IsAntialias = true };
        canvas.DrawRect(cell, fill);
        using var line = new SKPaint
        {
            Color = SKColor.Parse(HeatScale.UndefinedMark),
            StrokeWidth = 1.2f,
            IsStroke = true,
            IsAntialias = true,
        };
        var arm = Math.Min(4.5f, 0.3f * Math.Min(cell.Width, cell.Height));
        canvas.DrawLine(cell.MidX - arm, cell.MidY - arm, cell.MidX + arm, cell.MidY + arm, line);
        canvas.DrawLine(cell.MidX - arm, cell.MidY + arm, cell.MidX + arm, cell.MidY - arm, line);
    }

    /// <summary>
    /// Numbers in one size and with one number of digits in all cells, or none: a number that one cell lacks would look undefined.
    /// </summary>
    private void DrawNumbers(SKCanvas canvas, SKRect frame)
    {
        var room = frame.Width / Math.Max(1, _cells.Columns) - 8;
        var cells = _cells.Where(defined: true).ToList();
        for (var digits = CellNumber.MostDigits; digits >= 2; digits--)
        {
            var texts = cells.Select(cell => CellNumber.Text(cell.Value, digits)).ToList();
            foreach (var size in NumberSizes)
            {
                var measure = new StaticText(InterFont.Regular, size, _ink);
                if (texts.Any(text => measure.Measure(text) > room))
                {
                    continue;
                }

                foreach (var (cell, text) in cells.Zip(texts))
                {
                    var place = CellAt(frame, cell.Row, cell.Column);
                    var ink = new StaticText(InterFont.Regular, size, SKColor.Parse(_scale.InkOn(cell.Value)));
                    ink.Draw(canvas, text, place.MidX - ink.Measure(text) / 2, place.MidY - ink.LineHeight / 2);
                }

                return;
            }
        }
    }

    private void DrawRowLabels(SKCanvas canvas, SKRect frame)
    {
        for (var row = 0; row < _cells.Rows; row++)
        {
            var lines = _rowLabels[row];
            var top = frame.Top + (row + 0.5f) * frame.Height / _cells.Rows - 0.5f * LabelLine * lines.Count;
            foreach (var line in lines)
            {
                _tick.Draw(canvas, line, frame.Left - RowLabelGap - _tick.Measure(line), top);
                top += LabelLine;
            }
        }
    }

    private void DrawColumnLabels(SKCanvas canvas, SKRect frame, CategoryLabels labels)
    {
        using var mark = new SKPaint
        {
            Color = _ink,
            StrokeWidth = 0.9f,
            IsStroke = true,
            IsAntialias = true,
        };
        foreach (var (place, lines) in labels.Places.Zip(labels.Lines))
        {
            var x = frame.Left + (place + 0.5f) * frame.Width / _cells.Columns;
            canvas.DrawLine(x, frame.Bottom, x, frame.Bottom + TickMark, mark);
            canvas.Save();
            canvas.Translate(x, frame.Bottom + TickMark + 3);
            canvas.RotateDegrees(-labels.Rotation);
            for (var i = 0; i < lines.Count; i++)
            {
                var width = _tick.Measure(lines[i]);
                _tick.Draw(
                    canvas,
                    lines[i],
                    labels.Rotation == 0 ? -width / 2 : -width,
                    i * _tick.LineHeight - (labels.Rotation == 90 ? _tick.LineHeight / 2 : 0)
                );
            }

            canvas.Restore();
        }
    }

    private void DrawBar(SKCanvas canvas, SKRect cell, SKRect frame, float top)
    {
        const float swatch = 22,
            between = 34;
        var undefined = _cells.HasUndefined ? between + swatch + 7 + _tick.Measure(HeatScale.UndefinedNote) : 0;
        var width = Math.Clamp(Math.Min(frame.Width, cell.Width - 2 * BarMargin - undefined), LeastBarWidth, BarWidth);

        // Under the middle of the cells, but not out of the panel.
        var most = cell.Right - BarMargin - width - undefined;
        var left = Math.Max(cell.Left + BarMargin, Math.Min(most, frame.MidX - (width + undefined) / 2));
        foreach (var title in BarTitle(cell.Width))
        {
            var length = _text.Label.Measure(title);
            _text.Label.Draw(canvas, title, Math.Max(cell.Left, Math.Min(cell.Right - length, left + (width - length) / 2)), top);
            top += _text.Label.LineHeight;
        }

        var bar = SKRect.Create(left, top + 2, width, BarHeight);
        DrawColors(canvas, bar);
        using var line = new SKPaint
        {
            Color = _ink,
            StrokeWidth = 0.9f,
            IsStroke = true,
            IsAntialias = true,
        };
        canvas.DrawRect(bar, line);
        foreach (var (value, text) in _scale.Ticks)
        {
            var x = bar.Left + (float)_scale.Position(value) * bar.Width;
            canvas.DrawLine(x, bar.Bottom, x, bar.Bottom + TickMark, line);
            _tick.Draw(canvas, text, x - _tick.Measure(text) / 2, bar.Bottom + TickMark + 1);
        }

        if (undefined > 0)
        {
            var place = SKRect.Create(bar.Right + between, bar.MidY - 8, swatch, 16);
            DrawUndefined(canvas, place);
            canvas.DrawRect(place, line);
            _tick.Draw(canvas, HeatScale.UndefinedNote, place.Right + 7, bar.MidY - _tick.LineHeight / 2);
        }
    }

    private static void DrawColors(SKCanvas canvas, SKRect bar)
    {
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(bar.Left, 0),
            new SKPoint(bar.Right, 0),
            [.. HeatScale.Colors.Select(color => SKColor.Parse(color))],
            SKShaderTileMode.Clamp
        );
        using var paint = new SKPaint { Shader = shader };
        canvas.DrawRect(bar, paint);
    }
}
