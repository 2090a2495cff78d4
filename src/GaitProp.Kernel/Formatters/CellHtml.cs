using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Tables;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// What the HTML of all formatters is made of: no script, no style sheet, nothing that is loaded; words in the page's own colour, lines and
/// surfaces in grey that lets the page through, so that it reads on white and on black.
/// </summary>
internal static class CellHtml
{
    /// <summary>The style of words that matter less.</summary>
    public const string Muted = TableHtml.Muted;

    /// <summary>
    /// A sign that is read where styles are taken out of HTML, as GitHub does, and not seen where they are not: what stands apart here
    /// would run together there.
    /// </summary>
    /// <param name="sign">The sign, with its space.</param>
    public static string Unstyled(string sign) => $"<span style=\"font-size:0\">{sign}</span>";

    /// <summary>A frame with a heading; the body is HTML.</summary>
    /// <param name="title">The heading.</param>
    /// <param name="note">What stands beside it, smaller; nothing if it is empty.</param>
    /// <param name="body">HTML.</param>
    public static string Card(string title, string note, string body)
    {
        var (colon, beside) = note.Length == 0 ? ("", "") : (Unstyled(": "), $" <span style=\"{Muted}\">{HtmlText.Escape(note)}</span>");
        return $"<div style=\"border:{TableHtml.Line};border-radius:6px;padding:8px 12px;margin:4px 0;max-width:920px;font-size:13px;line-height:1.45;overflow-x:auto\">"
            + $"<div style=\"display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;margin-bottom:4px\"><b>{HtmlText.Escape(title)}{colon}</b>{beside}</div>{body}</div>";
    }

    /// <summary>Numbers with their names, side by side.</summary>
    public static string Numbers(params IEnumerable<(string Name, string Value)> numbers) =>
        $"<div style=\"display:flex;flex-wrap:wrap;gap:2px 22px;font-variant-numeric:tabular-nums\">{string.Join($"{Unstyled(", ")}</span> ", numbers.Select(n => $"<span><span style=\"{Muted}\">{HtmlText.Escape(n.Name)}</span> <b>{HtmlText.Escape(n.Value)}</b>"))}</span></div>";

    /// <summary>HTML behind a word that opens it.</summary>
    public static string Folded(string word, string html) =>
        $"<details style=\"margin-top:4px\"><summary style=\"display:list-item;cursor:pointer;{Muted}\">{HtmlText.Escape(word)}</summary>{html}</details>";

    /// <summary>Text as it is.</summary>
    public static string Verbatim(string text) =>
        $"<pre style=\"margin:4px 0;padding:0;background:none;color:inherit;font-size:12px;line-height:1.35;overflow-x:auto\">{HtmlText.Escape(text)}</pre>";

    /// <summary>A picture inside the page.</summary>
    /// <param name="png">The file.</param>
    /// <param name="width">Its width on the screen.</param>
    /// <param name="height">Its height on the screen.</param>
    /// <param name="alternative">What it shows, for those who do not see it.</param>
    /// <param name="pixelated">Whether its pixels are squares to be seen.</param>
    public static string Image(byte[] png, int width, int height, string alternative, bool pixelated = false) =>
        Text(
            $"<img src=\"data:image/png;base64,{Convert.ToBase64String(png)}\" width=\"{width}\" height=\"{height}\" alt=\"{HtmlText.Escape(alternative)}\" style=\"max-width:100%;{(pixelated ? "image-rendering:pixelated;object-fit:fill" : "height:auto")}\">"
        );

    /// <summary>
    /// A chart inside the page, without its caption, in colours that stand out on white and on dark grey. Who does not see it is told its
    /// title, panels and series.
    /// </summary>
    /// <param name="figure">What it shows.</param>
    /// <param name="titled">Whether its title is drawn, because nothing around it says it.</param>
    public static string Chart(GaitProp.Figure figure, bool titled)
    {
        var png = StaticFigure.Light(figure with { Title = titled ? figure.Title : "", Caption = "" }, StaticTheme.Neutral);
        var (width, height) = PngSize.Shown(png)!.Value;
        var said = FigureFormatter.Text(figure with { Caption = "" }).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return Image(png, width, height, string.Join(". ", said));
    }
}
