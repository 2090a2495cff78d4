using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.Assistance;
using GaitProp.Notebook.FSharp;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;

namespace GaitProp.Notebook.Engine;

/// <summary>Runs cells in this process: the library takes them apart and knows the languages, of which C# is our own.</summary>
internal sealed class NotebookEngine : ICellEngine, IObserver<KernelEvent>
{
    private const int DeepestImport = 16;

    private static readonly AsyncLocal<int> ImportDepth = new();

    private readonly Kit _kit;
    private readonly CSharpCells _cells;
    private readonly SubmissionWorkspace _workspace;
    private readonly NotebookLanguages _languages;
    private readonly CellAssistance _assistance;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>An engine without variables; the compiler and the formatters warm up in the background.</summary>
    /// <param name="kit">What the program brings along.</param>
    public NotebookEngine(Kit kit)
    {
        _kit = kit;
        Formatted.Prepare(kit.RegisterFormatters);
        WarmUp.Begin(kit);
        _cells = new CSharpCells(kit);
        _workspace = new SubmissionWorkspace(_cells.Session);
        _languages = new NotebookLanguages(Languages.Compose(_cells, _workspace, new FSharpCells(_cells.Session)), kit, ImportAsync);
        _languages.Root.KernelEvents.Subscribe(this);

        // The library lines up all that it is asked behind the cell that runs. An editor asks a second set of the same languages, over the
        // same variables.
        _assistance = new CellAssistance(
            _workspace,
            new Lazy<NotebookLanguages>(() => new NotebookLanguages(Languages.Compose(_cells, _workspace), kit, ImportAsync, _languages))
        );
    }

    /// <summary>The languages of the cells.</summary>
    internal CompositeKernel Root => _languages.Root;

    /// <inheritdoc/>
    public async Task<CellResult> ExecuteAsync(string code, int number, ICellOutput output, CancellationToken interrupt)
    {
        try
        {
            await _turn.WaitAsync(interrupt).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return Stopped("The cell was stopped before its turn came.");
        }

        try
        {
            return await Task.Run(() => RunCellAsync(code, number, output, interrupt), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => _cells.EvaluateAsync(expression, cancellation), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public Task<CellCompletion> CompleteAsync(string code, int position, CancellationToken cancellation) =>
        Task.Run(() => _assistance.CompleteAsync(code, position, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<MimeBundle?> InspectAsync(string code, int position, int detail, CancellationToken cancellation) =>
        Task.Run(() => _assistance.InspectAsync(code, position, detail, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<CellCompleteness> IsCompleteAsync(string code, CancellationToken cancellation) =>
        Task.FromResult(_assistance.Completeness(code));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _languages.Root.Dispose();
        _assistance.Dispose();
        _workspace.Dispose();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Shows what a language makes in the cell that runs, or ran last.</summary>
    void IObserver<KernelEvent>.OnNext(KernelEvent value)
    {
        if (_cells.Scopes.Latest?.Output is not { } output)
        {
            return;
        }

        switch (value)
        {
            case DisplayedValueUpdated updated:
                output.Update(updated.ValueId, Formatted.Bundle(updated.FormattedValues, updated.Value));
                break;
            case StandardOutputValueProduced written:
                output.Write(CellStream.Out, string.Concat(written.FormattedValues.Select(f => f.Value)));
                break;
            case StandardErrorValueProduced written:
                output.Write(CellStream.Error, string.Concat(written.FormattedValues.Select(f => f.Value)));
                break;
            case DisplayedValueProduced or ReturnValueProduced:
                var shown = (DisplayEvent)value;
                output.Display(Formatted.Bundle(shown.FormattedValues, shown.Value), shown.ValueId);
                break;
        }
    }

    /// <inheritdoc/>
    void IObserver<KernelEvent>.OnCompleted() { }

    /// <inheritdoc/>
    void IObserver<KernelEvent>.OnError(Exception error) { }

    private static CellResult Stopped(string message) => new(CellStatus.Interrupted, RuntimeErrors.Line("Interrupted", message));

    private async Task<CellResult> RunCellAsync(string code, int number, ICellOutput output, CancellationToken interrupt)
    {
        var cell = new CellScope(_cells.Scopes, output, interrupt);
        cell.Enter();
        try
        {
            await RunTextAsync(code, $"Cell [{number.ToString(CultureInfo.InvariantCulture)}]", cell, isCell: true).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever goes wrong is the cell's result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            cell.Fail(e);
        }
        finally
        {
            // What a cell left running writes to the cell that comes next.
            CellConsole.Install();
            cell.End();
        }

        return cell.Failure switch
        {
            null => CellResult.Ok,
            FSharpErrors e => new CellResult(CellStatus.Error, CompileErrors.Of(e.Errors)),
            SubmissionException e => new CellResult(CellStatus.Error, CompileErrors.Of(e)),
            UnstoppableException e => Stopped(e.Message),
            OperationCanceledException when interrupt.IsCancellationRequested => Stopped(
                "The cell was stopped; all variables are as they were at that moment."
            ),
            var e => new CellResult(CellStatus.Error, RuntimeErrors.Of(e, _kit)),
        };
    }

    private async Task RunTextAsync(string text, string name, CellScope cell, bool isCell)
    {
        var read = _languages.Read(text);
        if (read.Directives.FirstOrDefault(d => !_languages.Knows(d)) is { } unknown)
        {
            throw _languages.Unknown(unknown);
        }

        var outer = cell.Place;
        cell.Place = new CellPlace(read.Submitted, name, isCell);
        try
        {
            // Not with the stop button's token: the library would complete the command at once, and let its code run on.
            var result = await _languages.Root.SendAsync(new SubmitCode(read.Submitted), CancellationToken.None).ConfigureAwait(false);
            if (cell.Failure is null && result.Events.OfType<CommandFailed>().LastOrDefault() is { } failed)
            {
                cell.Fail(failed.Exception ?? new CellException(failed.Message.ReplaceLineEndings(" ")));
            }
        }
        finally
        {
            cell.Place = outer;
        }
    }

    private async Task ImportAsync(string words)
    {
        var cell = CellScope.Starter!;
        if (ImportDepth.Value >= DeepestImport)
        {
            throw new CellException(
                $"'{Path.GetFileName(words.Trim('"'))}' imports itself: {DeepestImport} imports within each other are the limit."
            );
        }

        ImportDepth.Value++;
        foreach (var (name, text) in ImportedFile.Read(words).TakeWhile(_ => cell.Failure is null))
        {
            await RunTextAsync(text, name, cell, isCell: false).ConfigureAwait(false);
        }
    }
}
