using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Notebooks;
using GaitProp.Notebook.Notebooks.Parameters;

namespace GaitProp.Kernel.Tests.Notebooks;

/// <summary>What is in <c>notebooks/</c> as it is committed: it must read well without being run.</summary>
public sealed partial class CommittedNotebooksTests
{
    private const int MostBytes = 1_500_000;

    private static string Folder { get; } = Path.Combine(Repository.Folder, "notebooks");

    public static TheoryData<string> Names { get; } =
    [.. Directory.GetFiles(Folder, "*.ipynb").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    [Fact]
    public void All_thirteen_are_there_and_in_the_index_with_a_small_thumbnail_each()
    {
        string[] expected =
        [
            "00-quickstart",
            "01-the-rule",
            "07-your-own-rule",
            "08-speed",
            "09-polyglot",
            "10-beyond-the-paper",
            "11-your-own-loop",
            "fig1",
            "fig2",
            "fig3",
            "fig4",
            "fig5",
            "fig6",
        ];
        var index = File.ReadAllText(Path.Combine(Folder, "README.md"));

        Assert.Equal(
            expected,
            Directory.GetFiles(Folder, "*.ipynb").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)
        );
        foreach (var name in expected)
        {
            Assert.Contains($"({name}.ipynb)", index, StringComparison.Ordinal);
            Assert.Contains($"thumbnails/{name}.png", index, StringComparison.Ordinal);
            Assert.InRange(new FileInfo(Path.Combine(Folder, "thumbnails", $"{name}.png")).Length, 1000, 40_000);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_small_opens_with_the_kernel_and_names_no_place_of_a_machine(string name)
    {
        var text = File.ReadAllText(Path.Combine(Folder, name));
        var notebook = JsonNode.Parse(text)!;

        Assert.InRange(text.Length, 1, MostBytes);
        Assert.DoesNotMatch(PlaceOfAMachine(), text);
        Assert.Equal((4, 5), ((int)notebook["nbformat"]!, (int)notebook["nbformat_minor"]!));
        // What it says of its verification is its own.
        notebook["metadata"]!.AsObject().Remove("gaitprop");
        Assert.True(
            JsonNode.DeepEquals(
                notebook["metadata"],
                JsonNode.Parse(
                    """
                    {
                      "kernelspec": { "display_name": "C# (GaitProp)", "language": "C#", "name": "gaitprop-csharp" },
                      "language_info": { "name": "C#", "file_extension": ".cs", "mimetype": "text/x-csharp", "pygments_lexer": "csharp", "version": "14.0" },
                      "polyglot_notebook": { "kernelInfo": { "defaultKernelName": "csharp", "items": [{ "name": "csharp", "languageName": "C#", "aliases": [] }] } }
                    }
                    """
                )
            ),
            notebook["metadata"]!.ToJsonString()
        );
        Assert.All(
            Cells(notebook, "code"),
            cell =>
            {
                // Every front end sends a cell to the one kernel: its text names its language.
                Assert.Equal("csharp", (string?)cell["metadata"]!["polyglot_notebook"]!["kernelName"]);
                Assert.Equal("csharp", (string?)cell["metadata"]!["dotnet_interactive"]!["language"]);
                Assert.Null(cell["metadata"]!["vscode"]);
            }
        );
    }

    [Fact]
    public void A_wrong_accuracy_in_a_cell_that_reads_recorded_runs_is_found()
    {
        var accuracies = 0;
        foreach (var row in Names)
        {
            var notebook = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, row.Data)))!;
            foreach (var cell in Cells(notebook, "code").Where(c => Recorded().IsMatch(Source(c))).ToArray())
            {
                foreach (var accuracy in Accuracies(cell).Distinct())
                {
                    accuracies++;
                    var wrong = cell.DeepClone();
                    var changed = (0.95 * double.Parse(accuracy, CultureInfo.InvariantCulture)).ToString(
                        "F2",
                        CultureInfo.InvariantCulture
                    );
                    foreach (var output in wrong["outputs"]!.AsArray())
                    {
                        Put(output!, Shown(output!).Replace(accuracy, changed, StringComparison.Ordinal));
                    }

                    Assert.True(
                        new NotebookComparison().Compare(Alone(notebook, cell), Alone(notebook, wrong)).Count == 1,
                        $"{row.Data}, cell {cell["id"]}: {accuracy} may be {changed}"
                    );
                }
            }
        }

        Assert.InRange(accuracies, 100, 5000);

        static IEnumerable<string> Accuracies(JsonNode cell) =>
            cell["outputs"]!.AsArray().SelectMany(o => Accuracy().Matches(Shown(o!))).Select(m => m.Value);

        static JsonNode? Text(JsonNode output) =>
            (string?)output["output_type"] == "stream" ? output["text"] : output["data"]?["text/plain"];

        static string Shown(JsonNode output) =>
            Text(output) is JsonArray lines ? string.Concat(lines.Select(l => (string?)l)) : $"{Text(output)}";

        static void Put(JsonNode output, string text) => Text(output)?.ReplaceWith(text);

