using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Charts;
using SkiaSharp;

namespace GaitProp.Kernel.Tests.Charts;

/// <summary>
/// Where plotly.js puts the texts of a chart on a page of some width: title, legend, notes, ticks with names, and numbers. Lengths are of
/// Inter; the page's own font may be wider by a tenth, so texts are measured that much wider.
/// </summary>
internal sealed partial class PlotlyTexts
{
    private const float Wider = 1.1f;

    private readonly JsonElement _data;
    private readonly JsonElement _layout;
    private readonly float _width;
    private readonly float _height;
    private readonly (float Left, float Right, float Top, float Bottom) _margin;
    private readonly List<SvgText> _texts = [];

    private PlotlyTexts(JsonElement chart, float width)
    {
        (_data, _layout, _width) = (chart.GetProperty("data"), chart.GetProperty("layout"), width);
        _height = Number(_layout, "height");
        var margin = _layout.GetProperty("margin");
        _margin = (Number(margin, "l"), Number(margin, "r"), Number(margin, "t"), Number(margin, "b"));
        AddLegend();
        foreach (var note in _layout.GetProperty("annotations").EnumerateArray())
        {
            AddNote(note);
        }

        foreach (
            var axis in _layout
                .EnumerateObject()
                .Where(p => p.Name.StartsWith("xaxis", StringComparison.Ordinal) || p.Name.StartsWith("yaxis", StringComparison.Ordinal))
        )
        {
            AddTicks(axis.Name, axis.Value);
        }

        foreach (
            var trace in _data
                .EnumerateArray()
                .Where(t => t.TryGetProperty("mode", out var mode) && mode.GetString() == "text" && t.GetProperty("visible").GetBoolean())
        )
        {
            AddNumbers(trace);
        }
    }

    /// <summary>Texts that lie on each other, and those that the page cuts.</summary>
    /// <param name="json">Plotly's JSON.</param>
    /// <param name="width">The width of the page.</param>
    public static IReadOnlyList<string> Flaws(string json, float width)
    {
        using var chart = JsonDocument.Parse(json);
        var texts = new PlotlyTexts(chart.RootElement, width);
        return SvgTexts.Flaws(SKRect.Create(width, texts._height), texts._texts);
    }

    /// <summary>How many texts were measured.</summary>
    public static int Count(string json, float width)
    {
        using var chart = JsonDocument.Parse(json);
        return new PlotlyTexts(chart.RootElement, width)._texts.Count;
    }

    private float PlotWidth => _width - _margin.Left - _margin.Right;

    private float PlotHeight => _height - _margin.Top - _margin.Bottom;

    private float X(double share) => _margin.Left + ((float)share * PlotWidth);

    private float Y(double share) => _height - _margin.Bottom - ((float)share * PlotHeight);

    private void AddLegend()
    {
        var legend = _layout.GetProperty("legend");
        var names = _data
            .EnumerateArray()
            .Where(t => t.TryGetProperty("showlegend", out var shown) && shown.GetBoolean())
            .Select(t => t.GetProperty("name").GetString()!)
            .ToArray();
        if (names.Length == 0)
        {
            return;
        }

        const float symbol = 56;
        var size = Number(legend.GetProperty("font"), "size");
        var lines = names.Select(Lines).ToArray();
        var heights = lines.Select(each => Math.Max(16, each.Length * 1.3f * size) + 3).ToArray();
        var widths = lines.Select(each => symbol + each.Max(line => Width(line, size, strong: false))).ToArray();
        var fixedWidth = legend.TryGetProperty("entrywidth", out var share) ? (float)share.GetDouble() * PlotWidth : (float?)null;
        float x = 0,
            y = (1 - Number(legend, "y")) * _height,
            row = 0;
        var places = new List<(float X, float Y)>();
        foreach (var (width, height) in widths.Select(w => fixedWidth ?? w).Zip(heights))
        {
            if (x > 0 && x + width > PlotWidth)
            {
                (x, y, row) = (0, y + row, 0);
            }

            places.Add((x, y));
            x += width;
            row = Math.Max(row, height);
        }

        var whole = places.Select((p, i) => p.X + (fixedWidth ?? widths[i])).Max();
        for (var i = 0; i < names.Length; i++)
        {
            var left = ((_width - whole) / 2) + places[i].X;
            _texts.Add(new(names[i], new(left, places[i].Y + 2, left + widths[i], places[i].Y + heights[i] - 2), size));
        }
    }

