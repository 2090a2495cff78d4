using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>Bars one below another, each with its name before it and its value behind it.</summary>
internal sealed class StaticRows : IStaticPanel
{
    private const float NameWidth = 250;
    private const float NameGap = 8;
    private const float Right = 10;
    private const float RowHeight = 24;
    private const float BarHeight = 15;

    private readonly Panel _panel;
    private readonly FigureLegend _legend;
    private readonly StaticTheme _theme;
    private readonly PanelText _text;
    private readonly StaticText _name;
    private readonly IReadOnlyList<IReadOnlyList<string>> _names;

    public StaticRows(Panel panel, FigureLegend legend, StaticTheme theme)
    {
        (_panel, _legend, _theme) = (panel, legend, theme);
        _text = new PanelText(theme.Ink);
        _name = new StaticText(InterFont.Regular, 12, theme.Ink);
        _names = [.. panel.X.Categories!.Select(name => TextLines.WrapEvenly(2, name, NameWidth, _name.Measure))];
    }

    public float LeftWidth => NameGap + _names.SelectMany(lines => lines).Select(_name.Measure).DefaultIfEmpty(0).Max();

    private float Height => _names.Sum(RowHeightOf);

    public float LeastHeight(float width, float left) =>
        Header(width, left) + Height + 4 + (Label(width, left).Count * _text.Label.LineHeight) + 8;

    public void Draw(SKCanvas canvas, SKRect cell, float left)
    {
        var values = _panel
            .Series.SelectMany(series =>
                SeriesPoints
                    .Finite(series)
                    .Select(point => (Row: (int)point.X, point.Y, Style: _theme.Shown(_legend.EntryOf(series).Style)))
            )
            .ToLookup(v => v.Row);
        var texts = values.SelectMany(v => v).Select(v => ShortNumber.Of(v.Y)).ToList();
        var start = cell.Left + left;
        _text.DrawTitle(canvas, _panel, start, cell.Top, cell.Width - left);
        var length = cell.Right - Right - start - texts.Select(_name.Measure).DefaultIfEmpty(0).Max() - 8;
        var most = Math.Max(1e-12, values.SelectMany(v => v).Select(v => v.Y).DefaultIfEmpty(1).Max());
        var upper = cell.Top + Header(cell.Width, left);
        var top = upper;
        for (var row = 0; row < _names.Count; row++)
        {
            var height = RowHeightOf(_names[row]);
            var y = top + ((height - (_names[row].Count * _name.LineHeight)) / 2);
            foreach (var line in _names[row])
            {
                _name.Draw(canvas, line, start - NameGap - _name.Measure(line), y);
                y += _name.LineHeight;
            }

            foreach (var (_, value, style) in values[row])
            {
                using var fill = new SKPaint { Color = SKColor.Parse(style.Color), IsAntialias = true };
                var bar = SKRect.Create(start, top + ((height - BarHeight) / 2), (float)(length * value / most), BarHeight);
                canvas.DrawRect(bar, fill);
                _name.Draw(canvas, ShortNumber.Of(value), bar.Right + 5, bar.MidY - (_name.LineHeight / 2));
            }

            top += height;
        }

        using var axis = new SKPaint
        {
            Color = _theme.Ink,
            StrokeWidth = 0.9f,
            IsStroke = true,
            IsAntialias = true,
        };
        canvas.DrawLine(start, upper, start, top, axis);
        _text.DrawLabel(canvas, Label(cell.Width, left), start + ((cell.Right - Right - start) / 2), top + 4);
    }

    private float Header(float width, float left) => _text.HeightOfTitle(_panel, width - left) + 4;

    // In the middle of the bars: as far as the panel goes to the right of it, and as much to the left.
    private IReadOnlyList<string> Label(float width, float left) => _text.LabelLines(_panel.Y.Label, width - left + Right);

    private float RowHeightOf(IReadOnlyList<string> lines) => Math.Max(RowHeight, (lines.Count * _name.LineHeight) + 2);
}
