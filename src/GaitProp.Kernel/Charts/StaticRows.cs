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

    private float Header => _text.TitleHeight + 4;

    private float Height => _names.Sum(RowHeightOf);

    public float LeastHeight(float width, float left) => Header + Height + 4 + _text.Label.LineHeight + 8;

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
        _text.DrawTitle(canvas, _panel, start, cell.Top);
        var length = cell.Right - Right - start - texts.Select(_name.Measure).DefaultIfEmpty(0).Max() - 8;
        var most = Math.Max(1e-12, values.SelectMany(v => v).Select(v => v.Y).DefaultIfEmpty(1).Max());
        var top = cell.Top + Header;
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
        canvas.DrawLine(start, cell.Top + Header, start, top, axis);
        _text.Label.Draw(canvas, _panel.Y.Label, start + ((cell.Right - Right - start - _text.Label.Measure(_panel.Y.Label)) / 2), top + 4);
    }

    private float RowHeightOf(IReadOnlyList<string> lines) => Math.Max(RowHeight, (lines.Count * _name.LineHeight) + 2);
}
