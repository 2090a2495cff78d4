using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp;

/// <summary>Where the output goes of what has no cell to show it in.</summary>
internal sealed class NoOutput : ICellOutput
{
    /// <inheritdoc/>
    public void Write(CellStream stream, string text) { }

    /// <inheritdoc/>
    public void Display(MimeBundle bundle, string? displayId = null) { }

    /// <inheritdoc/>
    public void Update(string displayId, MimeBundle bundle) { }

    /// <inheritdoc/>
    public void Clear(bool wait) { }

    /// <inheritdoc/>
    public void Result(MimeBundle bundle) { }

    /// <inheritdoc/>
    public string Input(string prompt, bool password, CancellationToken cancellation) =>
        throw new CellException("An expression cannot ask for input; a cell can.");
}
