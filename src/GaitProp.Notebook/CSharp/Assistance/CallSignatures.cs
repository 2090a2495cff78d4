using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GaitProp.Notebook.CSharp.Assistance;

/// <summary>What a call at a position takes.</summary>
/// <param name="Overloads">The signatures, their documentation and the words for their parameters.</param>
/// <param name="Overload">The first that the arguments so far fit.</param>
/// <param name="Parameter">The parameter that is being written.</param>
internal sealed record CallSignatures(
    IReadOnlyList<(string Text, string Documentation, IReadOnlyList<string> Parameters)> Overloads,
    int Overload,
    int Parameter
)
{
    /// <summary>What the innermost call around a position takes; <see langword="null"/> if there is none.</summary>
    /// <param name="document">The cell.</param>
    /// <param name="position">The caret.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<CallSignatures?> AtAsync(Document document, int position, CancellationToken cancellation)
    {
        var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        var arguments = root
            ?.FindToken(Math.Max(0, position - 1))
            .Parent?.AncestorsAndSelf()
            .OfType<ArgumentListSyntax>()
            .FirstOrDefault(l => l.OpenParenToken.Span.End <= position);
        IEnumerable<ISymbol> called = arguments?.Parent switch
        {
            InvocationExpressionSyntax call => model!.GetMemberGroup(call.Expression, cancellation),
            ObjectCreationExpressionSyntax made => (model!.GetTypeInfo(made, cancellation).Type as INamedTypeSymbol)?.InstanceConstructors
                ?? [],
            _ => [],
        };
        var methods = called.OfType<IMethodSymbol>().OrderBy(m => m.Parameters.Length).ToArray();
        if (methods.Length == 0)
        {
            return null;
        }

        var at = arguments!.Arguments.GetSeparators().Count(s => s.Span.End <= position);
        var fits = Math.Max(0, Array.FindIndex(methods, m => m.Parameters.Length > at));
        return new CallSignatures(
            [
                .. methods.Select(m =>
                    (
                        m.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat),
                        m.GetDocumentationCommentXml(cancellationToken: cancellation) is { Length: > 0 } xml
                            ? System.Xml.Linq.XElement.Parse(xml).Element("summary")?.Value.Trim() ?? ""
                            : "",
                        (IReadOnlyList<string>)[.. m.Parameters.Select(p => p.Name)]
                    )
                ),
            ],
            fits,
            Math.Clamp(at, 0, Math.Max(0, methods[fits].Parameters.Length - 1))
        );
    }
}
