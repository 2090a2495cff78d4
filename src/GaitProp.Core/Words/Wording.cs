using System.Globalization;

namespace GaitProp;

/// <summary>
/// Words and numbers as the kit writes them, in files, tables and messages: the same on every machine, whatever its culture.
/// </summary>
internal static class Wording
{
    /// <summary>A text with its numbers: <c>Text($"{loss:F3}")</c> has a point in every country.</summary>
    /// <param name="text">The text.</param>
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>A number of things: <c>1 run</c>, <c>3 runs</c>.</summary>
    /// <param name="number">How many.</param>
    /// <param name="thing">One of them; its plural adds an s.</param>
    public static string Count(long number, string thing) => Text($"{number} {thing}{(number == 1 ? "" : "s")}");

    /// <summary>How often: <c>every epoch</c>, <c>every 3 epochs</c>.</summary>
    /// <param name="number">Things from one time to the next.</param>
    /// <param name="thing">One of them; its plural adds an s.</param>
    public static string Every(long number, string thing) => number == 1 ? $"every {thing}" : $"every {Count(number, thing)}";
}
