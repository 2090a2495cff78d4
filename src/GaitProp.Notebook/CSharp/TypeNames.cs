using System.Text.RegularExpressions;

namespace GaitProp.Notebook.CSharp;

/// <summary>Names of types as one writes them in a cell.</summary>
internal static partial class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(char)] = "char",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(void)] = "void",
    };

    /// <summary>A type's full name, which means the same type wherever it stands.</summary>
    /// <param name="type">A type that a cell can name.</param>
    public static string Of(Type type) => Name(type, isShort: false);

    /// <summary>A type's name as one says it: without namespaces.</summary>
    /// <param name="type">Any type.</param>
    public static string Short(Type type) => Name(type, isShort: true);

    /// <summary>The type itself, or the nearest one it derives from that a cell can name.</summary>
    /// <param name="type">Any type.</param>
    public static Type NearestPublic(Type type)
    {
        while (!IsNameable(type))
        {
            type = type.BaseType ?? typeof(object);
        }

        return type;
    }

    /// <summary>Not the types that cells of other languages make in memory, which the compiler cannot see.</summary>
    private static bool IsNameable(Type type) =>
        type.HasElementType
            ? IsNameable(type.GetElementType()!)
            : type.IsVisible
                && !type.Name.Contains('<')
                && (IsOfCell(type) || !(type.Assembly.IsDynamic || type.Assembly.Location.Length == 0))
                && type.GetGenericArguments().All(IsNameable);

    private static bool IsOfCell(Type type) => SubmissionName().IsMatch(type.Name) || (type.DeclaringType is { } outer && IsOfCell(outer));

    private static string Name(Type type, bool isShort)
    {
        if (Keywords.TryGetValue(type, out var keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            // int[][,] is an array of two-dimensional ones: the outermost rank comes first.
            var ranks = "";
            for (; type.IsArray; type = type.GetElementType()!)
            {
                ranks += $"[{new string(',', type.GetArrayRank() - 1)}]";
            }

            return Name(type, isShort) + ranks;
        }

        if (type.IsByRef || type.IsPointer)
        {
            return Name(type.GetElementType()!, isShort) + (type.IsPointer ? "*" : "&");
        }

        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying, isShort) + "?";
        }

        if (isShort && type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true)
        {
            return $"({string.Join(", ", type.GetGenericArguments().Select(Short))})";
        }

        if (isShort && type.Name.Contains("AnonymousType", StringComparison.Ordinal))
        {
            return "anonymous type";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        // The arguments of the types around a nested type come first in its own list.
        var arguments = new Queue<Type>(type.GetGenericArguments());
        var levels = new Stack<Type>();
        for (var level = type; level is not null; level = level.DeclaringType)
        {
            if (SubmissionName().IsMatch(level.Name))
            {
                break;
            }

            levels.Push(level);
        }

        var isOfCell = levels.Peek().DeclaringType is not null;
        var names = levels.Select(level =>
        {
            var own = level.Name.IndexOf('`', StringComparison.Ordinal) is >= 0 and var tick
                ? int.Parse(level.Name[(tick + 1)..], System.Globalization.CultureInfo.InvariantCulture)
                : 0;
            var name = own == 0 ? level.Name : level.Name[..level.Name.IndexOf('`', StringComparison.Ordinal)];
            return own == 0
                ? name
                : $"{name}<{string.Join(", ", Enumerable.Range(0, own).Select(_ => Name(arguments.Dequeue(), isShort)))}>";
        });
        var path = string.Join('.', names);
        return isShort || isOfCell || string.IsNullOrEmpty(type.Namespace) ? path : $"global::{type.Namespace}.{path}";
    }

    [GeneratedRegex(@"^Submission#\d+$")]
    private static partial Regex SubmissionName();
}
