using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Magics;

/// <summary>A magic whose words need no completion.</summary>
internal abstract class SimpleMagic : IMagic
{
    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public abstract string Description { get; }

    /// <inheritdoc/>
    public abstract string Example { get; }

    /// <inheritdoc/>
    public virtual bool TakesBody => false;

    /// <inheritdoc/>
    public virtual Task RunAsync(MagicCall call, CancellationToken interrupt)
    {
        Run(call);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public virtual CellCompletion Complete(string arguments, int position) => new(position, position, []);

    /// <inheritdoc/>
    public MimeBundle? Inspect(string arguments, int position) => null;

    /// <summary>Does it at once.</summary>
    /// <param name="call">The words and where the output goes.</param>
    protected virtual void Run(MagicCall call)
    {
    }
}
