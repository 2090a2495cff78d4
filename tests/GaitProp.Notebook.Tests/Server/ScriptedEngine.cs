using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Tests.Server;

/// <summary>An engine whose cells are names of C# methods of the test.</summary>
internal sealed class ScriptedEngine : ICellEngine
{
    private readonly Dictionary<string, Func<ICellOutput, CancellationToken, CellResult>> _cells = [];

    /// <summary>The cells that ran, with their numbers.</summary>
    public List<(string Code, int Number)> Ran { get; } = [];

    /// <summary>What was asked for at a caret.</summary>
    public List<(string Code, int Position, int Detail)> Carets { get; } = [];

    /// <summary>What a cell does.</summary>
    public Func<ICellOutput, CancellationToken, CellResult> this[string code]
    {
        set => _cells[code] = value;
    }

    /// <summary>A cell that fails.</summary>
    public static CellResult Failed { get; } =
        new(CellStatus.Error, new CellError("SomeException", "it is broken", ["SomeException: it is broken", "  Cell [1], line 2"]));

    public Task<CellResult> ExecuteAsync(string code, int number, ICellOutput output, CancellationToken interrupt) =>
        Task.Run(() =>
        {
            lock (Ran)
            {
                Ran.Add((code, number));
            }

            return _cells.TryGetValue(code, out var cell) ? cell(output, interrupt) : CellResult.Ok;
        });

    public Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancellation) =>
        expression == "bad"
            ? throw new CellException("there is no bad", "CompilationError")
            : Task.FromResult(MimeBundle.OfText($"<{expression}>"));

    public Task<CellCompletion> CompleteAsync(string code, int position, CancellationToken cancellation)
    {
        Carets.Add((code, position, 0));
        return Task.FromResult(
            new CellCompletion(
                position - 1,
                position,
                [new CompletionEntry("Mean", "function", "double Mean()", "The mean."), new CompletionEntry("Max", "property")]
            )
        );
    }

    public Task<MimeBundle?> InspectAsync(string code, int position, int detail, CancellationToken cancellation)
    {
        Carets.Add((code, position, detail));
        return Task.FromResult(code == "?" ? null : MimeBundle.OfText("a sum"));
    }

    public Task<CellCompleteness> IsCompleteAsync(string code, CancellationToken cancellation) =>
        Task.FromResult(
            code switch
            {
                "{" => new CellCompleteness(Completeness.Incomplete, "    "),
                "}" => new CellCompleteness(Completeness.Invalid),
                _ => new CellCompleteness(Completeness.Complete),
            }
        );

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
