namespace GaitProp.Notebook.CSharp;

/// <summary>The letter that stands for a <c>#</c> on its way through the library, which would take the line for a directive.</summary>
internal static class CellMask
{
    /// <summary>A letter for private use: nobody writes it.</summary>
    public const char Letter = '\uE0D1';

    /// <summary>Takes it off.</summary>
    /// <param name="text">A part of a cell.</param>
    public static string Off(string text) => text.Replace(Letter, '#');
}
