using System.Globalization;
using System.Text;

namespace GaitProp.Notebook.CSharp;

/// <summary>A line of source with a mark under the part that is meant.</summary>
internal static class SourceCaret
{
    /// <summary>What goes under a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">Where the part begins, in UTF-16 units.</param>
    /// <param name="length">How long it is; it ends with the line at the latest.</param>
    public static string Under(string line, int start, int length)
    {
        start = Math.Clamp(start, 0, line.Length);
        var end = Math.Clamp(start + length, start, line.Length);
        var mark = new StringBuilder();
        foreach (var rune in line[..start].EnumerateRunes())
        {
            // A tab stays one, whatever its width is.
            mark.Append(rune.Value == '\t' ? "\t" : new string(' ', Columns(rune)));
        }

        var columns = line[start..end].EnumerateRunes().Sum(Columns);
        return mark.Append('^').Append('~', Math.Max(0, columns - 1)).ToString();
    }

    /// <summary>The columns that a character takes where letters have one width.</summary>
    private static int Columns(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format => 0,
            _ => IsWide(rune.Value) ? 2 : 1,
        };

    /// <summary>East Asian wide characters, and emoji (Unicode's annex 11, in blocks).</summary>
    private static bool IsWide(int value) =>
        value
            is (>= 0x1100 and <= 0x115F)
                or (>= 0x2E80 and <= 0xA4CF)
                or (>= 0xAC00 and <= 0xD7A3)
                or (>= 0xF900 and <= 0xFAFF)
                or (>= 0xFE30 and <= 0xFE6F)
                or (>= 0xFF00 and <= 0xFF60)
                or (>= 0xFFE0 and <= 0xFFE6)
                or (>= 0x1F300 and <= 0x1F64F)
                or (>= 0x1F680 and <= 0x1F6FF)
                or (>= 0x1F900 and <= 0x1F9FF)
                or (>= 0x20000 and <= 0x3FFFD);
}
