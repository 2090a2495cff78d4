namespace GaitProp.Notebook.Protocol;

/// <summary>
/// Places in a text: the protocol counts Unicode code points, C# counts UTF-16 units. They differ after a letter such as 𝛾 or an emoji.
/// </summary>
internal static class CodePoints
{
    /// <summary>The index of UTF-16 units that a number of code points leads to; a number that is too large leads to the end.</summary>
    /// <param name="text">The text.</param>
    /// <param name="count">Code points before the place; the end of the text if <see langword="null"/>.</param>
    public static int ToIndex(string text, int? count)
    {
        if (count is null)
        {
            return text.Length;
        }

        var index = 0;
        for (var left = count.Value; left > 0 && index < text.Length; left--)
        {
            index += Width(text, index);
        }

        return index;
    }

    /// <summary>The code points before an index of UTF-16 units.</summary>
    /// <param name="text">The text.</param>
    /// <param name="index">The index.</param>
    public static int Before(string text, int index)
    {
        var count = 0;
        for (var at = 0; at < index && at < text.Length; at += Width(text, at))
        {
            count++;
        }

        return count;
    }

    private static int Width(string text, int index) =>
        index + 1 < text.Length && char.IsSurrogatePair(text[index], text[index + 1]) ? 2 : 1;
}
