using System.Text;
using GaitProp.Notebook.Notebooks.Pages;

namespace GaitProp.Notebook.Tests.Notebooks.Pages;

public sealed class NotebookMarkdownTests : IDisposable
{
    /// <summary>A picture of one pixel.</summary>
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private readonly string _folder = Directory.CreateTempSubdirectory("gaitprop-markdown-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Prose_source_and_outputs_follow_each_other_and_pictures_lie_beside_them()
    {
        var page = Of(
            "a_files",
            $$$"""
            {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Title\n\nProse with $x^2$ and `code`."},
            {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1, "source": "display(figure);\n#!gaitprop info", "outputs": [
              {"output_type": "stream", "name": "stdout", "text": "one \u001b[31mred\u001b[0m\n"},
              {"output_type": "display_data", "metadata": {"image/png": {"width": 400}}, "data": {"application/vnd.plotly.v1+json": {}, "image/png": "{{{Png}}}\n", "text/plain": "A <figure>\nof lines"}},
              {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<table><tr><td>1</td></tr></table>", "text/plain": "a  1"}},
              {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>bold</b>", "text/plain": "<b>bold</b>"}},
              {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg/>", "text/plain": ""}},
              {"output_type": "display_data", "metadata": {}, "data": {"text/latex": "$$y$$"}},
              {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\u001b[1mE\u001b[0m: v"]}]},
            {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": null, "source": "#!python\nx = '''```'''", "outputs": []}
            """
        );

        Assert.Equal(
            """
            # Title

            Prose with $x^2$ and `code`.

            ```csharp
            display(figure);
            #!gaitprop info
            ```

            ```text
            one red
            ```

            <img src="a_files/2-2.png" alt="A &lt;figure&gt;" width="400">

            ```text
            a  1
            ```

            <b>bold</b>

            <img src="a_files/2-5.svg" alt="">

            $$
            y
            $$

            ```text
            E: v
            ```

            ````python
            #!python
            x = '''```'''
            ````

            """,
            page.Text
        );
        Assert.Equal(["2-2.png", "2-5.svg"], page.Pictures.Select(p => p.Name));
        Assert.Equal(Convert.FromBase64String(Png), page.Pictures[0].Content);
        Assert.Equal("<svg/>", Encoding.UTF8.GetString(page.Pictures[1].Content));
    }

    [Fact]
    public void Pictures_that_only_HTML_has_become_files_too()
    {
        var page = Of(
            "a_files",
            $$$"""
            {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": "data", "outputs": [
              {"output_type": "display_data", "metadata": {}, "data": {
                "text/html": "<div><b>set</b><img src=\"data:image/png;base64,{{{Png}}}\" width=\"64\" alt=\"3 images of cat\" style=\"max-width:100%\"><p>and</p><img alt='x' src='data:image/svg+xml;base64,PHN2Zy8+'><img src=\"https://example.org/a.png\"></div>",
                "text/plain": "set: 3 images"}},
              {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<p><img src=\"data:image/png;base64,{{{Png}}}\"></p>"}}]}
            """
        );

        Assert.Equal(
            """
            ```csharp
            data
            ```

            <img src="a_files/1-1-1.png" width="64" alt="3 images of cat">
            <img alt='x' src='a_files/1-1-2.svg'>

            ```text
            set: 3 images
            ```

            <p><img src="a_files/1-2-1.png"></p>

            """,
            page.Text
        );
        Assert.Equal(["1-1-1.png", "1-1-2.svg", "1-2-1.png"], page.Pictures.Select(p => p.Name));
        Assert.Equal("<svg/>", Encoding.UTF8.GetString(page.Pictures[1].Content));
    }

    [Fact]
    public void A_diagram_is_told_by_what_it_says_and_not_by_its_source()
    {
        var page = Of(
            "a_files",
            """
            {"cell_type": "code", "id": "a", "metadata": {}, "execution_count": 1, "source": "#!mermaid\nflowchart LR\n  a --> b", "outputs": [
              {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": "<svg role=\"img\" aria-label=\"Flowchart: a to b &amp; c\"><g/></svg>", "text/plain": "flowchart LR\n  a --> b"}}]}
            """
        );

        Assert.EndsWith("<img src=\"a_files/1-1.svg\" alt=\"Flowchart: a to b &amp; c\">\n", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Attached_pictures_become_files_and_links_lead_from_where_the_page_lies()
    {
        var page = Of(
            "my page_files",
            $$$"""
            {"cell_type": "markdown", "id": "a", "metadata": {}, "attachments": {"a b.png": {"image/png": "{{{Png}}}"} },
             "source": "![p](attachment:a%20b.png) and [next](fig%201.ipynb#top), [up](../docs/x.md), [web](https://example.org/a), [here](#a)\n\n```\n[code](x.md)\n```"}
            """,
            new PageLinks(Path.Combine(_folder, "notebooks"), Path.Combine(_folder, "made", "pages"))
        );

        Assert.Equal(
            """
            ![p](my%20page_files/1-a-b.png) and [next](../../notebooks/fig%201.ipynb#top), [up](../../docs/x.md), [web](https://example.org/a), [here](#a)

            ```
            [code](x.md)
            ```

            """,
            page.Text
        );
        Assert.Equal("1-a-b.png", Assert.Single(page.Pictures).Name);
    }

    [Fact]
    public void A_reference_that_is_named_twice_has_one_address()
    {
        var page = Of(
            "a_files",
            """{"cell_type": "markdown", "id": "a", "metadata": {}, "source": "![a][p] and ![b][p]\n\n[p]: img.png"}""",
            new PageLinks(Path.Combine(_folder, "notebooks"), Path.Combine(_folder, "made", "pages"))
        );

        Assert.Equal("![a][p] and ![b][p]\n\n[p]: ../../notebooks/img.png\n", page.Text);
    }

    /// <summary>Names of files have letters of ASCII alone.</summary>
    [Fact]
    public void Two_pictures_whose_names_differ_in_other_letters_are_two_files()
    {
        var other = Convert.ToBase64String([.. Convert.FromBase64String(Png), 0]);
        var page = Of(
            "files",
            $$$"""
            {"cell_type": "markdown", "id": "a", "metadata": {},
             "attachments": {"рис.png": {"image/png": "{{{Png}}}"}, "сон.png": {"image/png": "{{{other}}}"} },
             "source": "![p](attachment:рис.png) ![q](attachment:сон.png)"}
            """,
            new PageLinks(_folder, _folder)
        );

        Assert.Equal(2, page.Pictures.Select(p => p.Name).Distinct().Count());
        Assert.All(page.Pictures, p => Assert.Contains($"files/{p.Name})", page.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_page_in_one_file_has_the_pictures_that_its_text_and_outputs_name_in_it()
    {
        File.WriteAllBytes(Path.Combine(_folder, "a b.png"), Convert.FromBase64String(Png));
        var notebook = NotebookText.Read(
            $$$"""
            {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [
              {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "![p](a%20b.png) ![gone](gone.png) [next](next.ipynb)"},
              {"cell_type": "code", "id": "b", "metadata": {}, "execution_count": 1, "source": "1", "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<img class=\"x\" src=\"a b.png\">"}}]}]}
            """
        );

        var page = NotebookPage.Html(notebook, "n", new PageLinks(_folder, Path.Combine(_folder, "made")));

        Assert.Contains($"<p><img src=\"data:image/png;base64,{Png}\"", page, StringComparison.Ordinal);
        Assert.Contains($"<img class=\"x\" src=\"data:image/png;base64,{Png}\">", page, StringComparison.Ordinal);
        Assert.Contains("href=\"../next.ipynb\"", page, StringComparison.Ordinal);
        Assert.Contains("src=\"../gone.png\"", page, StringComparison.Ordinal);

        var sent = NotebookPage.Html(notebook, "n", new PageLinks(_folder, to: null));
        Assert.Contains($"<p><img src=\"data:image/png;base64,{Png}\"", sent, StringComparison.Ordinal);
        Assert.EndsWith(
            "gone next</p>",
            sent.Split('\n').Single(l => l.Contains("next", StringComparison.Ordinal)).Replace("</section>", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(_folder, sent, StringComparison.Ordinal);
    }

    private static NotebookMarkdown Of(string folder, string cells, PageLinks? links = null) =>
        new(NotebookText.Read($$$"""{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{{{cells}}}]}"""), folder, links);
}
