using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>A notebook as a page of its own: opens anywhere without a network, light or dark as its reader likes it.</summary>
internal static partial class NotebookPage
{
    // The policy holds the page to its word: a browser refuses whatever it would load.
    private const string Head = """
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; font-src data:; frame-src data: blob:">
        <style>
        :root { color-scheme: light dark; --page: #fff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --code: #f6f8fa; --link: #0969da; --k: #0550ae; --s: #0a6b3d; --n: #953800; --c: #6e7781; --t: #1a7f8e; --f: #8250df; --m: #8a4a00; --bad: #c62f1d; --badpage: #fdf0ee;
          --a0: #57606a; --a1: #c62f1d; --a2: #1a7f37; --a3: #8a6100; --a4: #0969da; --a5: #8250df; --a6: #1b7c83; --a7: #59636e; }
        @media (prefers-color-scheme: dark) { :root { --page: #15181d; --ink: #e3e7ec; --soft: #9aa4af; --line: #363d47; --code: #1e232a; --link: #6cb6ff; --k: #79b8ff; --s: #8ddb8c; --n: #f0a45d; --c: #8b949e; --t: #63d3dd; --f: #d2a8ff; --m: #ffb86b; --bad: #ff8274; --badpage: #2b1b1b;
          --a0: #8b949e; --a1: #ff8274; --a2: #7ee787; --a3: #e3b341; --a4: #79b8ff; --a5: #d2a8ff; --a6: #63d3dd; --a7: #c9d1d9; } }
        html { background: var(--page); color: var(--ink); }
        body { max-width: 60rem; margin: 0 auto; padding: 2rem clamp(0.75rem, 3vw, 2rem) 4rem; font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
        a { color: var(--link); } h1 { font-size: 1.9rem; line-height: 1.25; margin: 1.4em 0 0.5em; } h2 { font-size: 1.45rem; margin: 1.5em 0 0.5em; } h3 { font-size: 1.15rem; margin: 1.4em 0 0.4em; }
        h1:first-child { margin-top: 0; }
        .md table { border-collapse: collapse; margin: 1em 0; display: block; overflow-x: auto; } .md th, .md td { border: 1px solid var(--line); padding: 0.3em 0.8em; text-align: left; }
        .md img, .out img { max-width: 100%; } blockquote { margin: 1em 0; padding-left: 1em; border-left: 3px solid var(--line); color: var(--soft); }
        pre, code { font-family: ui-monospace, SFMono-Regular, "Cascadia Code", Consolas, "DejaVu Sans Mono", monospace; font-size: 0.86rem; }
        .md code { background: var(--code); border-radius: 4px; padding: 0.1em 0.35em; } .md pre { background: var(--code); border-radius: 6px; padding: 0.7em 1em; overflow-x: auto; } .md pre code { padding: 0; background: none; }
        .cell { margin: 1.1em 0 0.4em; position: relative; } .cell > pre { margin: 0; background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 0.6em 3em 0.6em 0.9em; overflow-x: auto; line-height: 1.45; tab-size: 4; }
        .count { position: absolute; right: 1px; top: 1px; padding: 0.3em 0.6em; border-radius: 6px; background: var(--code); color: var(--soft); font-size: 0.75rem; user-select: none; }
        .out { margin: 0.5em 0 0.9em; overflow-x: auto; } .out > pre { margin: 0.2em 0; padding: 0.15em 0.9em; line-height: 1.4; white-space: pre-wrap; } .out > pre.err { border-left: 3px solid var(--m); }
        .out > pre.error { border-left: 3px solid var(--bad); background: var(--badpage); padding: 0.6em 0.9em; border-radius: 0 6px 6px 0; }
        .k { color: var(--k); } .s { color: var(--s); } .n { color: var(--n); } .c { color: var(--c); font-style: italic; } .t { color: var(--t); } .f { color: var(--f); } .m { color: var(--m); }
        .a0 { color: var(--a0); } .a1 { color: var(--a1); } .a2 { color: var(--a2); } .a3 { color: var(--a3); } .a4 { color: var(--a4); } .a5 { color: var(--a5); } .a6 { color: var(--a6); } .a7 { color: var(--a7); } .ab { font-weight: 600; }
        math { font-size: 1.08em; } math[display="block"] { margin: 0.9em 0; padding: 0.1em 0 0.3em; overflow-x: auto; overflow-y: hidden; } mtable.aligned mtd:nth-child(odd) { text-align: right; } mtable.aligned mtd:nth-child(even), mtable.cases mtd { text-align: left; }
        @page { margin: 16mm 14mm; }
        @media print { body { max-width: none; padding: 0; font-size: 10.5pt; } h1, h2, h3 { break-after: avoid; } .out > pre, .out img, .md table, blockquote { break-inside: avoid; }
          .cell > pre, .md pre, .out > pre { white-space: pre-wrap; overflow-wrap: anywhere; overflow: visible; } .out, .md table { overflow: visible; } .count { border: 0; } }
        </style>
        """;

