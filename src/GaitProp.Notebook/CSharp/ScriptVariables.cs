using System.Reflection;
using GaitProp.Notebook.Cells;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.CSharp;

/// <summary>A variable of the notebook.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its declared type.</param>
/// <param name="Value">Its value now.</param>
internal sealed record CellVariable(string Name, Type Type, object? Value);

/// <summary>The variables of a session: the fields of its submissions.</summary>
/// <param name="session">The session.</param>
internal sealed class ScriptVariables(ScriptSession session)
{
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

    /// <summary>Declares a variable, or declares it again with another type.</summary>
    /// <param name="name">A C# identifier.</param>
    /// <param name="value">Its value; its type, or the nearest public one, becomes the variable's.</param>
    /// <exception cref="CellException"><paramref name="name"/> is not an identifier.</exception>
    public void Set(string name, object value)
    {
        if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
        {
            throw new CellException(
                $"'{name}' is no name of a variable: a letter or '_' first, then letters, digits and '_', and no word of C#'s own."
            );
        }

        var nearest = TypeNames.NearestPublic(value.GetType());

        // Of a type that C# cannot name its members are still there.
        var type = nearest == typeof(object) && value.GetType() != nearest ? "dynamic" : TypeNames.Of(nearest);
        var code = $"{type} {name} = ({type})global::{typeof(HandedOver).FullName}.{nameof(HandedOver.Take)}({HandedOver.Give(value)});";
        session.RunAsync(session.Compile(code, "variable", CancellationToken.None)).GetAwaiter().GetResult();
    }
}
