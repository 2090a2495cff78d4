using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.QuickInfo;

namespace GaitProp.Notebook.CSharp.Assistance;

/// <summary>What C# stands at a position: signature and documentation.</summary>
internal static class CodeInspection
{
    private static readonly SymbolDisplayFormat Overload = SymbolDisplayFormat.MinimallyQualifiedFormat;

    /// <summary>What stands at a position, or is called there.</summary>
    /// <param name="document">The cell.</param>
    /// <param name="position">The caret.</param>
    /// <param name="detail">0 for a summary, 1 for all overloads.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<MimeBundle?> AtAsync(Document document, int position, int detail, CancellationToken cancellation)
    {
        var service = QuickInfoService.GetService(document);
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        if (service is null || root is null)
        {
            return null;
        }

        foreach (var place in Places(root, position))
        {
            var info = await service.GetQuickInfoAsync(document, place, cancellation).ConfigureAwait(false);
            if (info is { Sections.Length: > 0 })
            {
                return Bundle(info, detail == 0 ? [] : await OverloadsAsync(document, root, place, cancellation).ConfigureAwait(false));
            }
        }

        return null;
    }

    /// <summary>Where to look: at the caret, before it, and at the method in whose arguments it stands.</summary>
    private static IEnumerable<int> Places(SyntaxNode root, int position)
    {
        position = Math.Clamp(position, 0, root.FullSpan.End);
        foreach (var place in new[] { position, position - 1 }.Where(p => p >= 0 && p < root.FullSpan.End))
        {
            var token = root.FindToken(place);
            if (token.Span.Contains(place) && (token.IsKind(SyntaxKind.IdentifierToken) || SyntaxFacts.IsKeywordKind(token.Kind())))
            {
                yield return place;
            }
        }

        var at = root.FindToken(Math.Max(0, position - 1)).Parent;
        foreach (var arguments in at?.AncestorsAndSelf().Where(n => n is BaseArgumentListSyntax or AttributeArgumentListSyntax) ?? [])
        {
            // The last token of what is called: its name, or, of a generic one, the token before its type arguments.
            var called = arguments.Parent switch
            {
                InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name: var name } } => name.SpanStart,
                InvocationExpressionSyntax { Expression: var expression } => expression.SpanStart,
                ObjectCreationExpressionSyntax { Type: var type } => type.SpanStart,
                ElementAccessExpressionSyntax { Expression: var expression } => expression.SpanStart,
                _ => -1,
            };
            if (called >= 0)
            {
                yield return called;
            }
        }
    }

    private static async Task<IReadOnlyList<string>> OverloadsAsync(
        Document document,
        SyntaxNode root,
        int place,
        CancellationToken cancellation
    )
    {
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var node = root.FindToken(place).Parent;
        if (model is null || node is null)
        {
            return [];
        }

        var symbols =
            node.Parent is ObjectCreationExpressionSyntax { Type: var type } && type == node
                ? (model.GetTypeInfo(type, cancellation).Type as INamedTypeSymbol)?.InstanceConstructors.Cast<ISymbol>() ?? []
                : model.GetMemberGroup(node, cancellation);
        var lines = symbols.Select(s => s.ToDisplayString(Overload)).Distinct().ToArray();
        return lines.Length > 1 ? lines : [];
    }

    private static MimeBundle Bundle(QuickInfoItem info, IReadOnlyList<string> overloads)
    {
        var parts = info
            .Sections.Select(s =>
                (
                    IsCode: s.Kind
                        is QuickInfoSectionKinds.Description
                            or QuickInfoSectionKinds.TypeParameters
                            or QuickInfoSectionKinds.AnonymousTypes,
                    s.Text
                )
            )
            .ToList();
        if (overloads.Count > 0)
        {
            parts.Add((true, string.Join('\n', overloads)));
        }

        var html = parts.Select(p =>
            p.IsCode
                ? $"<pre style=\"margin:0\"><b>{HtmlText.Escape(p.Text)}</b></pre>"
                : $"<div style=\"white-space:pre-wrap\">{HtmlText.Escape(p.Text)}</div>"
        );
        return MimeBundle.Of((MimeBundle.PlainText, string.Join("\n", parts.Select(p => p.Text))), (MimeBundle.Html, string.Concat(html)));
    }
}
