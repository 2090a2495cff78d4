namespace GaitProp.Notebook.Cells;

/// <summary>
/// Runs cells: in this process, or, behind the same face, in a process of its own. Positions are indices of UTF-16 units; the protocol's
/// code points are converted by the server. One cell runs at a time; completion, inspection and completeness are answered while it runs.
/// </summary>
internal interface ICellEngine : IAsyncDisposable
{
    /// <summary>Runs a cell.</summary>
    /// <param name="code">Its text: C#, magics, or both.</param>
    /// <param name="number">Its execution count, which stands in stack traces: <c>Cell [3], line 2</c>.</param>
    /// <param name="output">Takes what it makes.</param>
    /// <param name="interrupt">The stop button. The engine stops the cell whatever it does and keeps all variables.</param>
    Task<CellResult> ExecuteAsync(string code, int number, ICellOutput output, CancellationToken interrupt);

    /// <summary>The value of an expression in the state that the cells left behind (the protocol's <c>user_expressions</c>).</summary>
    /// <param name="expression">C#.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="CellException">It has no value; the message says why.</exception>
    Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancellation);

    /// <summary>What could stand at a position.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">The caret.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<CellCompletion> CompleteAsync(string code, int position, CancellationToken cancellation);

    /// <summary>What stands at a position: signature and documentation; <see langword="null"/> if nothing is known of it.</summary>
    /// <param name="code">The cell's text.</param>
    /// <param name="position">The caret.</param>
    /// <param name="detail">0 for a summary, 1 for all that is known.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<MimeBundle?> InspectAsync(string code, int position, int detail, CancellationToken cancellation);

    /// <summary>Whether a text can be run as it stands (for consoles, which run a cell at the end of a line).</summary>
    /// <param name="code">The text.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<CellCompleteness> IsCompleteAsync(string code, CancellationToken cancellation);
}
