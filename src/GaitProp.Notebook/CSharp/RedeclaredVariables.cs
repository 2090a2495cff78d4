using System.Reflection;
using GaitProp.Notebook.Cells;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// Lets go of the values of variables that a later cell declares again: a cell that is run again and again would keep every tensor it ever
/// made. A variable that a function, lambda or type of a cell may still use keeps its value.
/// </summary>
/// <param name="kit">Knows what values weigh.</param>
internal sealed class RedeclaredVariables(Kit kit)
{
    /// <summary>Bytes outside the collector's sight after which it is told to look.</summary>
    private const long EnoughBytes = 25_000_000;

    private readonly Dictionary<string, (object State, FieldInfo Field)> _latest = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private object? _newest;
    private long _released;

    /// <summary>Looks at a submission that has run.</summary>
    /// <param name="code">Its text and those of the files that it loads, as they were parsed.</param>
    /// <param name="state">The newest object whose fields are variables: its own, or an earlier one's if it has none.</param>
    public void Ran(IEnumerable<SyntaxNode> code, object? state)
    {
        (var own, _newest) = (ReferenceEquals(state, _newest) ? null : state, state);
        foreach (var field in own?.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) ?? [])
        {
            if (!SyntaxFacts.IsValidIdentifier(field.Name))
            {
                continue;
            }

            if (_latest.Remove(field.Name, out var earlier) && !_used.Remove(field.Name))
            {
                Release(earlier.State, earlier.Field);
            }

            _latest[field.Name] = (own!, field);
        }

        // Names are enough: a name that means something else keeps a value too long, and no more.
        _used.UnionWith(
            code.SelectMany(c => c.DescendantNodes())
                .Where(n =>
                    n
                        is AnonymousFunctionExpressionSyntax
                            or LocalFunctionStatementSyntax
                            or BaseTypeDeclarationSyntax
                            or BaseMethodDeclarationSyntax
                            or BasePropertyDeclarationSyntax
                            or QueryExpressionSyntax
                )
                .SelectMany(n => n.DescendantTokens())
                .Where(t => t.IsKind(SyntaxKind.IdentifierToken))
                .Select(t => t.ValueText)
        );
        if (_released > EnoughBytes)
        {
            _released = 0;
            GC.Collect();
            GC.WaitForPendingFinalizers();

            // Each cell runs on a thread of its own, and C's heap has a part for each: what one gave back, another does not find.
            kit.GiveBack();
        }
    }

    private void Release(object state, FieldInfo field)
    {
        if (!field.FieldType.IsValueType && field.GetValue(state) is { } value)
        {
            _released += kit.BytesOutside(value);
            field.SetValue(state, null);
        }
    }
}
