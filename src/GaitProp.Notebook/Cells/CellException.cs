namespace GaitProp.Notebook.Cells;

/// <summary>
/// A cell cannot do what it was asked to, and the message says all that there is to say: shown as one line, without a stack trace.
/// </summary>
/// <param name="message">What, where, and what to do.</param>
/// <param name="name">Jupyter's <c>ename</c>.</param>
internal sealed class CellException(string message, string name = "Error") : Exception(message)
{
    /// <summary>Jupyter's <c>ename</c>.</summary>
    public string Name { get; } = name;

    /// <summary>What the cell shows in the place of the one line; <see langword="null"/> if it shows that.</summary>
    public CellError? Shown { get; init; }
}
