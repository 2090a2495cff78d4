namespace GaitProp.Kernel.Charts;

/// <summary>Text made safe for the few tags that plotly.js reads in its labels.</summary>
internal static class PlotlyText
{
    /// <summary>A label of plotly.js: what looks like a tag is text, lines are broken at a width, given in characters.</summary>
    public static string Label(string text, int width = int.MaxValue, int lines = int.MaxValue) =>
        string.Join(
            "<br>",
            TextLines
                .WrapAtMost(lines, text, width, line => line.Length)
                .Select(line =>
                    line.Replace("&", "&amp;", StringComparison.Ordinal)
                        .Replace("<", "&lt;", StringComparison.Ordinal)
                        .Replace(">", "&gt;", StringComparison.Ordinal)
                )
        );

    /// <summary>A label of lines that are broken already.</summary>
    public static string Lines(IEnumerable<string> lines) => string.Join("<br>", lines.Select(line => Label(line)));
}
