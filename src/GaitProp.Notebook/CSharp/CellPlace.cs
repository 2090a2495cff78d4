namespace GaitProp.Notebook.CSharp;

/// <summary>
/// A text that a cell runs: its own, or that of a file that it imports. The library hands it on in pieces, and says of none where it stood.
/// </summary>
/// <param name="text">The text, as the library got it.</param>
/// <param name="name">Its name in stack traces: <c>Cell [3]</c>.</param>
/// <param name="isCell">Whether it is the cell's own: its last value is the cell's, its prose is shown.</param>
internal sealed class CellPlace(string text, string name, bool isCell)
{
    private int _read;

    /// <summary>Its name in stack traces.</summary>
    public string Name { get; } = name;

    /// <summary>Whether it is the cell's own.</summary>
    public bool IsCell { get; } = isCell;

    /// <summary>Whether nothing follows the piece that was put back last.</summary>
    public bool IsAtEnd => string.IsNullOrWhiteSpace(text[_read..]);

    /// <summary>A piece of the text in its place, behind as many blanks and line ends: its lines and columns are the text's.</summary>
    /// <param name="piece">The piece; pieces come in their order.</param>
    public string Put(string piece)
    {
        for (
            var at = text.IndexOf(piece, _read, StringComparison.Ordinal);
            at >= 0;
            at = text.IndexOf(piece, at + 1, StringComparison.Ordinal)
        )
        {
            // A piece begins a line: what stands in the line of a directive is none.
            if (string.IsNullOrWhiteSpace(text[(at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1)..at]))
            {
                _read = at + piece.Length;
                return CellSyntax.Blank(text[.._read], 0, at);
            }
        }

        return piece;
    }
}
