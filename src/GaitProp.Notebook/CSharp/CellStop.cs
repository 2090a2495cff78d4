using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// What the loops and methods of a cell call on their way (<see cref="StopChecks"/> puts the calls there), so that the stop button stops
/// them: .NET cannot abort a thread from outside without endangering the process.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class CellStop
{
    [ThreadStatic]
    private static bool t_isCellThread;

#pragma warning disable CA2211, SA1401 // The code of cells reads it: a call would cost time, and a frame in the middle of each trace.
    /// <summary>How many cells are being stopped; as long as it is 0, code of cells calls nothing of this class.</summary>
    public static int Stopping;
#pragma warning restore CA2211, SA1401

    /// <summary>Ends the code that calls it if its cell is being stopped and the exception has somebody to catch it.</summary>
    /// <exception cref="OperationCanceledException">The cell is being stopped.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Check() => Stop(t_isCellThread || Task.CurrentId is not null);

    /// <summary>The same within an async method, whose task takes the exception wherever it runs.</summary>
    /// <exception cref="OperationCanceledException">The cell is being stopped.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CheckAsync() => Stop(true);

    /// <summary>This thread runs nothing but code of cells, and its loop takes every exception.</summary>
    internal static void EnterCellThread() => t_isCellThread = true;

    /// <summary>From here on the checks of a cell's code end it, until the lease is given back.</summary>
    /// <param name="cell">The cell.</param>
    internal static void Begin(CellScope cell)
    {
        cell.Stopping = true;
        Interlocked.Increment(ref Stopping);
    }

    /// <summary>Takes <see cref="Begin"/> back: nothing of the cell runs any more, or nobody looks at it any more.</summary>
    internal static void End() => Interlocked.Decrement(ref Stopping);

    private static void Stop(bool isCaught)
    {
        if (isCaught && CellScope.Starter is { Stopping: true } cell)
        {
            throw new OperationCanceledException("The cell was stopped.", cell.Interrupt);
        }
    }
}
