using GaitProp.Kernel.Jupyter.Cells;
using GaitProp.Kernel.Jupyter.CSharp;

namespace GaitProp.Kernel.Tests.Jupyter.CSharp;

public sealed class CSharpCellEngineTests : IAsyncDisposable
{
    private readonly CSharpCellEngine _engine = new();
    private readonly RecordedCell _cell = new();

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Fact]
    public async Task Variables_types_and_usings_live_across_cells()
    {
        await Run("using System.Numerics; var x = 20; record P(int X);");
        await Run("var p = new P(x + 1); var v = new Vector2(1, 2);");
        await Run("p.X + (int)v.Y * 10 + 1");
        Assert.Equal("42", _cell.Shown[^1].Data[MimeBundle.PlainText].ToString());
    }

    [Fact]
    public async Task What_is_written_to_the_console_is_streamed()
    {
        await Run("""Console.WriteLine("out"); await Task.Delay(1); Console.Error.Write("error");""");
        Assert.Equal("out\n", _cell.Out.ReplaceLineEndings("\n"));
        Assert.Equal("error", _cell.Error);
    }

    [Fact]
    public async Task A_failed_cell_keeps_what_was_assigned_before()
    {
        await Run("var a = 1;");
        var result = await _engine.ExecuteAsync("var b = 2; a = 5; throw new InvalidOperationException(\"no\"); var c = 3;", 2, _cell, CancellationToken.None);
        Assert.Equal(CellStatus.Error, result.Status);
        await Run("a * 10 + b");
        Assert.Equal("52", _cell.Shown[^1].Data[MimeBundle.PlainText].ToString());
    }

    private async Task Run(string code)
    {
        var result = await _engine.ExecuteAsync(code, 1, _cell, TestContext.Current.CancellationToken);
        Assert.Equal(CellResult.Ok, result);
    }
}
