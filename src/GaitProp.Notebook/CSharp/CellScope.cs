using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp;

/// <summary>A cell while it runs: what its threads, and those they start, belong to.</summary>
/// <param name="owner">The cells of one engine.</param>
/// <param name="output">Where its output goes.</param>
/// <param name="interrupt">Its stop button.</param>
internal sealed class CellScope(CellScopes owner, ICellOutput output, CancellationToken interrupt)
{
    private static readonly AsyncLocal<CellScope?> Own = new();
    private readonly List<Action> _atEnd = [];

    /// <summary>
    /// The cell that this thread works for. A thread that outlives its cell works for the one that runs now, or ran last; so does a thread
    /// that no cell started.
    /// </summary>
    public static CellScope? Current =>
        Own.Value is { } own
            ? own.Ended
                ? own.Owner.Latest ?? own
                : own
            : CellScopes.LatestOfAll;

    /// <summary>The cell that started what runs on this thread, even if that cell has ended.</summary>
    public static CellScope? Starter => Own.Value;

    /// <summary>The cells of the same engine.</summary>
    public CellScopes Owner { get; } = owner;

    /// <summary>Where its output goes.</summary>
    public ICellOutput Output { get; } = output;

    /// <summary>Its stop button.</summary>
    public CancellationToken Interrupt { get; } = interrupt;

    /// <summary>Whether its code has asked for the stop button: it then gets time to stop by itself.</summary>
    public bool WatchesInterrupt { get; set; }

    /// <summary>Its code is to be stopped where it stands (see <see cref="CellStop"/>).</summary>
    public bool Stopping { get; set; }

    /// <summary>It has ended.</summary>
    public bool Ended { get; private set; }

    /// <summary>The text that it runs now.</summary>
    public CellPlace? Place { get; set; }

    /// <summary>Why it failed; <see langword="null"/> as long as it has not.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>It has failed; what comes first counts.</summary>
    /// <param name="why">Why.</param>
    public void Fail(Exception why) => Failure ??= why;

    /// <summary>From here on this flow of control works for the cell.</summary>
    public void Enter()
    {
        Own.Value = this;
        Owner.Latest = CellScopes.LatestOfAll = this;
    }

    /// <summary>Does something when the cell ends, however it ends.</summary>
    /// <param name="action">What to do.</param>
    public void AtEnd(Action action) => _atEnd.Add(action);

    /// <summary>The cell ends.</summary>
    public void End()
    {
        foreach (var action in _atEnd)
        {
            action();
        }

        Ended = true;
    }
}

/// <summary>The cells of one engine.</summary>
internal sealed class CellScopes
{
    /// <summary>The cell of any engine that was entered last.</summary>
    public static CellScope? LatestOfAll { get; set; }

    /// <summary>The cell that runs, or ran last.</summary>
    public CellScope? Latest { get; set; }
}