    /// <summary>The page.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="name">What it is called where it has no heading.</param>
    /// <param name="links">Where its links lead, and its pictures lie; as they stand if <see langword="null"/>.</param>
    public static string Html(NotebookDocument notebook, string name, PageLinks? links = null)
    {
        var body = new StringBuilder();
        foreach (var cell in notebook.Cells)
        {
            switch (cell.Kind)
            {
                case "markdown":
                    body.Append("<section class=\"md\">")
                        .Append(MarkdownHtml.Of(cell.Source, cell.Node["attachments"] as JsonObject, links))
                        .Append("</section>\n");
                    break;
                case "code" when cell.Source.Length > 0 || cell.Outputs.Count > 0:
                    Code(body, cell, links);
                    break;
                case "raw":
                    body.Append("<pre>").Append(HtmlText.Escape(cell.Source)).Append("</pre>\n");
                    break;
            }
        }

        return $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n{Head}\n<title>{HtmlText.Escape(Title(notebook) ?? name)}</title>\n</head>\n<body>\n{body}</body>\n</html>\n";
    }

    private static string? Title(NotebookDocument notebook) =>
        notebook
            .Cells.Where(c => c.Kind == "markdown")
            .SelectMany(c => c.Source.Split('\n'))
            .FirstOrDefault(l => l.StartsWith("# ", StringComparison.Ordinal))
            ?[2..].Trim();

    private static void Code(StringBuilder html, NotebookCell cell, PageLinks? links)
    {
        var count = cell.ExecutionCount is { } n ? string.Create(CultureInfo.InvariantCulture, $"<span class=\"count\">[{n}]</span>") : "";
        html.Append($"<div class=\"cell\">{count}<pre><code>{CodeHtml.Of(cell.Source)}</code></pre></div>\n");
        if (cell.Outputs.Count == 0)
        {
            return;
        }

        html.Append("<div class=\"out\">\n");
        foreach (var output in cell.Outputs.OfType<JsonObject>())
        {
            html.Append(Output(output, links)).Append('\n');
        }

        html.Append("</div>\n");
    }

    private static string Output(JsonObject output, PageLinks? links) =>
        output["output_type"]?.ToString() switch
        {
            "stream" =>
                $"<pre{(output["name"]?.ToString() == "stderr" ? " class=\"err\"" : "")}>{AnsiHtml.Of(output["text"]?.ToString() ?? "")}</pre>",
            "error" =>
                $"<pre class=\"error\">{AnsiHtml.Of(output["traceback"] is JsonArray { Count: > 0 } lines ? string.Join('\n', lines.Select(l => l?.ToString())) : $"{output["ename"]}: {output["evalue"]}")}</pre>",
            "display_data" or "execute_result" when output["data"] is JsonObject data => Richest(
                data,
                output["metadata"] as JsonObject,
                links
            ),
            _ => "",
        };

    /// <summary>The form that says most of those that a page can show by itself.</summary>
    private static string Richest(JsonObject data, JsonObject? metadata, PageLinks? links)
    {
        if (Text(MimeBundle.Html) is { } html)
        {
            return $"<div>{(links is null ? html : PictureSource().Replace(html, m => links.Inlined(m.Value) ?? m.Value))}</div>";
        }

        if (Text("image/svg+xml") is { } svg)
        {
            var alt = NotebookMarkdown.SvgAlternative(svg, Ansi.Plain(Text(MimeBundle.PlainText) ?? ""));
            return $"<img src=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(svg))}\" alt=\"{alt}\">";
        }

        foreach (var mime in (string[])[MimeBundle.Png, "image/jpeg", "image/gif", "image/webp"])
        {
            if (Text(mime) is { } image)
            {
                var size = string.Concat(
                    ((string[])["width", "height"])
                        .Where(s => (metadata?[mime] as JsonObject)?[s] is JsonValue)
                        .Select(s => $" {s}=\"{HtmlText.Escape(metadata![mime]![s]!.ToString())}\"")
                );
                return $"<img src=\"data:{mime};base64,{HtmlText.Escape(image.ReplaceLineEndings(""))}\"{size} style=\"height:auto\" alt=\"{HtmlText.Escape(Text(MimeBundle.PlainText) ?? "")}\">";
            }
        }

        if (Text("text/markdown") is { } markdown)
        {
            return $"<div class=\"md\">{MarkdownHtml.Of(markdown, null, links)}</div>";
        }

        if (Text("text/latex") is { } tex)
        {
            return $"<p>{TexMath.Html(tex.Trim().Trim('$'), display: true)}</p>";
        }

        if (data["application/json"] is { } json)
        {
            return $"<pre>{HtmlText.Escape(NotebookMarkdown.Indented(json))}</pre>";
        }

        if (Text("application/javascript") is { } script)
        {
            return $"<script>{script.Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase)}</script>";
        }

        return Text(MimeBundle.PlainText) is { } text ? $"<pre>{AnsiHtml.Of(text)}</pre>" : "";

        string? Text(string mime) => MultilineText.Join(data[mime]);
    }

    /// <summary>The address of a picture in HTML.</summary>
    [GeneratedRegex("(?<=<img\\b[^>]{0,1000}\\ssrc=\")[^\"]+(?=\")", RegexOptions.IgnoreCase)]
    private static partial Regex PictureSource();
}
