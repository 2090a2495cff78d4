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
}
