using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Tests.Notebooks;

public sealed class NotebookComparisonTests
{
    [Theory]
    [InlineData("test 27.50 %", "test 27.51 %", null)]
    [InlineData("test 27.50 %", "test 31.20 %", "27.50 became 31.20; allowed are 1 %")]
    [InlineData("a  1,024\nb  2", "a 1024 b\t2", null)]
    [InlineData("angle −8.9e−5°", "angle −8.9e-05°", null)]
    [InlineData("angle 8.9e-5", "angle -8.9e-5", "8.9e-5 became -8.9e-5; allowed are 1 %")]
    [InlineData("zero 0", "zero 1e-9", "0 became 1e-9; allowed are 1 %")]
    [InlineData("done in 0:04", "done in 1:10:04", null)]
    [InlineData("step 12.5 ms, 3 s, 2 min", "step 9 ms, 40 s, 1 min", null)]
    [InlineData("3 seconds of 10", "3 seconds of 20", "10 became 20; allowed are 1 %")]
    [InlineData("runs/bp-s1-20261127-003656", "runs/bp-s1-20261128-013656", null)]
    [InlineData("BP and FA", "BP and GAIT", "'FA' became 'GAIT'")]
    [InlineData("loss NaN", "loss 2.3", "'NaN' became '2.3'")]
    [InlineData("one two", "one", "what is missing begins with 'two'")]
    [InlineData("one", "one two", "what is new begins with 'two'")]
    [InlineData("CIFAR-10", "CIFAR-100", "10 became 100; allowed are 1 %")]
    [InlineData("mean 0.512, min 0.100", "mean 0.912, min 0.100", "0.512 became 0.912; allowed are 1 %")]
    [InlineData("std 0.29\nmin 0.1", "std 9.9\nmin 0.1", "0.29 became 9.9; allowed are 1 %")]
    [InlineData("std 0.29 min -0.1", "std 9.9 min -0.1", "0.29 became 9.9; allowed are 1 %")]
    [InlineData("units 10, min = 0.2", "units 90, min = 0.2", "10 became 90; allowed are 1 %")]
    [InlineData("units 10 min: 0.2", "units 90 min: 0.2", "10 became 90; allowed are 1 %")]
    [InlineData("12 s: in 2 min 30 s, 1,234.5 ms", "15 s: in 3 min 10 s, 999.5 ms", null)]
    [InlineData("mean 0.512 min 0.1 std 0.2", "mean 0.912 min 0.1 std 0.2", "0.512 became 0.912; allowed are 1 %")]
    [InlineData("took 3 min: ok, 2 min 30 sec", "took 4 min: ok, 1 min 30 sec", null)]
    [InlineData("units 10 min: nan", "units 90 min: nan", "10 became 90; allowed are 1 %")]
    [InlineData("[5,100,900]", "[5,900,900]", "100 became 900; allowed are 1 %")]
    [InlineData("sizes (5,100)", "sizes (5,900)", "100 became 900; allowed are 1 %")]
    [InlineData("conv 3,1,192", "conv 3,2,192", "1 became 2; allowed are 1 %")]
    [InlineData("row 1,100,0.5", "row 1,900,0.5", "100 became 900; allowed are 1 %")]
    [InlineData("[5,100.5]", "[5,900.5]", "100.5 became 900.5; allowed are 1 %")]
    [InlineData("f(5,100)", "f(5,900)", "100 became 900; allowed are 1 %")]
    [InlineData("row 1,100,name", "row 1,900,name", "100 became 900; allowed are 1 %")]
    [InlineData("[1,024 images], {1,024 images}", "[1,031 images], {1,031 images}", null)]
    [InlineData("1,234,567 images", "1,239,567 images", null)]
    [InlineData("(1,024 images), 1,024, (10 of 1,024)", "(1,031 images), 1,031, (10 of 1,031)", null)]
    [InlineData("５ of ٣٤٥", "５ of ٣٤٥", null)]
    [InlineData("５ of ٣٤٥", "６ of ٣٤٥", "'５' became '６'")]
    [InlineData("\rstep 1\rstep 2", "step 2", null)]
    public void Words_are_equal_numbers_nearly_and_times_are_not_compared(string before, string now, string? difference)
    {
        var found = new NotebookComparison().Compare(Shows(Stream(before)), Shows(Stream(now)));

        Assert.Equal(difference is null ? [] : [new NotebookDifference(1, $"output 1: {difference}")], found);
    }

    [Fact]
    public void Cells_and_numbers_are_counted()
    {
        var comparison = new NotebookComparison();
        Assert.Empty(comparison.Compare(Shows(Stream("1 and 2 in 3 s")), Shows(Stream("1 and 2 in 4 s"))));

        Assert.Equal((1, 2), (comparison.Cells, comparison.Numbers));
    }

