using System.Collections;
using System.Text.RegularExpressions;

namespace GaitProp.Notebook.FSharp;

/// <summary>Types of .NET as F# names them.</summary>
internal static partial class FSharpTypes
{
    /// <summary>
    /// The type that a value has in F#: its own, or the nearest one that F# can name. Types that cells of C# declare are known to C# alone.
    /// </summary>
    /// <param name="value">The value.</param>
    public static string Of(object value)
    {
        var type = value.GetType();
        for (var nearest = type; nearest is not null && nearest != typeof(object); nearest = nearest.BaseType)
        {
            if (IsNameable(nearest))
            {
                return Name(nearest);
            }
        }

        var sequence = type.GetInterfaces()
            .FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>) && IsNameable(i));
        return Name(sequence ?? (value is IEnumerable ? typeof(IEnumerable) : typeof(object)));
    }

    private static bool IsNameable(Type type) =>
        type.IsArray
            ? IsNameable(type.GetElementType()!)
            : type.IsVisible
                && !type.Name.Contains('<')
                && type != typeof(ValueType)
                && (OfCells().IsMatch(type.FullName ?? "") || !(type.Assembly.IsDynamic || type.Assembly.Location.Length == 0))
                && type.GetGenericArguments().All(IsNameable);

    private static string Name(Type type)
    {
        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        // The arguments of the types around a nested type come first in its own list.
        var arguments = new Queue<Type>(type.GetGenericArguments());
        var levels = new Stack<Type>();
        for (var level = type; level is not null; level = level.DeclaringType)
        {
            levels.Push(level);
        }

        var names = levels.Select(level =>
        {
            var tick = level.Name.IndexOf('`', StringComparison.Ordinal);
            var own = tick < 0 ? 0 : int.Parse(level.Name[(tick + 1)..], System.Globalization.CultureInfo.InvariantCulture);
            return own == 0
                ? level.Name
                : $"{level.Name[..tick]}<{string.Join(", ", Enumerable.Range(0, own).Select(_ => Name(arguments.Dequeue())).ToArray())}>";
        });
        return $"global.{(string.IsNullOrEmpty(type.Namespace) ? "" : $"{type.Namespace}.")}{string.Join('.', names)}";
    }

    [GeneratedRegex(@"^FSI_\d+\+")]
    private static partial Regex OfCells();
}
