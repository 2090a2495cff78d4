using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Notebooks;

/// <summary>Is told how far the run of a notebook has come.</summary>
internal interface INotebookProgress
{
    /// <summary>A cell begins.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="number">Its number among the cells that are run, from 1.</param>
    /// <param name="of">How many are run.</param>
    void Begin(NotebookCell cell, int number, int of);

    /// <summary>It has ended.</summary>
    /// <param name="status">How.</param>
    /// <param name="elapsed">How long it took.</param>
    void End(CellStatus status, TimeSpan elapsed);
}
