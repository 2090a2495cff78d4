using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace GaitProp.Experiments;

/// <summary>
/// What the code of some classes computes, as a hash of their instructions and of all code of their author's that these call. The names
/// of what is called stand in the hash, and not the numbers that one compilation gave them: a cell that runs again unchanged, in this
/// process or in another, has the hash that it had.
/// </summary>
internal sealed partial class CodeIdentity
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<ushort, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(c => (ushort)c.Value);

    private readonly HashSet<Assembly> _authors;
    private readonly HashSet<Type> _met = [];
    private readonly Queue<Type> _open = [];
    private readonly StringBuilder _text = new();

    private CodeIdentity(IEnumerable<Type> types)
    {
        _authors = [.. types.Select(t => t.Assembly)];
        foreach (var type in types)
        {
            Meet(type);
        }

        while (_open.TryDequeue(out var next))
        {
            Tell(next);
        }
    }

    /// <summary>The hash.</summary>
    /// <param name="types">The classes, which are not the kit's.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(IReadOnlyList<Type> types) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(new CodeIdentity(types)._text.ToString())));

    /// <summary>Whether its code may change: it is in an assembly of the classes asked for, or was compiled in this process.</summary>
    private bool IsAuthors(Assembly assembly) =>
        _authors.Contains(assembly) || (assembly != typeof(CodeIdentity).Assembly && (assembly.IsDynamic || assembly.Location.Length == 0));

    private void Meet(Type type)
    {
        while (type.GetElementType() is { } element)
        {
            type = element;
        }

        foreach (var argument in type.IsConstructedGenericType ? type.GetGenericArguments() : [])
        {
            Meet(argument);
        }

        type = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        if (!type.IsGenericParameter && IsAuthors(type.Assembly) && _met.Add(type))
        {
            _open.Enqueue(type);
        }
    }

    private void Tell(Type type)
    {
        Say($"type {type} : {type.BaseType}");
        if (type.BaseType is { } parent)
        {
            Meet(parent);
        }

        foreach (var nested in type.GetNestedTypes(Declared))
        {
            Meet(nested);
        }

        foreach (var field in type.GetFields(Declared).OrderBy(f => f.ToString(), StringComparer.Ordinal))
        {
            Say($"field {field} {(field.IsLiteral ? Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture) : "")}");
            Meet(field.FieldType);
        }

        foreach (var method in type.GetMembers(Declared).OfType<MethodBase>().OrderBy(m => m.ToString(), StringComparer.Ordinal))
        {
            Say($"method {method}");
            if (method.GetMethodBody() is { } body)
            {
                Say(string.Join(' ', body.LocalVariables.Select(v => v.LocalType)));
                Instructions(method, body.GetILAsByteArray()!);
            }
        }
    }

    private void Instructions(MethodBase method, ReadOnlySpan<byte> code)
    {
        while (code.Length > 0)
        {
            var operation = Codes[code[0] == 0xfe ? (ushort)(0xfe00 | code[1]) : code[0]];
            code = code[operation.Size..];
            var size = operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(code)),
                _ => 4,
            };
            var operand = operation.OperandType switch
            {
                OperandType.InlineString => method.Module.ResolveString(BinaryPrimitives.ReadInt32LittleEndian(code)),
                OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineType or OperandType.InlineTok => Member(
                    method,
                    BinaryPrimitives.ReadInt32LittleEndian(code)
                ),
                OperandType.InlineSig => "",
                _ => Convert.ToHexStringLower(code[..size]),
            };
            Say($"{operation.Name} {operand}");
            code = code[size..];
        }
    }

    /// <summary>The name of what a token points at; what is the author's will be told too.</summary>
    private string Member(MethodBase method, int token)
    {
        var member = method.Module.ResolveMember(
            token,
            method.DeclaringType?.GetGenericArguments(),
            method is MethodInfo { IsGenericMethod: true } ? method.GetGenericArguments() : null
        )!;
        if ((member as Type ?? member.DeclaringType) is { } type)
        {
            Meet(type);
        }

        foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
        {
            Meet(argument);
        }

        return $"{member.DeclaringType} {member}";
    }

    private void Say(string words) => _text.Append(Compiled().Replace(words, "")).Append('\n');

    /// <summary>The number of a cell in the names of its types, in C# and in F#.</summary>
    [GeneratedRegex(@"(?<=Submission#|FSI_)\d+")]
    private static partial Regex Compiled();
}