    [Fact]
    public void Pieces_of_a_stream_are_one_text_and_kinds_of_outputs_count()
    {
        Assert.Empty(new NotebookComparison().Compare(Shows(Stream("a b")), Shows(Stream("a"), Stream(" b"))));
        Assert.Empty(new NotebookComparison().Compare(Shows(Stream("a b")), Shows(Stream("a"), Stream(" c\ra"), Stream(" b"))));
        Assert.Equal(
            "the outputs were [stdout] and are [stderr]",
            Assert.Single(new NotebookComparison().Compare(Shows(Stream("a")), Shows(Stream("a", "stderr")))).What
        );
        Assert.Equal(
            "the outputs were [image/png, text/plain] and are [text/plain]",
            Assert
                .Single(
                    new NotebookComparison().Compare(
                        Shows(Data(("text/plain", "a"), ("image/png", "AA"))),
                        Shows(Data(("text/plain", "a")))
                    )
                )
                .What
        );
    }

    [Fact]
    public void An_output_of_which_nothing_is_compared_may_be_missing()
    {
        var comparison = new NotebookComparison(new Regex(@"\A[^\n]+: done in [\d:]+\s*\z"));
        var table = Data(("text/plain", "units 3"));
        Assert.Empty(
            comparison.Compare(Shows(table), Shows(Data(("text/plain", "Building: done in 0:03")), Data(("text/plain", "units 3"))))
        );
        Assert.Empty(
            comparison.Compare(
                Shows(Data(("text/plain", "Building: done in 0:03")), Data(("text/plain", "units 3"))),
                Shows(Data(("text/plain", "units 3")))
            )
        );

        // A picture without words is compared by being there, and a text that differs stays a difference.
        Assert.Single(comparison.Compare(Shows(Data(("image/png", "AA"))), Shows()));
        Assert.Single(
            comparison.Compare(
                Shows(Data(("text/plain", "units 3"))),
                Shows(Data(("text/plain", "Building: done in 0:03")), Data(("text/plain", "units 4")))
            )
        );
    }

    [Fact]
    public void Of_html_without_plain_text_the_words_are_compared()
    {
        Assert.Empty(
            new NotebookComparison().Compare(
                Shows(Data(("text/html", "<style>b{width:1px}</style><b class='x'>7 &lt; 8</b>"))),
                Shows(Data(("text/html", "<i>7</i> &lt; 8")))
            )
        );
        Assert.Equal(
            "output 1: 8 became 9; allowed are 1 %",
            Assert
                .Single(new NotebookComparison().Compare(Shows(Data(("text/html", "<b>8</b>"))), Shows(Data(("text/html", "<b>9</b>")))))
                .What
        );
    }

    [Theory]
    [InlineData("text/markdown", "**5**", "**6**", "5 became 6")]
    [InlineData("text/latex", "$x + 5$", "$x + 6$", "5 became 6")]
    [InlineData("text/markdown", "same", "same", null)]
    [InlineData("image/png", "AA", "BB", null)]
    [InlineData("image/svg+xml", "<svg>5</svg>", "<svg>6</svg>", null)]
    public void Without_plain_text_and_html_all_that_is_text_is_compared(string mime, string before, string now, string? difference)
    {
        var found = new NotebookComparison().Compare(Shows(Data((mime, before))), Shows(Data((mime, now))));

        Assert.Equal(difference is null ? [] : [$"output 1: {difference}; allowed are 1 %"], found.Select(d => d.What));
    }

    [Fact]
    public void Json_is_compared_in_the_order_of_its_keys_and_a_script_beside_its_plain_text()
    {
        Assert.Empty(
            new NotebookComparison().Compare(Shows(Json("""{"b": [5, 100], "a": 1}""")), Shows(Json("""{"a": 1, "b": [5, 100]}""")))
        );
        Assert.Equal(
            "output 1: 100 became 900; allowed are 1 %",
            Assert.Single(new NotebookComparison().Compare(Shows(Json("""{"b": [5, 100]}""")), Shows(Json("""{"b": [5, 900]}""")))).What
        );
        Assert.Equal(
            "output 1: 0.5 became 0.7; allowed are 1 %",
            Assert
                .Single(
                    new NotebookComparison().Compare(
                        Shows(Data(("application/javascript", "const curve = [0.5];"), ("text/plain", "a script"))),
                        Shows(Data(("application/javascript", "const curve = [0.7];"), ("text/plain", "a script")))
                    )
                )
                .What
        );
    }

