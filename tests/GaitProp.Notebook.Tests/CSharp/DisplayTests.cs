using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Tests.CSharp;

public sealed class DisplayTests(SharedEngine shared) : EngineTest(shared), IClassFixture<SharedEngine>
{
    /// <summary>JSON that no other program reads whole is text.</summary>
    [Theory]
    [InlineData(@"{""a"":""\ud83d""}")]
    [InlineData(@"{""a"":1,""a"":2}")]
    public async Task Json_with_half_a_character_or_a_field_twice_ends_nothing(string json)
    {
        await Run($"\"\"\"{json}\"\"\".DisplayAs(\"application/json\");");

        Assert.Equal("2", await Value("1 + 1"));
    }

    [Fact]
    public async Task Values_are_shown_in_their_best_form_or_the_one_named()
    {
        await Run(
            "display(41); 42.Display(); \"<b>x</b>\".DisplayAs(\"text/html\"); display(\"{\\\"a\\\":[1]}\", \"application/json\"); display(HTML(\"<i>y</i>\"));"
        );
        Assert.Equal(5, Cell.Shown.Count);
        Assert.Equal("41", Text(Cell.Shown[0]));
        Assert.Equal("42", Text(Cell.Shown[1]));
        Assert.Equal("<b>x</b>", Html(Cell.Shown[2]));
        Assert.Equal(1, (int)Cell.Shown[3].Data["application/json"]["a"]![0]!);
        Assert.Equal("<i>y</i>", Html(Cell.Shown[4]));
    }

    [Fact]
    public async Task Bytes_are_a_drawing_a_sound_or_a_document_as_they_are_said_to_be()
    {
        await Run(
            "display(\"<svg>ä</svg>\"u8.ToArray(), \"image/svg+xml\"); display(new byte[] { 1, 2, 3 }, \"audio/wav\"); display(new byte[1234], \"application/pdf\");"
        );
        Assert.Equal("<svg>ä</svg>", Cell.Shown[0].Data["image/svg+xml"].ToString());
        Assert.Equal("image/svg+xml, 13 bytes", Text(Cell.Shown[0]));
        Assert.Equal("AQID", Cell.Shown[1].Data["audio/wav"].ToString());
        Assert.Equal("audio/wav, 3 bytes", Text(Cell.Shown[1]));
        Assert.Equal(Convert.ToBase64String(new byte[1234]), Cell.Shown[2].Data["application/pdf"].ToString());
        Assert.Equal("application/pdf, 1,234 bytes", Text(Cell.Shown[2]));
    }

    [Fact]
    public void Bytes_of_a_picture_are_shown_as_large_as_they_say()
    {
        // 192 x 96 dots, two for each of the screen's.
        byte[] head = [.. new byte[8], 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 192, 0, 0, 0, 96, .. new byte[9]];
        byte[] resolution = [0, 0, 0, 9, .. "pHYs"u8, 0, 0, 0x1d, 0x87, 0, 0, 0x1d, 0x87, 1, .. new byte[4]];
        var size = CellDisplay.Bundle((byte[])[.. head, .. resolution], [MimeBundle.Png]).Metadata![MimeBundle.Png]!;
        Assert.Equal((96, 48), ((int)size["width"]!, (int)size["height"]!));
    }

    [Fact]
    public async Task Text_is_escaped_in_HTML()
    {
        await Run("display(new { Name = \"<script>\" });");
        Assert.DoesNotContain("<script>", Html(Cell.Shown[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_shown_can_be_replaced_in_this_cell_and_in_later_ones()
    {
        await Run("var d = display(\"a\"); d.Update(\"b\");");
        Assert.Equal("b", Text(Assert.Single(Cell.Shown)));
        var id = Cell.Events[0].Id;

        await Run("await Task.Run(() => d.Update(\"c\"));");
        var update = Assert.Single(Cell.Events);
        Assert.Equal(("update", id, "c"), (update.Kind, update.Id, Text(update.Bundle!)));
    }

    [Theory]
    [InlineData("display(41)")]
    [InlineData("41.Display()")]
    [InlineData("var handle = \"41\".DisplayAs(\"text/plain\");\nhandle")]
    public async Task A_cell_that_ends_with_display_shows_its_value_once(string code)
    {
        await Run(code);
        Assert.Equal("41", Text(Assert.Single(Cell.Shown)));
    }

    [Fact]
    public async Task An_update_keeps_the_form()
    {
        await Run("display(\"<b>1</b>\", \"text/html\").Update(\"<b>2</b>\");");
        Assert.Equal("<b>2</b>", Html(Assert.Single(Cell.Shown)));
    }

    [Fact]
    public async Task A_cell_is_cleared()
    {
        await Run("display(1); clear(); clear(wait: true);");
        Assert.Equal(["display", "clear", "clear"], Cell.Events.Select(e => e.Kind));
    }

    [Fact]
    public async Task Questions_are_asked_of_the_user()
    {
        // Answers have to be there before the cell runs.
        var cell = new RecordedCell();
        cell.Answers.Enqueue("one");
        cell.Answers.Enqueue("two");
        cell.Answers.Enqueue("three");
        var result = await Engine.ExecuteAsync(
            "Console.WriteLine(Console.ReadLine() + input(\"Name: \") + password(\"Secret: \"));",
            1,
            cell,
            Ending
        );
        Assert.Equal(CellResult.Ok, result);
        Assert.Equal("onetwothree", cell.Out.Trim());
    }

    [Fact]
    public async Task A_front_end_that_takes_no_input_is_an_error_of_one_line()
    {
        var error = await Fail("Console.ReadLine()");
        Assert.Equal("There is nobody to ask.", error.Message);
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task Threads_that_outlive_their_cell_write_into_the_last_one()
    {
        await Run(
            "var go = new ManualResetEventSlim(); var late = Task.Run(() => { go.Wait(); Console.Write(\"late\"); display(\"later\"); });"
        );
        var first = Cell;
        await Run("Console.Write(\"here \");");
        await Run("go.Set(); await late;");
        Assert.Equal("late", Cell.Out);
        Assert.Single(Cell.Shown);
        Assert.Equal("", first.Out);
    }

    [Fact]
    public async Task Threads_write_into_the_cell_that_ended_if_no_other_came()
    {
        await Run("_ = Task.Run(async () => { await Task.Delay(100); Console.Write(\"late\"); });");
        await Until(() => Cell.Out == "late");
    }

    [Fact]
    public async Task Threads_of_any_kind_write_into_their_cell()
    {
        await Run(
            """
            var t = new Thread(() => Console.Write("thread ")); t.Start(); t.Join();
            await Task.Run(() => Console.Write("task "));
            Parallel.For(0, 3, i => Console.Write("p"));
            var done = new TaskCompletionSource(); using (new Timer(_ => { Console.Write(" timer"); done.TrySetResult(); }, null, 1, -1)) await done.Task;
            """
        );
        Assert.Equal("thread task ppp timer", Cell.Out);
    }

    [Fact]
    public async Task A_megabyte_of_lines_arrives_complete()
    {
        await Run("for (var i = 0; i < 50_000; i++) Console.WriteLine(\"01234567890123456789\");");
        Assert.Equal(50_000 * (20 + Environment.NewLine.Length), Cell.Out.Length);
    }
}
