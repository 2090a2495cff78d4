using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.CSharp;

/// <summary>Takes a cell apart: C#, and the <c>#!magics</c> between it, in order.</summary>
internal static partial class CellSections
{
    /// <summary>The magic whose body is C#.</summary>
    public const string CSharp = "#!csharp";

    /// <summary>Takes a cell apart.</summary>
    /// <param name="cell">Its text.</param>
    /// <param name="find">Finds a magic by its name; <see langword="null"/> if there is none.</param>
    public static IReadOnlyList<CellSection> Parse(string cell, Func<string, IMagic?> find)
    {
        var sections = new List<CellSection>();
        MagicLine? language = null;
        var start = 0;
        var isNew = false;
        foreach (var line in Magics(cell, find))
        {
            var takesOver = line.IsCSharp || line.Magic?.TakesBody == true;
            Add(line.Start, isLast: takesOver);
            if (takesOver)
            {
                language = line.IsCSharp ? null : line;
                isNew = true;
            }
            else
            {
                sections.Add(line.Section(line.End, ""));
            }

            start = line.End;
        }

        Add(cell.Length, isLast: true);
        return sections;

        void Add(int end, bool isLast)
        {
            if (language is { } magic)
            {
                // A body that a bodiless magic interrupts goes on below it.
                if (!string.IsNullOrWhiteSpace(cell[start..end]) || isNew && isLast)
                {
                    sections.Add(magic.Section(end, cell[start..end]) with { Start = isNew && start == magic.End ? magic.Start : start, BodyStart = start });
                    isNew = false;
                }
            }
            else if (!string.IsNullOrWhiteSpace(cell[start..end]))
            {
                sections.Add(Code(cell, start, end));
            }
        }
    }

    /// <summary>The section at a position: of two that touch there, the first.</summary>
    /// <param name="sections">The sections of a cell.</param>
    /// <param name="position">A position in it.</param>
    public static CellSection? At(IReadOnlyList<CellSection> sections, int position) =>
        sections.FirstOrDefault(s => s.Start <= position && position < s.End) ?? sections.LastOrDefault(s => s.Start <= position && position <= s.End);

    /// <summary>A part of a cell as C#, in its place.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="start">Where the part begins.</param>
    /// <param name="end">Where it ends.</param>
    private static CodeSection Code(string cell, int start, int end)
    {
        var text = cell.ToCharArray(0, end);
        Blank(text, 0, start);
        var references = new List<ReferenceLine>();
        foreach (Match match in ReferencePattern().Matches(cell[..end]))
        {
            if (match.Index >= start && !IsInside(new string(text), match.Groups["hash"].Index))
            {
                var words = match.Groups["text"];
                references.Add(new ReferenceLine(match.Index, match.Index + match.Length, match.Groups["word"].Value == "i", words.Value, words.Index));
                Blank(text, match.Index, match.Index + match.Length);
            }
        }

        return new CodeSection(start, end, new string(text), references);
    }

    private static void Blank(char[] text, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (text[i] is not ('\n' or '\r'))
            {
                text[i] = ' ';
            }
        }
    }

    private static IEnumerable<MagicLine> Magics(string cell, Func<string, IMagic?> find)
    {
        // Where C# begins, as long as it is C#.
        int? code = 0;
        foreach (Match match in MagicPattern().Matches(cell))
        {
            var hash = match.Groups["name"].Index;
            if (code is { } from && IsInside(cell[from..], hash - from))
            {
                continue;
            }

            var name = match.Groups["name"].Value;
            var magic = find(name);
            if (code is null && magic is null)
            {
                // Text of another language.
                continue;
            }

            var line = new MagicLine(match.Index, match.Index + match.Length, name, magic, match.Groups["rest"].Value.Trim(), match.Groups["rest"]);
            code = line.IsCSharp ? line.End : magic?.TakesBody == true ? null : code is null ? null : line.End;
            yield return line;
        }
    }

    /// <summary>Whether a position lies within a text or a comment that began on an earlier line.</summary>
    private static bool IsInside(string code, int position)
    {
        if (code.AsSpan(0, position).IndexOfAny('"', '*') < 0)
        {
            return false;
        }

        var root = CSharpSyntaxTree.ParseText(code, new CSharpParseOptions(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script)).GetRoot();
        var trivia = root.FindTrivia(position);
        if (trivia.SpanStart < position && trivia.Kind() is SyntaxKind.MultiLineCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia or SyntaxKind.DisabledTextTrivia)
        {
            return true;
        }

        var token = root.FindToken(position);
        return token.SpanStart < position && position < token.Span.End
            || token.Kind() is SyntaxKind.InterpolatedStringTextToken && token.SpanStart <= position && position < token.Span.End;
    }

    [GeneratedRegex(@"^[ \t]*(?<name>#![A-Za-z][\w#.+-]*)(?<rest>[^\r\n]*)(\r\n|\n|\r|\z)", RegexOptions.Multiline)]
    private static partial Regex MagicPattern();

    [GeneratedRegex("""^[ \t]*(?<hash>#)(?<word>[ri])[ \t]*"(?<text>[^"\r\n]*)"[ \t]*;?[ \t]*(//[^\r\n]*)?(?=\r|\n|\z)""", RegexOptions.Multiline)]
    private static partial Regex ReferencePattern();

    private sealed record MagicLine(int Start, int End, string Name, IMagic? Magic, string Arguments, Group Rest)
    {
        public bool IsCSharp => Magic?.Names[0] == CSharp;

        public MagicSection Section(int end, string body) =>
            new(Start, end, Name, Magic, Arguments, Rest.Index + (Rest.Length - Rest.Value.TrimStart().Length), End, body);
    }
}
