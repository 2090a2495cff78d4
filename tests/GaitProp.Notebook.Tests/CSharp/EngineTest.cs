using CsCheck;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Engine;

namespace GaitProp.Notebook.Tests.CSharp;

/// <summary>An engine for several tests, as one notebook has: for languages that take seconds to start.</summary>
public class SharedEngine : IAsyncDisposable
{
    internal NotebookEngine Engine { get; } = new(GaitPropKit.Kit);

    /// <summary>The number of the last cell.</summary>
    internal int Number { get; set; }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Engine.DisposeAsync();
    }
}

/// <summary>An engine, and the cell that its output goes to.</summary>
/// <param name="shared">The engine of the tests of a class; <see langword="null"/> for one of this test's own.</param>
public abstract class EngineTest(SharedEngine? shared = null) : IAsyncDisposable
{
    /// <summary>No cell of a test takes so long on any machine: one that never ends fails, and the tests go on.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly SharedEngine _engine = shared ?? new SharedEngine();

    /// <summary>Cancelled when the test is.</summary>
    internal static CancellationToken Ending => TestContext.Current.CancellationToken;

    internal NotebookEngine Engine => _engine.Engine;

    /// <summary>The number of the last cell.</summary>
    internal int Number => _engine.Number;

    internal RecordedCell Cell { get; private set; } = new();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return shared is null ? _engine.DisposeAsync() : ValueTask.CompletedTask;
    }

    /// <summary>Runs a cell that must go well, in a new <see cref="Cell"/>.</summary>
    internal async Task Run(string code)
    {
        var result = await Try(code);
        Assert.True(result.Status == CellStatus.Ok, result.Error is null ? "" : string.Join('\n', result.Error.Traceback));
    }

    /// <summary>Runs a cell that may fail, in a new <see cref="Cell"/>.</summary>
    internal Task<CellResult> Try(string code, CancellationToken interrupt = default)
    {
        Cell = new RecordedCell();
        return Engine.ExecuteAsync(code, ++_engine.Number, Cell, interrupt).WaitAsync(Limit, Ending);
    }

    /// <summary>Runs a cell that must fail.</summary>
    internal async Task<CellError> Fail(string code)
    {
        var result = await Try(code);
        Assert.Equal(CellStatus.Error, result.Status);
        return result.Error!;
    }

    /// <summary>The text of the value of a cell.</summary>
    internal async Task<string> Value(string code)
    {
        await Run(code);
        return Text(Assert.Single(Cell.Events, e => e.Kind == "result").Bundle!);
    }

    /// <summary>Any of some texts.</summary>
    internal static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    internal static string Text(MimeBundle bundle) => bundle.Data[MimeBundle.PlainText].ToString();

    internal static string Html(MimeBundle bundle) => bundle.Data[MimeBundle.Html].ToString();

    /// <summary>Waits until something is so; the test fails if it never is.</summary>
    internal static async Task Until(Func<bool> isSo)
    {
        for (var start = Environment.TickCount64; !isSo(); )
        {
            Assert.True(Environment.TickCount64 - start < 60_000, "It did not happen within a minute.");
            await Task.Delay(10, Ending);
        }
    }
}
