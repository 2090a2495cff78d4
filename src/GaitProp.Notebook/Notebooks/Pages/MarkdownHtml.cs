using System.Text.Json.Nodes;
using GaitProp.Notebook.Outputs;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>Markdown of a cell as HTML: tables, formulas, code, pictures that are attached to the cell.</summary>
internal static class MarkdownHtml
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseMathematics()
        .UseTaskLists()
        .UseFootnotes()
        .UseEmphasisExtras()
        .UseAutoIdentifiers()
        .UseAutoLinks()
        .Build();

    /// <summary>The HTML.</summary>
    /// <param name="markdown">The text.</param>
    /// <param name="attachments">The cell's attachments, or <see langword="null"/>.</param>
    /// <param name="links">Where its links lead, and its pictures lie; as they stand if <see langword="null"/>.</param>
    public static string Of(string markdown, JsonObject? attachments = null, PageLinks? links = null)
    {
        var document = Markdown.Parse(markdown, Pipeline);
        foreach (
            var link in document
                .Descendants<LinkInline>()
                .Where(l => l.IsImage && l.Url?.StartsWith("attachment:", StringComparison.Ordinal) == true)
        )
        {
            if (
                attachments?[Uri.UnescapeDataString(link.Url!["attachment:".Length..])] is JsonObject bundle
                && bundle.FirstOrDefault(f => f.Key.StartsWith("image/", StringComparison.Ordinal)) is { Value: { } value } form
            )
            {
                var data = value.GetValue<string>();
                link.Url =
                    form.Key == "image/svg+xml"
                        ? $"data:{form.Key};base64,{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(data))}"
                        : $"data:{form.Key};base64,{data.ReplaceLineEndings("")}";
            }
        }

        if (links is not null)
        {
            foreach (var link in document.Descendants<LinkInline>().Where(l => l.Url is not null).ToArray())
            {
                link.Url = (link.IsImage ? links.Inlined(link.Url!) : null) ?? links.Rebased(link.Url!);
                if (link.Url is null)
                {
                    // Its words stay.
                    link.MoveChildrenAfter(link);
                    link.Remove();
                }
            }
        }

        using var html = new StringWriter();
        var renderer = new HtmlRenderer(html);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new InlineMath());
        renderer.ObjectRenderers.Replace<HtmlMathBlockRenderer>(new BlockMath());
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new Code());
        renderer.Render(document);
        return html.ToString();
    }

    private sealed class InlineMath : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline obj) =>
            renderer.Write(TexMath.Html(obj.Content.ToString(), display: obj.DelimiterCount > 1));
    }

    private sealed class BlockMath : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock obj) =>
            renderer.Write($"<p>{TexMath.Html(obj.Lines.ToString(), display: true)}</p>\n");
    }

    private sealed class Code : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock obj)
        {
            var text = obj.Lines.ToString();
            var isCSharp = (obj as FencedCodeBlock)?.Info is "csharp" or "cs" or "c#" or "C#";
            renderer.Write($"<pre><code>{(isCSharp ? CodeHtml.Of(text) : HtmlText.Escape(text))}</code></pre>\n");
        }
    }
}
