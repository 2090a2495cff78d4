using System.Text;

namespace GaitProp.Kernel.Charts;

/// <summary>Text made safe for HTML, and for the few tags that plotly.js reads in its labels.</summary>
internal static class HtmlText
{
    /// <summary>The text with the five special characters replaced, for elements and quoted attributes.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '"' => escaped.Append("&quot;"),
                '\'' => escaped.Append("&#39;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    /// <summary>A label of plotly.js: what looks like a tag is text, lines are broken at a width, given in characters.</summary>
    public static string PlotlyLabel(string text, int width = int.MaxValue, int lines = int.MaxValue) =>
        string.Join("<br>", TextLines.WrapAtMost(lines, text, width, line => line.Length)
            .Select(line => line.Replace("&", "&amp;", StringComparison.Ordinal)
                .Replace("<", "&lt;", StringComparison.Ordinal)
                .Replace(">", "&gt;", StringComparison.Ordinal)));
}