        static NotebookDocument Alone(JsonNode notebook, JsonNode cell)
        {
            var alone = new JsonObject { ["cells"] = new JsonArray(cell.DeepClone()) };
            foreach (var (name, value) in notebook.AsObject().Where(p => p.Key != "cells"))
            {
                alone[name] = value?.DeepClone();
            }

            return NotebookReader.Of(alone, "alone");
        }
    }

    [Theory]
    [InlineData("in /srv/kit/figures", true)]
    [InlineData("\"/data/x.png\"", true)]
    [InlineData("file:///data/x", true)]
    [InlineData("at (D:\\\\kit)", true)]
    [InlineData("https://srv.net/kit/x text/html </b> figures/fig4.png ../a/b iVBOR+/abc/d", false)]
    public void Places_of_machines_are_known_from_addresses_and_relative_paths(string text, bool isPlace) =>
        Assert.Equal(isPlace, PlaceOfAMachine().IsMatch(text));

    [Theory]
    [MemberData(nameof(Names))]
    public void It_was_run_from_top_to_bottom_without_an_error(string name)
    {
        var cells = Cells(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!, "code").ToArray();

        Assert.NotEmpty(cells);
        Assert.Equal(Enumerable.Range(1, cells.Length), cells.Select(c => (int)c["execution_count"]!));
        foreach (var cell in cells)
        {
            var outputs = cell["outputs"]!.AsArray();
            Assert.DoesNotContain("error", outputs.Select(o => (string?)o!["output_type"]));
            Assert.True(
                outputs.Count > 0 || !Source(cell).StartsWith("#!gaitprop", StringComparison.Ordinal),
                $"no output: {Source(cell)}"
            );
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_its_text_links_to_is_there(string name)
    {
        var links = Cells(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!, "markdown")
            .SelectMany(cell => Link().Matches(Source(cell)))
            .Select(link => link.Groups[1].Value)
            .Where(link => !link.StartsWith("http", StringComparison.Ordinal));

        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(Folder, link.Split('#')[0])), link));
    }

    [Theory]
    [InlineData("fig1.ipynb")]
    [InlineData("fig2.ipynb")]
    [InlineData("fig3.ipynb")]
    [InlineData("fig4.ipynb")]
    [InlineData("fig5.ipynb")]
    [InlineData("fig6.ipynb")]
    public void Its_figure_is_in_it_as_a_picture_for_pages_that_run_no_scripts(string name)
    {
        var cells = Cells(JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!, "code");
        var figure = cells.First(c =>
            Source(c).StartsWith("#!gaitprop reproduce", StringComparison.Ordinal)
            || Source(c).StartsWith("#!gaitprop figure", StringComparison.Ordinal)
        );

        Assert.Contains(figure["outputs"]!.AsArray(), o => o!["data"]?["image/png"] is not null);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_how_long_it_takes_and_has_a_cell_whose_value_a_reader_changes(string name)
    {
        var notebook = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, name)))!;
        var cells = notebook["cells"]!.AsArray().Select(c => c!).ToArray();

        Assert.Matches(@"(?m)^\| takes \| .*(second|minute)", Source(cells[0]));
        var invitation = Array.FindIndex(
            cells,
            c => (string?)c["cell_type"] == "markdown" && Source(c).StartsWith("## Try this", StringComparison.Ordinal)
        );
        Assert.InRange(invitation, 1, cells.Length - 2);
        Assert.Equal("code", (string?)cells[invitation + 1]["cell_type"]);
        Assert.Matches(@"= .*;\s+// \S", Source(cells[invitation + 1]));
        Assert.NotEmpty(cells[invitation + 1]["outputs"]!.AsArray());
    }

    /// <summary>Where a notebook begins with settings, the command line can give others.</summary>
    [Theory]
    [InlineData("fig4.ipynb", "preset", "data")]
    [InlineData("fig5.ipynb", "preset", "data")]
    [InlineData("fig6.ipynb", "from", "photos", "size", "preset")]
    [InlineData("11-your-own-loop.ipynb", "rule", "epochs", "rate")]
    public void Its_settings_are_parameters(string name, params string[] parameters)
    {
        var values = parameters.Select(p => (p, p is "size" or "epochs" or "rate" ? "32" : "word")).ToArray();

        var notebook = NotebookParameters.Inject(NotebookReader.Read(Path.Combine(Folder, name)), name, values, (_, word, _) => word);

        Assert.Equal(
            parameters.Length + 1,
            notebook.Cells.Single(c => c.Tags.Contains(NotebookParameters.Injected)).Source.Split('\n').Length
        );
    }

    private static IEnumerable<JsonNode> Cells(JsonNode notebook, string kind) =>
        notebook["cells"]!.AsArray().Where(c => (string?)c!["cell_type"] == kind).Select(c => c!);

    private static string Source(JsonNode cell) =>
        cell["source"] is JsonArray lines ? string.Concat(lines.Select(l => (string?)l)) : (string)cell["source"]!;

    /// <summary>A cell that shows nothing but what lies in <c>recorded/</c>.</summary>
    [GeneratedRegex(@"--runs recorded\b|\b(recorded|full)\.Runs\b")]
    private static partial Regex Recorded();

    /// <summary>A number from 1 on with two decimals, such as an accuracy in per cent.</summary>
    [GeneratedRegex(@"(?<![\w.,])[1-9]\d*\.\d\d(?!\w)")]
    private static partial Regex Accuracy();

    /// <summary>A link of Markdown; its target is the first group.</summary>
    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    /// <summary>
    /// An absolute path, which no file that others read may have; not the end of an address, of a relative path, of a tag or of base64.
    /// </summary>
    [GeneratedRegex(@"(?<![\w.~*)<\]}/+&;-])/[A-Za-z][\w.-]*/|file:///|\b[A-Z]:\\")]
    private static partial Regex PlaceOfAMachine();
}
