namespace GaitProp.Notebook.Outputs;

/// <summary>Text that is cut where it is long.</summary>
internal static class CutText
{
    /// <summary>The start of a text. An emoji or another letter of two characters is in it whole, or not at all.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The characters that the start may have, at least 1.</param>
    public static string Start(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}
