using System.Runtime;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Outputs;
using Microsoft.FSharp.Collections;

namespace GaitProp.Notebook.FSharp;

/// <summary>Runs F# of cells in this process. The compiler is loaded with the first of them.</summary>
/// <param name="csharp">C#, whose references F# has too.</param>
internal sealed class FSharpCells(ScriptSession csharp) : IDisposable
{
    /// <summary>How long code has that can be woken, or watches the stop button, before it is stopped where it stands.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(2.3);

    private readonly Lazy<FSharpSession> _session = new(() =>
        new FSharpSession(Files(csharp), [.. csharp.Kit.Namespaces, typeof(CellDisplay).Namespace!])
    );

    private bool _isPrepared;

    /// <summary>Whether the compiler is there.</summary>
    public bool IsLoaded => _session.IsValueCreated;

    /// <summary>The session.</summary>
    public FSharpSession Session => _session.Value;

    /// <summary>What the program brings along.</summary>
    public Kit Kit => csharp.Kit;

    /// <summary>The variables that cells left.</summary>
    public IReadOnlyList<CellVariable> Variables => IsLoaded ? Session.Variables : [];

    /// <summary>Runs F#.</summary>
    /// <param name="code">The text, in its place.</param>
    /// <param name="name">Its name in errors.</param>
    /// <param name="isResult">Whether the value of its last expression is the cell's.</param>
    /// <param name="cell">The cell.</param>
    public async Task RunAsync(string code, string name, bool isResult, CellScope cell)
    {
        cell.Interrupt.ThrowIfCancellationRequested();
        if (string.IsNullOrWhiteSpace(code))
        {
            return;
        }

        using var abort = new CancellationTokenSource();
        using var stopped = cell.Interrupt.Register(() => abort.CancelAfter(cell.WatchesInterrupt ? LongPatience : Patience));
        await InterruptibleRun
            .RunAsync(
                cell,
                () =>
                {
                    Prepare(cell);
                    Session.Reference(Files(csharp));
#pragma warning disable SYSLIB0046 // F# Interactive's own way to stop a cell: the code has no checks of ours, and its state is that of the last cell that ended.
                    ControlledExecution.Run(
                        () =>
                        {
                            if (Session.Run(code, name, cell.Interrupt) is (true, var value) && value is not DisplayedValue)
                            {
                                var bundle = Formatted.Bundle(Shown(value));
                                if (isResult)
                                {
                                    cell.Output.Result(bundle);
                                }
                                else
                                {
                                    cell.Output.Display(bundle);
                                }
                            }
                        },
                        abort.Token
                    );
#pragma warning restore SYSLIB0046
                    return Task.CompletedTask;
                }
            )
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsLoaded)
        {
            Session.Dispose();
        }
    }

    /// <summary>A list of F# is shown as a sequence, not as a head and a tail that has a head and a tail.</summary>
    private static object? Shown(object? value) =>
        value?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(FSharpList<>)
            ? typeof(Enumerable).GetMethod(nameof(Enumerable.ToArray))!.MakeGenericMethod(type.GetGenericArguments()).Invoke(null, [value])
            : value;

    /// <summary>Has done, once, what libraries need before code uses them: nobody sees in F# which ones a cell names.</summary>
    private void Prepare(CellScope cell)
    {
        if (!_isPrepared)
        {
            _isPrepared = true;
            foreach (var prepare in Kit.BeforeUse.Values)
            {
                try
                {
                    prepare();
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                    cell.Output.Write(CellStream.Error, $"{e.Message}\n");
                }
            }
        }
    }

    /// <summary>What C# may use beyond .NET itself, which F# finds.</summary>
    private static IEnumerable<string> Files(ScriptSession csharp)
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location);
        return csharp.Files.Where(f =>
            Path.GetDirectoryName(f) != framework
            && !f.Contains("Microsoft.NETCore.App.Ref", StringComparison.Ordinal)
            && Path.GetFileName(f) is not "FSharp.Core.dll" and var name
            && !name.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal)
        );
    }
}
