using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Tests.Notebooks;

/// <summary>An engine whose cells are written in C# of the test: the text of a cell names what it does.</summary>
internal sealed class ScriptedEngine(Dictionary<string, Func<ICellOutput, CancellationToken, Task<CellResult>>> cells) : ICellEngine
{
    /// <summary>The texts that were run, in order.</summary>
    public List<(string Code, int Number)> Ran { get; } = [];

    /// <summary>Cells that end well.</summary>
    public static ScriptedEngine Of(params (string Code, Action<ICellOutput> Does)[] cells) =>
        new(
            cells.ToDictionary(
                c => c.Code,
                c => new Func<ICellOutput, CancellationToken, Task<CellResult>>(
                    (output, _) =>
                    {
                        c.Does(output);
                        return Task.FromResult(CellResult.Ok);
                    }
                )
            )
        );

    /// <summary>A failure, as the engine reports one.</summary>
    public static CellResult Failure(string name, string message, params string[] traceback) =>
        new(CellStatus.Error, new CellError(name, message, traceback));

    public Task<CellResult> ExecuteAsync(string code, int number, ICellOutput output, CancellationToken interrupt)
    {
        Ran.Add((code, number));
        return cells.TryGetValue(code, out var cell) ? cell(output, interrupt) : Task.FromResult(CellResult.Ok);
    }

    public Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<CellCompletion> CompleteAsync(string code, int position, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<MimeBundle?> InspectAsync(string code, int position, int detail, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public Task<CellCompleteness> IsCompleteAsync(string code, CancellationToken cancellation) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