    [Theory]
    [InlineData("""{ "relative": 0.2 }""", "10 20", "11 20", null)]
    [InlineData("""{ "absolute": 2 }""", "10 20", "12 20", null)]
    [InlineData("""{ "absolute": 0.1 }""", "10", "12", "10 became 12; allowed are 1 % and 1e-1")]
    [InlineData("""{ "relative": 0 }""", "10000", "10001", "10000 became 10001; allowed are 0 %")]
    [InlineData("""{ "ignore": ["\\d+$"] }""", "a 5 1.2 77\nb 78", "a 5 1.2 99\nb 100", null)]
    [InlineData("false", "10", "words", null)]
    public void A_cells_metadata_say_what_it_may_differ_by(string verify, string before, string now, string? difference)
    {
        var stored = Shows(Stream(before));
        stored.Cells[0].Metadata["gaitprop"] = new JsonObject { ["verify"] = JsonNode.Parse(verify) };
        Assert.Equal(
            difference is null ? [] : [$"output 1: {difference}"],
            new NotebookComparison().Compare(stored, Shows(Stream(now))).Select(d => d.What)
        );

        // And those of the notebook, for all of its cells.
        if (verify != "false")
        {
            var common = Shows(Stream(before));
            common.Metadata["gaitprop"] = new JsonObject { ["verify"] = JsonNode.Parse(verify) };
            Assert.Equal(
                difference is null ? [] : [$"output 1: {difference}"],
                new NotebookComparison().Compare(common, Shows(Stream(now))).Select(d => d.What)
            );
        }
    }

    [Theory]
    [InlineData("true")]
    [InlineData("7")]
    [InlineData("""{ "tolerance": 1 }""")]
    [InlineData("""{ "relative": -1 }""")]
    [InlineData("""{ "relative": 1 }""")]
    [InlineData("""{ "relative": "1" }""")]
    [InlineData("""{ "relative": 1e999 }""")]
    [InlineData("""{ "ignore": "x" }""")]
    [InlineData("""{ "ignore": [null] }""")]
    [InlineData("""{ "ignore": ["("] }""")]
    public void Metadata_that_make_no_sense_are_one_line_with_the_cell(string verify)
    {
        var stored = Shows(Stream("1"));
        stored.Cells[0].Metadata["gaitprop"] = new JsonObject { ["verify"] = JsonNode.Parse(verify) };

        var error = Assert.Throws<NotebookException>(() => new NotebookComparison().Compare(stored, Shows(Stream("1"))));
        Assert.Contains("cell 1's metadata", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "cell 1")]
    [InlineData(true, "the notebook's metadata")]
    public void An_expression_that_takes_for_ever_is_one_line_with_its_place(bool isCommon, string place)
    {
        var text = new string('a', 60) + "!";
        var stored = Shows(Stream(text));
        var metadata = isCommon ? stored.Metadata : stored.Cells[0].Metadata;
        metadata["gaitprop"] = new JsonObject { ["verify"] = JsonNode.Parse("""{ "ignore": ["(a|aa)+$"] }""") };

        var error = Assert.Throws<NotebookException>(() => new NotebookComparison().Compare(stored, Shows(Stream(text))));
        Assert.Equal($"'ignore' in {place}: the expression '(a|aa)+$' takes longer than 2 s; make it simpler.", error.Message);
    }

    [Fact]
    public void What_the_caller_ignores_is_gone_and_cells_that_may_fail_or_are_skipped_are_left_out()
    {
        Assert.Empty(
            new NotebookComparison(new Regex("done (before|in)")).Compare(Shows(Stream("x done in 0:07")), Shows(Stream("x done before")))
        );

        var failed = Shows(
            new JsonObject
            {
                ["output_type"] = "error",
                ["ename"] = "Oh",
                ["evalue"] = "no",
                ["traceback"] = new JsonArray(),
            }
        );
        Assert.NotEmpty(new NotebookComparison().Compare(Shows(Stream("1")), failed));
        failed.Cells[0].Metadata["tags"] = new JsonArray(NotebookRunner.MayFail);
        Assert.Empty(new NotebookComparison().Compare(Shows(Stream("1")), failed));
    }

    [Fact]
    public void Two_notebooks_are_not_compared()
    {
        Assert.Contains(
            "from cell 1 on",
            Assert
                .Throws<NotebookException>(() => new NotebookComparison().Compare(NotebookText.OfCode("1"), NotebookText.OfCode("2")))
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "not the same",
            Assert
                .Throws<NotebookException>(() => new NotebookComparison().Compare(NotebookText.OfCode("1"), NotebookText.OfCode("1", "2")))
                .Message,
            StringComparison.Ordinal
        );
    }

    private static NotebookDocument Shows(params JsonObject[] outputs)
    {
        var notebook = NotebookText.OfCode("code");
        foreach (var output in outputs)
        {
            notebook.Cells[0].Outputs.Add(output);
        }

        return notebook;
    }

    private static JsonObject Stream(string text, string name = "stdout") =>
        new()
        {
            ["output_type"] = "stream",
            ["name"] = name,
            ["text"] = text,
        };

    private static JsonObject Json(string json)
    {
        var output = Data();
        output["data"]!["application/json"] = JsonNode.Parse(json);
        return output;
    }

    private static JsonObject Data(params (string Mime, string Text)[] bundle) =>
        new()
        {
            ["output_type"] = "display_data",
            ["metadata"] = new JsonObject(),
            ["data"] = new JsonObject(bundle.Select(b => KeyValuePair.Create(b.Mime, (JsonNode?)b.Text))),
        };
}
