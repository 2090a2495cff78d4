using System.Text;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Outputs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>C# with its words coloured, as the compiler reads them; lines of magics are one colour.</summary>
internal static class CodeHtml
{
    /// <summary>
    /// The code as HTML: <c>span</c> elements of the classes k (keyword), s (text), n (number), c (comment), t (type), f (function), m
    /// (magic).
    /// </summary>
    /// <param name="code">The text of a cell.</param>
    public static string Of(string code)
    {
        List<string> parts = [];
        List<string> lines = [];
        foreach (var line in code.Split('\n'))
        {
            if (!line.TrimStart().StartsWith("#!", StringComparison.Ordinal))
            {
                lines.Add(line);
                continue;
            }

            AddLines();
            parts.Add($"<span class=\"m\">{HtmlText.Escape(line)}</span>");
        }

        AddLines();
        return string.Join('\n', parts);

        // Without the last line's end, which a directive or a comment left open would take into its span.
        void AddLines()
        {
            if (lines.Count > 0)
            {
                parts.Add(CSharp(string.Join('\n', lines)));
                lines.Clear();
            }
        }
    }

    private static string CSharp(string code)
    {
        var html = new StringBuilder();
        foreach (var token in CSharpSyntaxTree.ParseText(code, ScriptSession.Parsing).GetRoot().DescendantTokens(descendIntoTrivia: false))
        {
            Trivia(token.LeadingTrivia);
            Add(token.Text, Class(token));
            Trivia(token.TrailingTrivia);
        }

        return html.ToString();

        void Trivia(SyntaxTriviaList list)
        {
            foreach (var trivia in list)
            {
                Add(
                    trivia.ToFullString(),
                    trivia.IsDirective ? "m"
                        : trivia.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia or SyntaxKind.SkippedTokensTrivia
                            ? null
                        : "c"
                );
            }
        }

        void Add(string text, string? name) =>
            html.Append(
                name is null || text.Length == 0 ? HtmlText.Escape(text) : $"<span class=\"{name}\">{HtmlText.Escape(text)}</span>"
            );
    }

    private static string? Class(SyntaxToken token)
    {
        var kind = token.Kind();
        if (
            SyntaxFacts.IsKeywordKind(kind)
            || SyntaxFacts.IsContextualKeyword(kind)
            || token
                is {
                    RawKind: (int)SyntaxKind.IdentifierToken,
                    Text: "var",
                    Parent: IdentifierNameSyntax { Parent: VariableDeclarationSyntax }
                }
        )
        {
            return "k";
        }

        return kind switch
        {
            SyntaxKind.NumericLiteralToken => "n",
            SyntaxKind.IdentifierToken => Name(token),
            _ when kind.ToString().Contains("String", StringComparison.Ordinal) || kind == SyntaxKind.CharacterLiteralToken => "s",
            _ => null,
        };
    }

    /// <summary>What a name is, as far as its place tells.</summary>
    private static string? Name(SyntaxToken token) =>
        token.Parent switch
        {
            BaseTypeDeclarationSyntax or DelegateDeclarationSyntax => "t",
            MethodDeclarationSyntax or LocalFunctionStatementSyntax => "f",
            SimpleNameSyntax
            {
                Parent: ObjectCreationExpressionSyntax
                    or BaseTypeSyntax
                    or TypeArgumentListSyntax
                    or VariableDeclarationSyntax
                    or ParameterSyntax
                    or ArrayTypeSyntax
                    or NullableTypeSyntax
                    or CastExpressionSyntax
                    or TypeOfExpressionSyntax
            } => "t",
            SimpleNameSyntax { Parent: InvocationExpressionSyntax } => "f",
            SimpleNameSyntax name
                when name.Parent is MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax call } access
                    && access.Name == name
                    && call.Expression == access => "f",
            _ => null,
        };
}
