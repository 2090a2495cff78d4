using System.Globalization;
using GaitProp.Kernel.Formatters;
using GaitProp.Kernel.Jupyter.Cells;
using GaitProp.Runtime;

namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>Runs C# cells in this process.</summary>
public sealed class CSharpCellEngine : ICellEngine
{
    private readonly ScriptSession _session = new();
    private readonly SemaphoreSlim _turn = new(1);

    /// <inheritdoc/>
    public async Task<CellResult> ExecuteAsync(string code, int number, ICellOutput output, CancellationToken interrupt)
    {
        ArgumentNullException.ThrowIfNull(output);
        await _turn.WaitAsync(interrupt).ConfigureAwait(false);
        try
        {
            CellConsole.Enter(output);
            var submission = await Task.Run(() => _session.Compile(code, $"Cell [{number.ToString(CultureInfo.InvariantCulture)}]"), interrupt).ConfigureAwait(false);
            LibTorch.Load();
            var value = await Task.Run(() => _session.RunAsync(submission), interrupt).WaitAsync(interrupt).ConfigureAwait(false);
            if (submission.HasResult)
            {
                output.Result(Formatted.Bundle(value));
            }

            return CellResult.Ok;
        }
        catch (SubmissionException e)
        {
            return new CellResult(CellStatus.Error, new CellError("CompilationError", e.Message, [.. e.Errors.Select(x => x.ToString())]));
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return new CellResult(CellStatus.Interrupted, new CellError("Interrupted", "The cell was stopped.", ["The cell was stopped."]));
        }
#pragma warning disable CA1031 // Whatever user code throws is the cell's result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new CellResult(CellStatus.Error, new CellError(e.GetType().Name, e.Message, e.ToString().Split('\n')));
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        try
        {
            var value = await _session.RunAsync(_session.Compile(expression, "expression")).WaitAsync(cancellation).ConfigureAwait(false);
            return Formatted.Bundle(value);
        }
#pragma warning disable CA1031 // Whatever user code throws is the expression's result.
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            throw new CellException(e.Message, e.GetType().Name);
        }
    }

    /// <inheritdoc/>
    public Task<CellCompletion> CompleteAsync(string code, int position, CancellationToken cancellation) =>
        Task.FromResult(new CellCompletion(position, position, []));

    /// <inheritdoc/>
    public Task<MimeBundle?> InspectAsync(string code, int position, int detail, CancellationToken cancellation) => Task.FromResult<MimeBundle?>(null);

    /// <inheritdoc/>
    public Task<CellCompleteness> IsCompleteAsync(string code, CancellationToken cancellation) => Task.FromResult(new CellCompleteness(Completeness.Complete));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }
}
