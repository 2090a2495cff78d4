using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Notebooks;

/// <summary>How the run of a notebook ended.</summary>
/// <param name="Ran">Cells that were run.</param>
/// <param name="Allowed">Cells among them that failed and were allowed to.</param>
/// <param name="Failed">The cell that ended the run, or <see langword="null"/>.</param>
/// <param name="Interrupted">Whether the user ended it.</param>
internal sealed record RunOutcome(int Ran, int Allowed, FailedCell? Failed, bool Interrupted);

/// <summary>A cell that failed.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Position">Its place among all cells, from 1.</param>
/// <param name="Number">Its execution count.</param>
/// <param name="Error">What went wrong.</param>
internal sealed record FailedCell(NotebookCell Cell, int Position, int Number, CellError Error);
