using System.Text.Json.Nodes;
using GaitProp.Notebook.Notebooks;
using GaitProp.Notebook.Notebooks.Pages;

namespace GaitProp.Notebook.Tests.Notebooks.Pages;

public sealed class NotebookPageTests
{
    [Fact]
    public void Outputs_are_shown_in_their_richest_form()
    {
        var page = Page(
            """{"output_type": "display_data", "metadata": {"image/png": {"width": 400}}, "data": {"application/vnd.plotly.v1+json": {}, "image/png": "iVBORw0K\n", "text/plain": "a <figure>"}}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>bold</b>", "image/png": "AAAA", "text/plain": "lost"}}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"text/markdown": ["# Head\n", "$x^2$"]}}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"application/json": {"k": [1]}}}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg/>"}}""",
            """{"output_type": "stream", "name": "stderr", "text": "1 < 2 \u001b[31mred\u001b[0m"}""",
            """{"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u001b[1mE\u001b[0m: <v>"]}"""
        );

        Assert.Contains(
            "<img src=\"data:image/png;base64,iVBORw0K\" width=\"400\" style=\"height:auto\" alt=\"a &lt;figure&gt;\">",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("<b>bold</b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("lost", page, StringComparison.Ordinal);
        Assert.Contains("<msup><mi>x</mi><mn>2</mn></msup>", page, StringComparison.Ordinal);
        Assert.Contains("&quot;k&quot;", page, StringComparison.Ordinal);
        Assert.Contains("data:image/svg+xml;base64,PHN2Zy8+", page, StringComparison.Ordinal);
        Assert.Contains("<pre class=\"err\">1 &lt; 2 <span class=\"a1\">red</span></pre>", page, StringComparison.Ordinal);
        Assert.Contains("<pre class=\"error\"><span class=\" ab\">E</span>: &lt;v&gt;</pre>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_diagram_is_told_by_what_it_says_and_another_picture_of_lines_by_its_text()
    {
        var page = Page(
            """{"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg role=\"img\" aria-label=\"Flowchart: a to b &amp; c\"><g/></svg>", "text/plain": "flowchart LR\n  a --> b"}}""",
            """{"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg/>", "text/plain": "a <picture>\nof lines"}}"""
        );

        Assert.Contains(" alt=\"Flowchart: a to b &amp; c\">", page, StringComparison.Ordinal);
        Assert.Contains("PHN2Zy8+\" alt=\"a &lt;picture&gt;\">", page, StringComparison.Ordinal);
        Assert.DoesNotContain("flowchart LR", page, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_loads_nothing_and_follows_its_readers_theme()
    {
        var page = Page();

        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme: dark", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_has_tables_formulas_and_attached_pictures()
    {
        var notebook = NotebookText.Read(
            """
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "markdown", "id": "a", "metadata": {},
              "source": "# A <title> & more\n\n![p](attachment:a%20b.png)\n\n|a|b|\n|-|-|\n|1|2|\n\n$$\nx_1\n$$\n\n```csharp\nvar x = 1;\n```",
              "attachments": {"a b.png": {"image/png": "iVBO\nRw0K"}}}]}
            """
        );

        var page = NotebookPage.Html(notebook, "name");

        Assert.Contains("<title>A &lt;title&gt; &amp; more</title>", page, StringComparison.Ordinal);
        Assert.Contains("src=\"data:image/png;base64,iVBORw0K\"", page, StringComparison.Ordinal);
        Assert.Contains("<td>1</td>", page, StringComparison.Ordinal);
        Assert.Contains("<math display=\"block\"", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"k\">var</span>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "var x = \"a<b\"; // note",
        "<span class=\"k\">var</span> x = <span class=\"s\">&quot;a&lt;b&quot;</span>; <span class=\"c\">// note</span>"
    )]
    [InlineData("#!gaitprop train\nx", "<span class=\"m\">#!gaitprop train</span>\nx")]
    [InlineData("new List<int>()", "<span class=\"k\">new</span> <span class=\"t\">List</span>&lt;<span class=\"k\">int</span>&gt;()")]
    [InlineData("a.Run(1.5)", "a.<span class=\"f\">Run</span>(<span class=\"n\">1.5</span>)")]
    [InlineData("#r \"nuget: X\"", "<span class=\"m\">#r &quot;nuget: X&quot;</span>")]
    [InlineData("#nullable disable", "<span class=\"m\">#nullable disable</span>")]
    [InlineData("#region a\n#endregion", "<span class=\"m\">#region a\n</span><span class=\"m\">#endregion</span>")]
    [InlineData("#nullable disable\n#!time\nx", "<span class=\"m\">#nullable disable</span>\n<span class=\"m\">#!time</span>\nx")]
    [InlineData("/* left open", "<span class=\"c\">/* left open</span>")]
    [InlineData("/* left open\n#!time\n", "<span class=\"c\">/* left open</span>\n<span class=\"m\">#!time</span>\n")]
    [InlineData("\"\"\"\nleft open", null)]
    [InlineData("#if false\nx\n", null)]
    [InlineData("\n\nx\n\n", null)]
    [InlineData("class {{ not code", null)]
    [InlineData("", "")]
    public void Code_is_coloured_and_none_of_it_is_lost(string code, string? html)
    {
        var made = CodeHtml.Of(code);

        Assert.Equal(code, System.Net.WebUtility.HtmlDecode(System.Text.RegularExpressions.Regex.Replace(made, "<[^>]*>", "")));
        if (html is not null)
        {
            Assert.Equal(html, made);
        }
    }

    [Fact]
    public void Every_formula_of_the_kits_notebooks_is_set()
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Folder, "notebooks"), "*.ipynb"))
        {
            var page = NotebookPage.Html(NotebookReader.Read(file), "name");

            Assert.DoesNotContain("<code class=\"tex\"", page, StringComparison.Ordinal);
        }
    }

    private static string Page(params string[] outputs)
    {
        var notebook = NotebookText.OfCode("1");
        foreach (var output in outputs)
        {
            notebook.Cells[0].Outputs.Add(JsonNode.Parse(output));
        }

        return NotebookPage.Html(notebook, "name");
    }
}
