using System.Diagnostics;
using System.Globalization;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Notebooks;

/// <summary>Runs the code cells of a notebook from top to bottom and puts what they make into it.</summary>
/// <param name="engine">Runs the cells; it begins without variables.</param>
/// <param name="kernel">The kernel that the notebook names.</param>
internal sealed class NotebookRunner(ICellEngine engine, NotebookKernel kernel)
{
    /// <summary>A cell of this tag may fail.</summary>
    public const string MayFail = "raises-exception";

    /// <summary>A cell of this tag is not run and keeps its outputs.</summary>
    public const string Skipped = "skip-execution";

    /// <summary>How long a cell may take; for ever if <see langword="null"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether the run goes on after a cell that fails.</summary>
    public bool AllowErrors { get; init; }

    /// <summary>Runs it. Outputs of cells that are not reached are cleared: what the notebook shows is what this run made.</summary>
    /// <param name="notebook">The notebook, whose cells get outputs and execution counts.</param>
    /// <param name="progress">Is told of each cell.</param>
    /// <param name="interrupt">Stops the cell that runs, and the run.</param>
    public async Task<RunOutcome> RunAsync(NotebookDocument notebook, INotebookProgress progress, CancellationToken interrupt)
    {
        notebook.NameKernel(kernel);
        var displays = new NotebookDisplays();
        var cells = notebook.Cells.Index().Where(c => c.Item.IsCode && !c.Item.Tags.Contains(Skipped)).ToArray();
        foreach (var (_, cell) in cells)
        {
            cell.Outputs.Clear();
            cell.ExecutionCount = null;
            cell.Metadata.Remove("execution");
        }

        cells = [.. cells.Where(c => !string.IsNullOrWhiteSpace(c.Item.Source))];
        var recorders = new List<CellRecorder>();
        var allowed = 0;
        try
        {
            foreach (var (index, (position, cell)) in cells.Index())
            {
                var number = index + 1;
                cell.ExecutionCount = number;
                progress.Begin(cell, number, cells.Length);
                var recorder = new CellRecorder(cell.Outputs, number, displays);
                recorders.Add(recorder);
                var watch = Stopwatch.StartNew();
                var result = await Run(cell, number, recorder, interrupt);
                if (result.Error is { } error)
                {
                    recorder.Error(error);
                }

                progress.End(result.Status, watch.Elapsed);
                if (result.Status == CellStatus.Interrupted)
                {
                    return new RunOutcome(number, allowed, null, Interrupted: true);
                }

                if (result.Status == CellStatus.Error)
                {
                    if (!AllowErrors && !cell.Tags.Contains(MayFail))
                    {
                        return new RunOutcome(
                            number,
                            allowed,
                            new FailedCell(cell, position + 1, number, result.Error ?? new CellError("Error", "The cell failed.", [])),
                            Interrupted: false
                        );
                    }

                    allowed++;
                }
            }

            return new RunOutcome(cells.Length, allowed, null, Interrupted: false);
        }
        finally
        {
            recorders.ForEach(r => r.Settle());
        }
    }

    private async Task<CellResult> Run(NotebookCell cell, int number, CellRecorder recorder, CancellationToken interrupt)
    {
        if (interrupt.IsCancellationRequested)
        {
            return new CellResult(CellStatus.Interrupted);
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(interrupt);
        if (Timeout is { } timeout)
        {
            stop.CancelAfter(timeout);
        }

        var result = await engine.ExecuteAsync(cell.Code, number, recorder, stop.Token);
        if (result.Status != CellStatus.Interrupted || interrupt.IsCancellationRequested || !stop.IsCancellationRequested)
        {
            return result;
        }

        var message = string.Create(
            CultureInfo.InvariantCulture,
            $"The cell was stopped after {Timeout!.Value.TotalSeconds:0.###} s, the longest that a cell may take (--timeout)."
        );
        return new CellResult(CellStatus.Error, new CellError("CellTimeoutError", message, [$"CellTimeoutError: {message}"]));
    }
}
