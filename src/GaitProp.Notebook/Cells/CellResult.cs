namespace GaitProp.Notebook.Cells;

/// <summary>How a cell ended.</summary>
internal enum CellStatus
{
    /// <summary>It ran to its end.</summary>
    Ok,

    /// <summary>It failed; <see cref="CellResult.Error"/> says why.</summary>
    Error,

    /// <summary>The user stopped it; <see cref="CellResult.Error"/> says so.</summary>
    Interrupted,
}

/// <summary>What went wrong in a cell.</summary>
/// <param name="Name">The exception's type, or <c>CompilationError</c>: Jupyter's <c>ename</c>.</param>
/// <param name="Message">Its message in one line: Jupyter's <c>evalue</c>.</param>
/// <param name="Traceback">Lines to show, the message included; they may hold ANSI colours.</param>
/// <param name="Bundle">The same as HTML, for front ends that show it; <see langword="null"/> if there is only the traceback.</param>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback, MimeBundle? Bundle = null);

/// <summary>What became of a cell.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Error">What went wrong, unless it went well.</param>
internal sealed record CellResult(CellStatus Status, CellError? Error = null)
{
    /// <summary>It went well.</summary>
    public static CellResult Ok { get; } = new(CellStatus.Ok);
}
