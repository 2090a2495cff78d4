using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.References;
using GaitProp.Notebook.Magics;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Engine;

/// <summary>Runs cells of C# and magics in this process.</summary>
internal sealed class CSharpCellEngine : ICellEngine
{
    private readonly ScriptSession _session;
    private readonly CellScopes _scopes = new();
    private readonly ScriptVariables _variables;
    private readonly CellReferences _references;
    private readonly MagicList _magics;
    private readonly CellAssistance _assistance;
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>An engine without variables; the compiler and the formatters warm up in the background.</summary>
    /// <param name="kit">What the program brings along.</param>
    public CSharpCellEngine(Kit kit)
    {
        ArgumentNullException.ThrowIfNull(kit);
        _session = new ScriptSession(kit);
        _variables = new ScriptVariables(_session);
        _references = new CellReferences(_session);
        _magics = new MagicList((text, name, call, interrupt) => RunTextAsync(text, name, call.Output, showsResult: false, interrupt), _variables, kit);
        _assistance = new CellAssistance(_session, _magics);
        Formatted.Prepare(kit.RegisterFormatters);
        WarmUp.Begin(kit);
    }

    /// <summary>The magics that its cells know.</summary>
    internal MagicList Magics => _magics;

    /// <inheritdoc/>
    public async Task<CellResult> ExecuteAsync(string code, int number, ICellOutput output, CancellationToken interrupt)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(output);
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
        ArgumentNullException.ThrowIfNull(expression);
        await _turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await Task.Run(() => RunExpressionAsync(expression, cancellation), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public Task<CellCompletion> CompleteAsync(string code, int position, CancellationToken cancellation) => Task.Run(() => _assistance.CompleteAsync(code, position, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<MimeBundle?> InspectAsync(string code, int position, int detail, CancellationToken cancellation) =>
        Task.Run(() => _assistance.InspectAsync(code, position, detail, cancellation), cancellation);

    /// <inheritdoc/>
    public Task<CellCompleteness> IsCompleteAsync(string code, CancellationToken cancellation) => Task.FromResult(_assistance.Completeness(code));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _assistance.Dispose();
        _turn.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CellResult Stopped(string message) => new(CellStatus.Interrupted, RuntimeErrors.Line("Interrupted", message));

    private async Task<CellResult> RunCellAsync(string code, int number, ICellOutput output, CancellationToken interrupt)
    {
        CellConsole.Install();
        var scope = new CellScope(_scopes, output, interrupt);
        scope.Enter();
        try
        {
            await RunTextAsync(code, $"Cell [{number.ToString(CultureInfo.InvariantCulture)}]", output, showsResult: true, interrupt).ConfigureAwait(false);
            return CellResult.Ok;
        }
        catch (SubmissionException e)
        {
            return new CellResult(CellStatus.Error, CompileErrors.Of(e));
        }
        catch (UnstoppableException e)
        {
            return Stopped(e.Message);
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return Stopped("The cell was stopped; all variables are as they were at that moment.");
        }
#pragma warning disable CA1031 // Whatever user code throws is the cell's result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new CellResult(CellStatus.Error, RuntimeErrors.Of(e, _session.Kit));
        }
        finally
        {
            scope.End();
            _assistance.WarmUp();
        }
    }

    /// <summary>Runs the sections of a text in order.</summary>
    private async Task RunTextAsync(string text, string name, ICellOutput output, bool showsResult, CancellationToken interrupt)
    {
        var sections = CellSections.Parse(text, _magics.Find);
        if (sections.OfType<MagicSection>().FirstOrDefault(s => s.Magic is null) is { } unknown)
        {
            throw _magics.Unknown(unknown.Name);
        }

        foreach (var section in sections)
        {
            interrupt.ThrowIfCancellationRequested();
            switch (section)
            {
                case MagicSection magic:
                    await magic.Magic!.RunAsync(new MagicCall(magic.Arguments, magic.Body, output, _variables), interrupt).ConfigureAwait(false);
                    break;
                case CodeSection code:
                    await RunCodeAsync(code, name, output, isLast: showsResult && section == sections[^1], interrupt).ConfigureAwait(false);
                    break;
            }
        }
    }

    private async Task RunCodeAsync(CodeSection section, string name, ICellOutput output, bool isLast, CancellationToken interrupt)
    {
        await _references.AddAsync(section.References, output, interrupt).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(section.Code))
        {
            return;
        }

        await WarmUp.CompilerReady.WaitAsync(interrupt).ConfigureAwait(false);
        var submission = _session.Compile(section.Code, name, interrupt);
        await InterruptibleRun.RunAsync(CellScope.Current!, async () =>
        {
            var value = await _session.RunAsync(submission).ConfigureAwait(true);
            if (submission.HasResult)
            {
                // Formatting is user code too: it may be endless, or fail.
                var bundle = Formatted.Bundle(value);
                if (isLast)
                {
                    output.Result(bundle);
                }
                else
                {
                    output.Display(bundle);
                }
            }
        }).ConfigureAwait(false);
    }

    private async Task<MimeBundle> RunExpressionAsync(string expression, CancellationToken cancellation)
    {
        CellConsole.Install();
        var scope = new CellScope(_scopes, new NoOutput(), cancellation);
        var before = _scopes.Latest;
        scope.Enter();
        try
        {
            var submission = _session.Compile(expression, "expression", cancellation);
            if (!submission.HasResult)
            {
                throw new CellException("That is no expression with a value.", CompileErrors.Name);
            }

            MimeBundle? bundle = null;
            await InterruptibleRun.RunAsync(scope, async () => bundle = Formatted.Bundle(await _session.RunAsideAsync(submission).ConfigureAwait(true))).ConfigureAwait(false);
            return bundle!;
        }
        catch (SubmissionException e)
        {
            throw new CellException(e.Message, CompileErrors.Name);
        }
#pragma warning disable CA1031 // Whatever user code throws is why the expression has no value.
        catch (Exception e) when (e is not CellException && !(e is OperationCanceledException && cancellation.IsCancellationRequested))
#pragma warning restore CA1031
        {
            var error = RuntimeErrors.Of(e, _session.Kit);
            throw new CellException(error.Message, error.Name);
        }
        finally
        {
            scope.End();
            _scopes.Latest = before ?? _scopes.Latest;
        }
    }
}
