using System.Reflection;
using GaitProp.Notebook.Cells;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.CSharp;

/// <summary>The variables of a session: the fields of its submissions.</summary>
/// <param name="session">The session.</param>
internal sealed class ScriptVariables(ScriptSession session) : ICellVariables
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Names => [.. All.Select(v => v.Name)];

    /// <inheritdoc/>
    public object? Value(string name) => All.First(v => v.Name == name).Value;

    /// <summary>All of them, the last declaration of each name.</summary>
    public IReadOnlyList<CellVariable> All
    {
        get
        {
            var variables = new Dictionary<string, CellVariable>(StringComparer.Ordinal);
            foreach (var state in session.States.OfType<object>())
            {
                foreach (var held in state.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    if (SyntaxFacts.IsValidIdentifier(held.Name))
                    {
                        variables[held.Name] = new CellVariable(held.Name, held.FieldType, held.GetValue(state));
                    }
                }
            }

            return [.. variables.Values.OrderBy(v => v.Name, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <inheritdoc/>
    public void Set(string name, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
        {
            throw new CellException($"'{name}' is no name of a variable: a letter or '_' first, then letters, digits and '_', and no word of C#'s own.");
        }

        var type = TypeNames.Of(TypeNames.NearestPublic(value.GetType()));
        var code = $"{type} {name} = ({type})global::{typeof(HandedOver).FullName}.{nameof(HandedOver.Take)}({HandedOver.Give(value)});";
        session.RunAsync(session.Compile(code, "variable", CancellationToken.None)).GetAwaiter().GetResult();
    }
}
