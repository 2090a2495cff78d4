using GaitProp.Kernel.Jupyter;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Worker;

namespace GaitProp.Kernel.Tests.Packages;

/// <summary>The kit's own host: the process that runs the cells of its Jupyter kernel.</summary>
internal sealed class OwnHost : INotebookHost
{
    private readonly RemoteEngine _engine = new(OwnProgram.StartWorker, _ => { });
    private int _cells;

    public async Task<(bool Succeeded, string Text)> Submit(string code, CancellationToken cancellation)
    {
        var cell = new RecordedCell();
        var result = await ((ICellEngine)_engine).ExecuteAsync(code, ++_cells, cell, cancellation);
        var forms = cell.Shown.SelectMany(shown => shown.Data.Select(form => $"{form.Key}: {form.Value}"));
        return (result.Status == CellStatus.Ok, string.Join('\n', [cell.Out, cell.Error, .. forms, result.Error?.Message ?? ""]));
    }

    public void Dispose() => _engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
