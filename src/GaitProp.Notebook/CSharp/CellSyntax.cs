using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GaitProp.Notebook.CSharp;

/// <summary>What a place in the text of a cell is.</summary>
internal static class CellSyntax
{
    /// <summary>
    /// Whether a position lies within a text or a comment that began on an earlier line, or in what an <c>#if</c> leaves out.
    /// </summary>
    /// <param name="code">C#.</param>
    /// <param name="position">A position in it: where a line begins, blanks aside.</param>
    public static bool IsInside(string code, int position)
    {
        if (code.AsSpan(0, position).IndexOfAny('"', '*', '#') < 0)
        {
            return false;
        }

        var root = CSharpSyntaxTree.ParseText(code, ScriptSession.Parsing).GetRoot();
        var trivia = root.FindTrivia(position);
        if (trivia.GetStructure() is DirectiveTriviaSyntax { IsActive: false })
        {
            return true;
        }

        if (
            trivia.SpanStart < position
            && trivia.Kind()
                is SyntaxKind.MultiLineCommentTrivia
                    or SyntaxKind.MultiLineDocumentationCommentTrivia
                    or SyntaxKind.DisabledTextTrivia
        )
        {
            return true;
        }

        var token = root.FindToken(position);
        return token.SpanStart < position && position < token.Span.End
            || token.Kind() is SyntaxKind.InterpolatedStringTextToken && token.SpanStart <= position && position < token.Span.End;
    }

    /// <summary>
    /// A text with blanks in the place of references, loaded files and magics that an <c>#if</c> leaves out: the compiler looks for such
    /// files all the same, and refuses a directive that it does not know.
    /// </summary>
    /// <param name="code">C#.</param>
    public static string WithoutLeftOut(string code)
    {
        if (!code.Contains('#') || !code.Contains("if", StringComparison.Ordinal))
        {
            return code;
        }

        var leftOut = CSharpSyntaxTree
            .ParseText(code, ScriptSession.Parsing)
            .GetRoot()
            .DescendantTrivia()
            .Select(t => t.GetStructure())
            .OfType<DirectiveTriviaSyntax>()
            .Where(d =>
                !d.IsActive
                && d
                    is ReferenceDirectiveTriviaSyntax
                        or LoadDirectiveTriviaSyntax
                        or ShebangDirectiveTriviaSyntax
                        or BadDirectiveTriviaSyntax
            );
        char[]? blanked = null;
        foreach (var directive in leftOut)
        {
            blanked ??= code.ToCharArray();
            Blank(blanked.AsSpan(directive.FullSpan.Start, directive.FullSpan.Length));
        }

        return blanked is null ? code : new string(blanked);
    }

    /// <summary>A text with blanks in the place of a part of it; lines stay where they are.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the part begins.</param>
    /// <param name="end">Where it ends.</param>
    public static string Blank(string text, int start, int end) =>
        string.Create(
            text.Length,
            (text, start, end),
            static (made, of) =>
            {
                of.text.CopyTo(made);
                Blank(made[of.start..of.end]);
            }
        );

    private static void Blank(Span<char> part)
    {
        foreach (ref var c in part)
        {
            c = c is '\n' or '\r' ? c : ' ';
        }
    }
}
