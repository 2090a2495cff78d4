namespace GaitProp.Notebook.Diagrams;

/// <summary>
/// How much room a text takes in a common sans-serif font. Nobody here knows the reader's font: the estimate is rather too wide.
/// </summary>
internal static class TextSize
{
    /// <summary>The font's size, in pixels.</summary>
    public const double Font = 13;

    /// <summary>From one line to the next, in pixels.</summary>
    public const double Line = 17;

    /// <summary>The width of the widest line, in pixels.</summary>
    /// <param name="text">The text; lines end with <c>\n</c>.</param>
    public static double Width(string text) => text.Split('\n').Max(line => line.EnumerateRunes().Sum(r => Font * Share(r.Value)));

    /// <summary>The height of all lines, in pixels.</summary>
    /// <param name="text">The text; lines end with <c>\n</c>.</param>
    public static double Height(string text) => Line * text.Split('\n').Length;

    private static double Share(int rune) =>
        rune switch
        {
            'i' or 'j' or 'l' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' or 'I' => 0.32,
            'f' or 't' or 'r' or ' ' or '(' or ')' or '[' or ']' or '/' or '-' => 0.42,
            'm' or 'w' or 'M' or 'W' or '@' or '%' => 0.98,
            >= 'A' and <= 'Z' => 0.74,
            >= 0x2e80 => 1.1,
            _ => 0.62,
        };
}
