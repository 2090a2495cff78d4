using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Tests.CSharp;

[Collection(Alone.Name)]
public sealed class CellConsoleTests : EngineTest
{
    [Fact]
    public async Task A_console_that_a_library_replaced_is_the_cells_again_at_the_next_cell()
    {
        await Run("Console.Write(1);");
        var (before, error) = (Console.Out, Console.Error);
        try
        {
            Console.SetOut(TextWriter.Null);
            Console.SetError(TextWriter.Null);
            await Run("Console.Write(2); Console.Error.Write(3);");
            Assert.Equal(("2", "3"), (Cell.Out, Cell.Error));

            // The library puts back what it had found.
            Console.SetOut(before);
            Console.SetError(error);
            await Run("Console.Write(4); Console.Error.Write(5);");
            Assert.Equal(("4", "5"), (Cell.Out, Cell.Error));
            Assert.Same(before, Console.Out);
        }
        finally
        {
            Console.SetOut(before);
            Console.SetError(error);
        }
    }

    [Fact]
    public async Task The_rest_of_a_line_is_read_by_the_cell_that_asked_for_it_and_by_no_later_one()
    {
        Assert.Equal("abc", await Typed("Console.Write((char)Console.Read()); Console.Write(Console.ReadLine());", "abc"));
        Assert.Equal("d", await Typed("Console.Write((char)Console.Read());", "def"));
        Assert.Equal("-1 next", await Typed("Console.Write(Console.In.Peek() + \" \" + Console.ReadLine());", "next"));
    }

    /// <summary>What a cell prints for which a line is typed.</summary>
    private async Task<string> Typed(string code, string line)
    {
        var cell = new RecordedCell();
        cell.Answers.Enqueue(line);
        Assert.Equal(CellResult.Ok, await Engine.ExecuteAsync(code, 1, cell, Ending));
        return cell.Out;
    }
}
