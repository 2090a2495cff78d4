using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.References;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Engine;

/// <summary>Runs C# of cells in this process.</summary>
/// <param name="kit">What the program brings along.</param>
internal sealed class CSharpCells(Kit kit)
{
    private CellReferences? _references;

    /// <summary>The chain of what has run.</summary>
    public ScriptSession Session { get; } = new(kit);

    /// <summary>The cells.</summary>
    public CellScopes Scopes { get; } = new();

    /// <summary>The variables that they left.</summary>
    public ScriptVariables Variables => field ??= new ScriptVariables(Session);

    /// <summary>Runs C#.</summary>
    /// <param name="code">The text, in its place.</param>
    /// <param name="name">Its name in stack traces.</param>
    /// <param name="isResult">Whether the value of its last expression is the cell's.</param>
    /// <param name="cell">The cell.</param>
    public async Task RunAsync(string code, string name, bool isResult, CellScope cell)
    {
        cell.Interrupt.ThrowIfCancellationRequested();
        (code, var references) = ReferenceLine.Take(code);
        _references ??= new CellReferences(Session);
        await _references.AddAsync(references, cell.Output, cell.Interrupt).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(code))
        {
            return;
        }

        await WarmUp.CompilerReady.WaitAsync(cell.Interrupt).ConfigureAwait(false);
        var submission = Session.Compile(code, name, cell.Interrupt);
        await InterruptibleRun
            .RunAsync(
                cell,
                async () =>
                {
                    var value = await Session.RunAsync(submission).ConfigureAwait(true);

                    // A handle is no value: what it shows stands there already.
                    if (submission.HasResult && value is not DisplayedValue)
                    {
                        // Formatting is user code too: it may be endless, or fail.
                        var bundle = Formatted.Bundle(value);
                        if (isResult)
                        {
                            cell.Output.Result(bundle);
                        }
                        else
                        {
                            cell.Output.Display(bundle);
                        }
                    }
                }
            )
            .ConfigureAwait(false);
    }

    /// <summary>The value of an expression, which leaves nothing behind.</summary>
    /// <param name="expression">C#.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="CellException">It has no value.</exception>
    public async Task<MimeBundle> EvaluateAsync(string expression, CancellationToken cancellation)
    {
        CellConsole.Install();
        var scope = new CellScope(Scopes, new NoOutput(), cancellation);
        var before = Scopes.Latest;
        scope.Enter();
        try
        {
            var submission = Session.Compile(expression, "expression", cancellation);
            if (!submission.HasResult)
            {
                throw new CellException("That is no expression with a value.", CompileErrors.Name);
            }

            MimeBundle? bundle = null;
            await InterruptibleRun
                .RunAsync(scope, async () => bundle = Formatted.Bundle(await Session.RunAsideAsync(submission).ConfigureAwait(true)))
                .ConfigureAwait(false);
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
            var error = RuntimeErrors.Of(e, kit);
            throw new CellException(error.Message, error.Name);
        }
        finally
        {
            scope.End();
            Scopes.Latest = before ?? Scopes.Latest;
        }
    }
}