    private void AddNote(JsonElement note)
    {
        var xref = note.GetProperty("xref").GetString()!;
        if (xref != "paper")
        {
            return;
        }

        var angle = note.TryGetProperty("textangle", out var turned) ? turned.GetInt32() : 0;
        var x = X(Number(note, "x")) + (note.TryGetProperty("xshift", out var right) ? (float)right.GetDouble() : 0);
        var y = Y(Number(note, "y")) - (note.TryGetProperty("yshift", out var up) ? (float)up.GetDouble() : 0);
        Add(
            note,
            x,
            y,
            note.TryGetProperty("xanchor", out var xanchor) ? xanchor.GetString()! : "center",
            note.TryGetProperty("yanchor", out var yanchor) ? yanchor.GetString()! : "middle",
            angle
        );
    }

    private void AddTicks(string name, JsonElement axis)
    {
        if (!axis.TryGetProperty("ticktext", out var texts) || (axis.TryGetProperty("type", out var type) && type.GetString() == "log"))
        {
            return;
        }

        var horizontal = name[0] == 'x';
        var other = _layout.GetProperty(AxisOf(axis.GetProperty("anchor").GetString()!));
        var (domain, range) = (Pair(axis, "domain"), Pair(axis, "range"));
        var size = Number(axis.GetProperty("tickfont"), "size");
        var angle = axis.TryGetProperty("tickangle", out var turned) ? (float)turned.GetDouble() : 0;
        foreach (var (text, value) in texts.EnumerateArray().Zip(axis.GetProperty("tickvals").EnumerateArray()))
        {
            var share = domain.From + ((domain.To - domain.From) * (value.GetDouble() - range.From) / (range.To - range.From));
            var lines = Lines(text.GetString()!);
            var width = lines.Max(line => Width(line, size, strong: false));
            var height = lines.Length * 1.3f * size;
            if (angle != 0)
            {
                // Aslant, texts side by side are as far from each other as their lines are high, or nearer.
                continue;
            }

            var box = horizontal
                ? SKRect.Create(X(share) - (width / 2), Y(Pair(other, "domain").From) + 8, width, height)
                : SKRect.Create(X(Pair(other, "domain").From) - 8 - width, Y(share) - (height / 2), width, height);
            _texts.Add(new(text.GetString()!, box, size));
        }
    }

    private void AddNumbers(JsonElement trace)
    {
        var (xaxis, yaxis) = (
            _layout.GetProperty(AxisOf(trace.GetProperty("xaxis").GetString()!)),
            _layout.GetProperty(AxisOf(trace.GetProperty("yaxis").GetString()!))
        );
        var size = Number(trace.GetProperty("textfont"), "size");
        foreach (
            var ((x, y), text) in trace
                .GetProperty("x")
                .EnumerateArray()
                .Zip(trace.GetProperty("y").EnumerateArray())
                .Zip(trace.GetProperty("text").EnumerateArray())
        )
        {
            var (middle, height) = (X(Place(xaxis, x.GetDouble())), Y(Place(yaxis, y.GetDouble())));
            var width = Width(text.GetString()!, size, strong: false);
            _texts.Add(
                new(text.GetString()!, new(middle - (width / 2), height - (size / 2), middle + (width / 2), height + (size / 2)), size)
            );
        }
    }

    private static double Place(JsonElement axis, double value)
    {
        var (domain, range) = (Pair(axis, "domain"), Pair(axis, "range"));
        return domain.From + ((domain.To - domain.From) * (value - range.From) / (range.To - range.From));
    }

    private void Add(JsonElement text, float x, float y, string xanchor, string yanchor, int angle)
    {
        var html = text.GetProperty("text").GetString()!;
        var size = Number(text.GetProperty("font"), "size");
        var lines = Lines(html);
        var (width, height) = (
            lines.Max(line =>
                Width(line, size, html.StartsWith("<b>", StringComparison.Ordinal) && html.EndsWith("</b>", StringComparison.Ordinal))
            ),
            lines.Length * 1.3f * size
        );
        if (angle != 0)
        {
            (width, height) = (height, width);
        }

        var left =
            x
            - (
                xanchor switch
                {
                    "left" => 0,
                    "right" => width,
                    _ => width / 2,
                }
            );
        var top =
            y
            - (
                yanchor switch
                {
                    "top" => 0,
                    "bottom" => height,
                    _ => height / 2,
                }
            );
        _texts.Add(new(Tag().Replace(html, " "), new(left, top, left + width, top + height), size));
    }

    private static string[] Lines(string html) => [.. html.Split("<br>").Select(line => WebUtility.HtmlDecode(Tag().Replace(line, "")))];

    private static float Width(string text, float size, bool strong) =>
        Wider * new StaticText(strong ? InterFont.SemiBold : InterFont.Regular, size, SKColors.Black).Measure(text);

    private static string AxisOf(string id) => $"{id[0]}axis{id[1..]}";

    private static (double From, double To) Pair(JsonElement element, string name) =>
        (element.GetProperty(name)[0].GetDouble(), element.GetProperty(name)[1].GetDouble());

    private static float Number(JsonElement element, string name) => (float)element.GetProperty(name).GetDouble();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
