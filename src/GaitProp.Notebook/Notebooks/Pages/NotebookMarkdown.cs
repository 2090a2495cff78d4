using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>A picture that lies beside a text.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Content">The file.</param>
internal sealed record PagePicture(string Name, byte[] Content);

/// <summary>
/// A notebook as Markdown, as any forge shows it: prose as it is, source and outputs between fences, pictures in files beside it.
/// </summary>
internal sealed partial class NotebookMarkdown
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseMathematics()
        .UsePreciseSourceLocation()
        .Build();

    private static readonly JsonSerializerOptions JsonOptions = new()
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StringBuilder _text = new();
    private readonly List<PagePicture> _pictures = [];
    private readonly string _folder;
    private readonly PageLinks? _links;

    /// <summary>Writes it.</summary>
    /// <param name="notebook">The notebook.</param>
    /// <param name="folder">The name of the folder for pictures, beside the text.</param>
    /// <param name="links">Where its links lead; as they stand if <see langword="null"/>.</param>
    public NotebookMarkdown(NotebookDocument notebook, string folder, PageLinks? links = null)
    {
        (_folder, _links) = (folder, links);
        foreach (var (index, cell) in notebook.Cells.Index())
        {
            switch (cell.Kind)
            {
                case "code" when cell.Source.Length > 0 || cell.Outputs.Count > 0:
                    Code(cell, index + 1);
                    break;
                case "markdown":
                    Block(Prose(cell, index + 1));
                    break;
                case "raw":
                    Block(cell.Source);
                    break;
            }
        }
    }

    /// <summary>The text.</summary>
    public string Text => _text.ToString();

    /// <summary>The pictures that it shows.</summary>
    public IReadOnlyList<PagePicture> Pictures => _pictures;

    private void Block(string text)
    {
        if (!string.IsNullOrWhiteSpace(text))
        {
            _text.Append(_text.Length > 0 ? "\n" : "").Append(text.TrimEnd()).Append('\n');
        }
    }

    /// <summary>The text of a cell whose attached pictures are files, and whose links lead from where the page lies.</summary>
    private string Prose(NotebookCell cell, int position)
    {
        var text = cell.Source;
        var links = Markdown
            .Parse(text, Pipeline)
            .Descendants<LinkInline>()
            .Where(l => l.Url is not null && !l.UrlSpan.IsEmpty && l.UrlSpan.Start >= 0 && l.UrlSpan.End < text.Length);

        // Links by one reference have one address.
        foreach (var link in links.DistinctBy(l => l.UrlSpan.Start).OrderByDescending(l => l.UrlSpan.Start).ToArray())
        {
            var url = link.Url!.StartsWith("attachment:", StringComparison.Ordinal)
                ? Attached(cell, Uri.UnescapeDataString(link.Url["attachment:".Length..]), position)
                : _links?.Rebased(link.Url);
            if (url is not null && url != link.Url)
            {
                text = $"{text[..link.UrlSpan.Start]}{url}{text[(link.UrlSpan.End + 1)..]}";
            }
        }

        return text;
    }

    private string? Attached(NotebookCell cell, string name, int position) =>
        (cell.Node["attachments"] as JsonObject)?[name] is JsonObject bundle
        && bundle.FirstOrDefault(f => f.Key.StartsWith("image/", StringComparison.Ordinal)) is { Value: { } value } form
        && Decoded(form.Key, MultilineText.Join(value)) is { } content
            ? Keep(string.Create(CultureInfo.InvariantCulture, $"{position}-{Path.GetFileNameWithoutExtension(name)}"), form.Key, content)
            : null;

    private void Code(NotebookCell cell, int position)
    {
        Block(Fenced(cell.Source, Language(cell)));
        foreach (var (index, output) in cell.Outputs.OfType<JsonObject>().Index())
        {
            Block(
                output["output_type"]?.ToString() switch
                {
                    "stream" => Fenced(Ansi.Plain(MultilineText.Join(output["text"]) ?? ""), "text"),
                    "error" => Fenced(
                        Ansi.Plain(
                            output["traceback"] is JsonArray { Count: > 0 } lines
                                ? string.Join('\n', lines.Select(l => l?.ToString()))
                                : $"{output["ename"]}: {output["evalue"]}"
                        ),
                        "text"
                    ),
                    "display_data" or "execute_result" when output["data"] is JsonObject data => Shown(
                        data,
                        output["metadata"] as JsonObject,
                        string.Create(CultureInfo.InvariantCulture, $"{position}-{index + 1}")
                    ),
                    _ => "",
                }
            );
        }
    }

    /// <summary>The form that says most where styles and scripts are left out.</summary>
    private string Shown(JsonObject data, JsonObject? metadata, string name)
    {
        var plain = Ansi.Plain(Text(MimeBundle.PlainText) ?? "");
        foreach (var mime in (string[])[MimeBundle.Png, "image/jpeg", "image/gif", "image/webp", "image/svg+xml"])
        {
            if (Decoded(mime, Text(mime)) is { } content)
            {
                var alt = mime == "image/svg+xml" ? SvgAlternative(Text(mime)!, plain) : FirstLine(plain);
                var width = (metadata?[mime] as JsonObject)?["width"] is JsonValue value
                    ? $" width=\"{HtmlText.Escape(value.ToString())}\""
                    : "";
                return $"<img src=\"{Keep(name, mime, content)}\" alt=\"{alt}\"{width}>";
            }
        }

        return Text("text/markdown")
            ?? (
                Text("text/latex") is { } tex ? $"$$\n{tex.Trim().Trim('$').Trim()}\n$$"
                : Text(MimeBundle.Html) is { } html && (plain.Length == 0 || plain == html) ? WithFiles(html, name)
                : plain.Length > 0 ? OfHtml(Text(MimeBundle.Html) ?? "", name) + Fenced(plain, "text")
                : data["application/json"] is { } json ? Fenced(Indented(json), "json")
                : ""
            );

        string? Text(string mime) => MultilineText.Join(data[mime]);
    }

    /// <summary>JSON as people read it.</summary>
    /// <param name="json">The JSON.</param>
    public static string Indented(JsonNode json) => json.ToJsonString(JsonOptions);

    /// <summary>
    /// What a picture of lines shows, escaped as in HTML: a diagram says it itself, and its plain text is its source; of others it is the
    /// first line of the plain text.
    /// </summary>
    /// <param name="svg">The picture.</param>
    /// <param name="plain">The plain text of the same output.</param>
    public static string SvgAlternative(string svg, string plain) =>
        SaidBySvg().Match(svg) is { Success: true } said ? said.Groups[1].Value : FirstLine(plain);

    private static string FirstLine(string plain) => HtmlText.Escape(plain.Split('\n')[0].Trim());

    /// <summary>The pictures that only HTML has, before the words that stand in its place.</summary>
    private string OfHtml(string html, string name)
    {
        var pictures = string.Join('\n', InlinePicture().Matches(html).Select(m => m.Value));
        return pictures.Length == 0 ? "" : $"{Style().Replace(WithFiles(pictures, name), "")}\n\n";
    }

    /// <summary>HTML whose pictures are files beside the text.</summary>
    private string WithFiles(string html, string name)
    {
        var number = 0;
        return InlineContent()
            .Replace(
                html,
                m =>
                    FromBase64(m.Groups["content"].Value) is { } content
                        ? Keep(string.Create(CultureInfo.InvariantCulture, $"{name}-{++number}"), m.Groups["mime"].Value, content)
                        : m.Value
            );
    }

    private string Keep(string name, string mime, byte[] content)
    {
        var extension = mime switch
        {
            "image/svg+xml" => "svg",
            "image/jpeg" => "jpg",
            _ => mime["image/".Length..],
        };
        var (stem, number) = (Unusual().Replace(name, "-"), 1);
        var file = $"{stem}.{extension}";
        while (_pictures.Exists(p => p.Name == file && !p.Content.AsSpan().SequenceEqual(content)))
        {
            // Two names may differ in unusual letters alone.
            file = string.Create(CultureInfo.InvariantCulture, $"{stem}-{++number}.{extension}");
        }

        _pictures.Add(new(file, content));
        return $"{Uri.EscapeDataString(_folder)}/{file}";
    }

    private static byte[]? Decoded(string mime, string? text)
    {
        if (text is null || mime == "image/svg+xml")
        {
            return text is null ? null : Encoding.UTF8.GetBytes(text);
        }

        return FromBase64(text);
    }

    private static byte[]? FromBase64(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text.ReplaceLineEndings(""), bytes, out var count) ? bytes[..count] : null;
    }

    private static string Language(NotebookCell cell)
    {
        var first = cell.Source.TrimStart();
        var word =
            first.StartsWith("#!", StringComparison.Ordinal)
            && first[2..].Split(' ', '\n')[0].Trim() is var magic
            && DibFile.IsLanguage(magic)
                ? magic
                : cell.Language;
        return word switch
        {
            "cs" or "c#" or "C#" => "csharp",
            "fs" or "f#" or "F#" => "fsharp",
            "js" => "javascript",
            "md" => "markdown",
            _ => word,
        };
    }

    private static string Fenced(string text, string language)
    {
        var fence = new string('`', Math.Max(3, Ticks().Matches(text).Select(m => m.Length + 1).DefaultIfEmpty(0).Max()));
        return text.Trim('\n').Length == 0 ? "" : $"{fence}{language}\n{text.TrimEnd()}\n{fence}";
    }

    /// <summary>The words of a picture for who cannot see it, escaped as in HTML.</summary>
    [GeneratedRegex("^\\s*<svg\\b[^>]*\\saria-label=\"([^\"]*)\"")]
    private static partial Regex SaidBySvg();

    /// <summary>A picture in HTML that is not in a file.</summary>
    [GeneratedRegex("<img\\b[^>]*\\ssrc=[\"']data:image/[^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex InlinePicture();

    /// <summary>Such a picture's content, where its address is.</summary>
    [GeneratedRegex(
        "(?<=<img\\b[^>]{0,1000}\\ssrc=[\"'])data:(?<mime>image/(?:png|jpeg|gif|webp|svg\\+xml));base64,(?<content>[^\"']+)(?=[\"'])",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex InlineContent();

    [GeneratedRegex("\\sstyle=\"[^\"]*\"")]
    private static partial Regex Style();

    [GeneratedRegex("`{3,}")]
    private static partial Regex Ticks();

    [GeneratedRegex("[^A-Za-z0-9._-]+")]
    private static partial Regex Unusual();
}
