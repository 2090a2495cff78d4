namespace GaitProp.Notebook.CSharp;

/// <summary>Something that a cell shows, and that can be replaced: from this cell or a later one, from any thread.</summary>
public sealed class DisplayedValue
{
    private readonly IReadOnlyList<string> _mimeTypes;

    internal DisplayedValue(string id, IReadOnlyList<string> mimeTypes)
    {
        Id = id;
        _mimeTypes = mimeTypes;
    }

    /// <summary>Its name in the notebook (<c>display_id</c>).</summary>
    public string Id { get; }

    /// <summary>Shows another value in its place, in the same forms.</summary>
    /// <param name="value">The value.</param>
    public void Update(object? value) => CellScope.Current?.Output.Update(Id, CellDisplay.Bundle(value, _mimeTypes));
}
