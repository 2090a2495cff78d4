using System.Text.RegularExpressions;

namespace GaitProp.Notebook.CSharp.References;

/// <summary>A <c>#r "…"</c> or <c>#i "…"</c> line.</summary>
/// <param name="IsSource">It is an <c>#i</c>.</param>
/// <param name="Text">What stands between the quotes.</param>
internal sealed partial record ReferenceLine(bool IsSource, string Text)
{
    /// <summary>Takes such lines out of a text. Those that an <c>#if</c> leaves out ask for nothing, and are taken out too.</summary>
    /// <param name="code">C#.</param>
    /// <returns>The text with blanks in their place, and the lines.</returns>
    public static (string Code, IReadOnlyList<ReferenceLine> Lines) Take(string code)
    {
        code = CellSyntax.WithoutLeftOut(code);
        var lines = new List<ReferenceLine>();
        foreach (Match match in Pattern().Matches(code))
        {
            if (!CellSyntax.IsInside(code, match.Groups["hash"].Index))
            {
                lines.Add(new ReferenceLine(match.Groups["word"].Value == "i", match.Groups["text"].Value));
                code = CellSyntax.Blank(code, match.Index, match.Index + match.Length);
            }
        }

        return (code, lines);
    }

    [GeneratedRegex(
        """^[ \t]*(?<hash>#)(?<word>[ri])[ \t]*"(?<text>[^"\r\n]*)"[ \t]*;?[ \t]*(//[^\r\n]*)?(?=\r|\n|\z)""",
        RegexOptions.Multiline
    )]
    private static partial Regex Pattern();
}
