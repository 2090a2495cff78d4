using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Notebooks;

namespace GaitProp.Notebook.Tests.Notebooks;

public sealed class CellRecorderTests
{
    private readonly JsonArray _outputs = [];
    private readonly NotebookDisplays _displays = new();
    private readonly CellRecorder _cell;

    public CellRecorderTests() => _cell = new CellRecorder(_outputs, 7, _displays);

    private string[] Outputs
    {
        get
        {
            _cell.Settle();
            return [.. _outputs.Select(o => Words((JsonObject)o!))];
        }
    }

    [Fact]
    public void Pieces_of_a_stream_become_one_output_until_something_else_comes()
    {
        _cell.Write(CellStream.Out, "a");
        _cell.Write(CellStream.Out, "b\n");
        _cell.Write(CellStream.Error, "oh");
        _cell.Write(CellStream.Out, "c");
        _cell.Display(MimeBundle.OfText("picture"));
        _cell.Write(CellStream.Out, "d");
        _cell.Write(CellStream.Out, "");

        Assert.Equal(["stdout:ab\n", "stderr:oh", "stdout:c", "display_data:picture", "stdout:d"], Outputs);
    }

    [Theory]
    [InlineData("10 %\r20 %\r100 %\ndone", "100 %\ndone")]
    [InlineData("line\r\nnext\r\n", "line\nnext\n")]
    [InlineData("a\nbcd\rx", "a\nx")]
    [InlineData("50 %\r", "50 %\r")]
    [InlineData("abc\b\bd", "ad")]
    [InlineData("a\n\bb", "a\nb")]
    public void A_stream_is_kept_as_it_stands_at_the_end(string written, string kept)
    {
        foreach (var c in written)
        {
            _cell.Write(CellStream.Out, c.ToString());
        }

        Assert.Equal([$"stdout:{kept}"], Outputs);
    }

    [Fact]
    public void A_stream_without_end_is_cut_and_says_so()
    {
        for (var i = 0; i < 6; i++)
        {
            _cell.Write(CellStream.Out, new string('x', StreamText.Most / 4));
        }

        var text = Outputs.Single();
        Assert.InRange(text.Length, StreamText.Most, StreamText.Most + 200);
        Assert.EndsWith("… the rest is left out: a notebook keeps the first 4 MB of a stream.\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_was_left_out_on_its_way_is_told_behind_a_stream_that_is_full_too()
    {
        _cell.LeftOut(0);
        Assert.Empty(Outputs);

        _cell.Write(CellStream.Out, new string('x', StreamText.Most + 500_000));
        _cell.Write(CellStream.Error, new string('x', StreamText.Most));
        _cell.Write(CellStream.Error, new string('é', 100_000));
        _cell.Write(CellStream.Error, new string('é', 100_000));
        _cell.LeftOut(4_900_000);
        Assert.Equal(3, Outputs.Length);

        // What the streams themselves have left out is in it.
        Assert.Equal("stderr:\n[… 5.8 MB more were not shown]\n", Outputs[2]);
    }

    [Fact]
    public void Progress_bars_of_any_length_do_not_count()
    {
        for (var i = 0; i <= 100; i++)
        {
            _cell.Write(CellStream.Out, $"\r{i, 3} {new string('#', StreamText.Most / 40)}");
        }

        Assert.StartsWith("stdout:100 ####", Outputs.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_replaces_what_stands_under_its_name_in_this_cell_and_in_earlier_ones()
    {
        _cell.Display(MimeBundle.OfText("0 %"), "bar");
        _cell.Display(MimeBundle.OfText("other"), "other");
        var later = new JsonArray();
        var next = new CellRecorder(later, 8, _displays);

        next.Update("bar", MimeBundle.OfText("50 %"));
        next.Update("nothing", MimeBundle.OfText("lost"));
        Assert.Equal(["display_data:50 %", "display_data:other"], Outputs);

        next.Display(MimeBundle.OfText("100 %"), "bar");
        Assert.Equal(["display_data:100 %", "display_data:other"], Outputs);
        Assert.Equal("100 %", later.Single()!["data"]![MimeBundle.PlainText]!.GetValue<string>());
    }

    [Fact]
    public void Clearing_empties_the_cell_at_once_or_with_the_next_output()
    {
        _cell.Write(CellStream.Out, "old");
        _cell.Clear(wait: true);
        Assert.Equal(["stdout:old"], Outputs);
        _cell.Write(CellStream.Out, "new");
        Assert.Equal(["stdout:new"], Outputs);

        _cell.Clear(wait: false);
        Assert.Empty(Outputs);
        _cell.Write(CellStream.Out, "newer");
        Assert.Equal(["stdout:newer"], Outputs);
    }

    [Fact]
    public void A_result_has_the_count_and_an_error_its_traceback()
    {
        _cell.Result(
            new MimeBundle(
                new Dictionary<string, JsonNode> { ["application/json"] = new JsonObject { ["a"] = 1 } },
                new JsonObject { ["image/png"] = new JsonObject { ["width"] = 3 } }
            )
        );
        _cell.Error(new CellError("Oh", "no", ["Oh: no", "  at Cell [7], line 1"]));

        var result = _outputs[0]!;
        Assert.Equal(7, result["execution_count"]!.GetValue<int>());
        Assert.Equal(1, result["data"]!["application/json"]!["a"]!.GetValue<int>());
        Assert.Equal(3, result["metadata"]!["image/png"]!["width"]!.GetValue<int>());
        Assert.Equal(2, ((JsonArray)_outputs[1]!["traceback"]!).Count);
    }

    [Fact]
    public void Nobody_answers_a_question()
    {
        var error = Assert.Throws<CellException>(() => _cell.Input("name?", password: false, TestContext.Current.CancellationToken));

        Assert.Contains("nobody to ask", error.Message, StringComparison.Ordinal);
    }

    private static string Words(JsonObject output) =>
        output["output_type"]!.GetValue<string>() == "stream"
            ? $"{output["name"]}:{output["text"]}"
            : $"{output["output_type"]}:{output["data"]?[MimeBundle.PlainText]}";
}
