using SkiaSharp;

namespace GaitProp.Kernel.Charts;

/// <summary>Colours and letters of an interactive figure.</summary>
/// <param name="theme">Its colours.</param>
internal sealed class PlotlyStyle(StaticTheme theme)
{
    /// <summary>Fonts that are on the reader's machine: none is loaded.</summary>
    public const string FontFamily = "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

    public string Ink => Hex(theme.Ink);

    public string Page => Hex(theme.Page);

    public string Grid => Hex(theme.Grid);

    /// <summary>The tools that are not in use.</summary>
    public string Faint => Hex(theme.Muted.WithAlpha(0x80));

    /// <summary>Letters of a size, in the colour of the ink if no other is said.</summary>
    public Dictionary<string, object> Font(int size, string? color = null) =>
        new()
        {
            ["family"] = FontFamily,
            ["size"] = size,
            ["color"] = color ?? Ink,
        };

    /// <summary>A colour as plotly.js reads it.</summary>
    public static string Hex(SKColor color) =>
        color.Alpha == 255
            ? $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}"
            : Text($"rgba({color.Red},{color.Green},{color.Blue},{color.Alpha / 255.0:0.##})");
}
