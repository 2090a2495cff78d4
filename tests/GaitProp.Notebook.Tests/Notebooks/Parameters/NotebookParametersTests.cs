using System.Text.Json.Nodes;
using GaitProp.Notebook.Notebooks;
using GaitProp.Notebook.Notebooks.Parameters;

namespace GaitProp.Notebook.Tests.Notebooks.Parameters;

public sealed class NotebookParametersTests
{
    [Theory]
    [InlineData("var epochs = 4;", "epochs=2", "var epochs = 2;")]
    [InlineData("var epochs = 4;    // try 8", "epochs=-7", "var epochs = -7;")]
    [InlineData("var n = 4L;", "n=3000000000", "var n = 3000000000L;")]
    [InlineData("const int Steps = 4;", "Steps=5", "const int Steps = 5;")]
    [InlineData("int a = 1, b = -2;", "b=3", "int b = 3;")]
    [InlineData("double rate = 1;", "rate=2", "double rate = 2.0;")]
    [InlineData("var rate = 1e-3;", "rate=1e-4", "var rate = 1.0e-4;")]
    [InlineData("var rate = 0.1;", "rate=.25", "var rate = 0.25;")]
    [InlineData("var rate = 0.5f;", "rate=-2", "var rate = -2.0f;")]
    [InlineData("decimal price = 1m;", "price=0.1", "decimal price = 0.1m;")]
    [InlineData("var fast = true;", "fast=False", "var fast = false;")]
    [InlineData("var name = \"a\";", "name=say \"hi\"\\n = ok", "var name = \"say \\\"hi\\\"\\\\n = ok\";")]
    [InlineData("string? from = null;", "from=42", "string? from = \"42\";")]
    [InlineData("var name = \"\"\"raw\"\"\";", "name=", "var name = \"\";")]
    [InlineData("string[] rules = [\"bp\"];", "rules=bp,ngait", "string[] rules = [\"bp\", \"ngait\"];")]
    [InlineData("var rates = new[] { 0.1, 0.2 };", "rates=[1, 2.5]", "var rates = new double[] { 1.0, 2.5 };")]
    [InlineData("List<int> widths = [1];", "widths=", "List<int> widths = [];")]
    [InlineData("var epochs = 4;\n#!gaitprop info", "epochs=1", "var epochs = 1;")]
    [InlineData("var epochs = 1;\nvar epochs = 4;", "epochs=2", "var epochs = 2;")]
    [InlineData("#!fsharp\nlet epochs = 4", "epochs=2", "#!fsharp\n§let epochs = 2")]
    [InlineData("#!f#\nlet mutable rate : float = 0.5 // try", "rate=1", "#!f#\n§let mutable rate : float = 1.0")]
    [InlineData("#!fsharp\nlet rules = [ \"a\"; \"b; c\" ]", "rules=[\"x\", \"y\"]", "#!fsharp\n§let rules = [ \"x\"; \"y\" ]")]
    [InlineData("#!fsharp\nlet widths = [| 1; 2 |]", "widths=3", "#!fsharp\n§let widths = [| 3 |]")]
    [InlineData("#!fsharp\nlet name = \"a // b\"", "name=c", "#!fsharp\n§let name = \"c\"")]
    [InlineData("#!python\nepochs = 4  # try", "epochs=99999999999999999999", "#!python\n§epochs = 99999999999999999999")]
    [InlineData("#!python\nfast: bool = True", "fast=false", "#!python\n§fast: bool = False")]
    [InlineData("#!python\nname = 'a # b'", "name=it's", "#!python\n§name = \"it's\"")]
    [InlineData("#!python\nrates = [0.1, 0.2]", "rates=1e-3", "#!python\n§rates = [1.0e-3]")]
    public void A_value_is_written_in_the_cells_language_as_the_type_that_it_has_there(string cell, string word, string expected)
    {
        var source = Inject(Notebook(cell), word).Cells[1].Source;

        var (head, lines) = expected.Split('§') is [var named, var rest] ? (named, rest) : ("", expected);
        Assert.Equal($"{head}{(head == "#!python\n" ? "#" : "//")} Parameters of this run.\n{lines}", source);
    }

    [Fact]
    public void The_values_stand_in_a_cell_of_their_own_behind_the_tagged_one_and_the_next_ones_take_its_place()
    {
        var notebook = Notebook("var epochs = 4;\nvar rule = \"bp\";");

        var once = Inject(notebook, "epochs=2", "rule=ngait");

        Assert.Equal(
            [
                ["parameters"],
                ["injected-parameters"],
                [],
            ],
            once.Cells.Select(c => c.Tags.ToArray())
        );
        Assert.Equal("// Parameters of this run.\nvar epochs = 2;\nvar rule = \"ngait\";", once.Cells[1].Source);
        Assert.Equal("var epochs = 4;\nvar rule = \"bp\";", once.Cells[0].Source);

        var twice = Inject(NotebookText.Read(once.Text()), "epochs=3");
        Assert.Equal(3, twice.Cells.Count);
        Assert.Equal("// Parameters of this run.\nvar epochs = 3;", twice.Cells[1].Source);
        Assert.Equal(3, twice.Cells.Select(c => c.Id).Distinct().Count());
    }

    [Fact]
    public void The_language_may_stand_in_the_metadata()
    {
        var notebook = Notebook("epochs = 4");
        notebook.Cells[0].Metadata["polyglot_notebook"] = new JsonObject { ["kernelName"] = "python" };

        var cell = Inject(notebook, "epochs=2").Cells[1];

        Assert.Equal(("# Parameters of this run.\nepochs = 2", "python"), (cell.Source, cell.Language));
    }

    [Theory]
    [InlineData("var epochs = 4;", "epoch=2", "'n.ipynb': unknown parameter 'epoch'. Choose from epochs.")]
    [InlineData(
        "var epochs = 4;",
        "epochs=two",
        "--param epochs=two is not possible: epochs of 'n.ipynb' is a whole number from -2147483648 to 2147483647 (there: 4)."
    )]
    [InlineData(
        "var epochs = 4;",
        "epochs=3000000000",
        "--param epochs=3000000000 is not possible: epochs of 'n.ipynb' is a whole number from -2147483648 to 2147483647 (there: 4)."
    )]
    [InlineData("byte b = 4;", "b=256", "--param b=256 is not possible: b of 'n.ipynb' is a whole number from 0 to 255 (there: 4).")]
    [InlineData(
        "var epochs = 4;",
        "epochs=2.5",
        "--param epochs=2.5 is not possible: epochs of 'n.ipynb' is a whole number from -2147483648 to 2147483647 (there: 4)."
    )]
    [InlineData("var rate = 0.1;", "rate=NaN", "--param rate=NaN is not possible: rate of 'n.ipynb' is a number (there: 0.1).")]
    [InlineData("var rate = 0.1;", "rate=1,5", "--param rate=1,5 is not possible: rate of 'n.ipynb' is a number (there: 0.1).")]
    [InlineData("var fast = true;", "fast=1", "--param fast=1 is not possible: fast of 'n.ipynb' is true or false (there: true).")]
    [InlineData(
        "int[] widths = [1];",
        "widths=1,x",
        "--param widths=1,x is not possible: widths of 'n.ipynb' is a list of whole numbers, such as 1,2 (there: [1])."
    )]
    [InlineData(
        "string[] rules = [\"a\"];",
        "rules=[1",
        "--param rules=[1 is not possible: rules of 'n.ipynb' is a list of texts, such as a,b or [\"a\", \"b, c\"] (there: [\"a\"])."
    )]
    [InlineData(
        "var now = DateTime.Now;",
        "now=1",
        "--param now=1 is not possible: in 'n.ipynb' now is DateTime.Now, and not a number, a text, true or false, or a list of those."
    )]
    [InlineData(
        "#!fsharp\nlet a = [ 1; \"b\" ]",
        "a=1",
        "--param a=1 is not possible: in 'n.ipynb' a is [ 1; \"b\" ], and not a number, a text, true or false, or a list of those."
    )]
    [InlineData(
        "#!sql\nSELECT 1",
        "a=1",
        "The cell of 'n.ipynb' with the tag 'parameters' is in sql: parameters can be in csharp, fsharp, python."
    )]
    public void What_is_not_possible_is_one_line(string cell, string word, string line) =>
        Assert.Equal(line, Assert.Throws<NotebookException>(() => Inject(Notebook(cell), word)).Message);

    [Fact]
    public void Without_a_tagged_cell_the_line_says_where_the_tag_goes()
    {
        var error = Assert.Throws<NotebookException>(() => Inject(NotebookText.OfCode("var epochs = 1;"), "epochs=2")).Message;
        Assert.Equal(
            "'n.ipynb' has no cell with the tag 'parameters': give it to the cell that sets epochs (in its metadata: \"tags\": [\"parameters\"]).",
            error
        );
        Assert.StartsWith(
            "'n.dib' cannot say which cell has its parameters",
            Assert
                .Throws<NotebookException>(() => NotebookParameters.Inject(NotebookText.OfCode("1"), "n.dib", [("a", "1")], Unknown))
                .Message,
            StringComparison.Ordinal
        );
    }

    private static NotebookDocument Notebook(string parameters)
    {
        var notebook = NotebookText.OfCode(parameters, "1");
        notebook.Cells[0].Metadata["tags"] = new JsonArray(NotebookParameters.Tag);
        return notebook;
    }

    private static NotebookDocument Inject(NotebookDocument notebook, params string[] words) =>
        NotebookParameters.Inject(
            notebook,
            "n.ipynb",
            [.. words.Select(w => (w[..w.IndexOf('=', StringComparison.Ordinal)], w[(w.IndexOf('=', StringComparison.Ordinal) + 1)..]))],
            Unknown
        );

    private static string Unknown(string kind, string word, IEnumerable<string> known) =>
        $"unknown {kind} '{word}'. Choose from {string.Join(", ", known)}.";
}
