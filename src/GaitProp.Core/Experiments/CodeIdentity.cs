using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace GaitProp.Experiments;

/// <summary>
/// What the code of some classes computes, as a hash of their instructions and of the code of their author's that these name: in their
/// assemblies, and in what was compiled in this process. The names of what is called stand in the hash, and not the numbers that one
/// compilation gave them: a cell that runs again unchanged, in this process or in another, has the hash that it had. Another compiler,
/// another build (Debug, Release) or another notebook host makes other instructions of the same code, and so another hash.
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
    private readonly HashSet<MemberInfo> _met = [];
    private readonly Queue<MemberInfo> _open = [];
    private readonly StringBuilder _text = new();

    private CodeIdentity(IReadOnlyCollection<Type> types)
    {
        _authors = [.. types.Select(t => t.Assembly)];
        foreach (var type in types)
        {
            Meet(type);
        }

        while (_open.TryDequeue(out var next))
        {
            if (next is Type type)
            {
                Tell(type);
            }
            else
            {
                Tell((MethodBase)next);
            }
        }
    }

    /// <summary>The hash.</summary>
    /// <param name="types">The classes, which are not the kit's.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Of(IReadOnlyCollection<Type> types) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(new CodeIdentity(types)._text.ToString())));

    /// <summary>Meets what code names: the class that it is of, or, of what stands in a cell outside of classes, itself alone.</summary>
    private void Meet(MemberInfo member)
    {
        if ((member as Type ?? member.DeclaringType) is not { } type)
        {
            return;
        }

        Meet(type);
        if (!IsTold(type) || !IsCell(type))
        {
            return;
        }

        if (member is MethodBase method && _met.Add(method))
        {
            _open.Enqueue(method);
        }

        // What a static variable of a cell holds, its initialiser says; what else runs once in the cell does not stand there.
        if (member is FieldInfo { IsStatic: true } && type.TypeInitializer is { } first && _met.Add(first))
        {
            _open.Enqueue(first);
        }
    }

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
        if (IsTold(type) && !IsCell(type) && _met.Add(type))
        {
            _open.Enqueue(type);
        }
    }

    /// <summary>
    /// Whether it is the author's. Of the compiler's own class of constants the names of fields are their hashes: they suffice.
    /// </summary>
    private bool IsTold(Type type) =>
        !type.IsGenericParameter
        && OwnParts.IsAuthors(type.Assembly, _authors)
        && !type.Name.StartsWith("<PrivateImplementationDetails>", StringComparison.Ordinal);

    /// <summary>Whether it is the class of a whole cell, most of which has nothing to do with the rule.</summary>
    internal static bool IsCell(Type type) => CellName().IsMatch(type.Name);

    private void Tell(Type type)
    {
        Say($"type {type}");
        Try(() =>
        {
            Say($": {type.BaseType}");
            if (type.BaseType is { } parent)
            {
                Meet(parent);
            }

            foreach (var nested in Sorted(type.GetNestedTypes(Declared)))
            {
                Meet(nested);
            }
        });

        foreach (var field in Sorted(type.GetFields(Declared)))
        {
            Say(
                $"field {NameOf(field)} {(field.IsLiteral ? Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture) : "")}"
            );
            Try(() => Meet(field.FieldType));
        }

        foreach (var method in Sorted(type.GetMembers(Declared).OfType<MethodBase>()))
        {
            Tell(method);
        }
    }

    private void Tell(MethodBase method)
    {
        Say($"method {(int)method.Attributes} {NameOf(method)}");
        Try(() =>
        {
            if (method.GetMethodBody() is { } body)
            {
                Say(string.Join(' ', body.LocalVariables.Select(v => v.LocalType)));
                Instructions(method, body.GetILAsByteArray()!);
                Handlers(body);
            }
        });
    }

    /// <summary>Which exceptions are caught, and where: that is not among the instructions.</summary>
    private void Handlers(MethodBody body)
    {
        foreach (var clause in body.ExceptionHandlingClauses)
        {
            var caught = clause.Flags switch
            {
                ExceptionHandlingClauseOptions.Clause => clause.CatchType?.ToString(),
                ExceptionHandlingClauseOptions.Filter => Text($"{clause.FilterOffset}"),
                _ => "",
            };
            Say(Text($"{clause.Flags} {clause.TryOffset} {clause.TryLength} {clause.HandlerOffset} {clause.HandlerLength} {caught}"));
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
        Meet(member);
        foreach (var argument in member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments() : [])
        {
            Meet(argument);
        }

        return $"{member.DeclaringType} {member}";
    }

    /// <summary>Code that names what is not there, such as a library for pictures, may never run, and trains all the same.</summary>
    private void Try(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception e) when (IsMissing(e))
        {
            Say($"missing {e.Message}");
        }
    }

    private static bool IsMissing(Exception e) =>
        e is FileNotFoundException or FileLoadException or TypeLoadException or MissingMemberException or BadImageFormatException;

    /// <summary>In an order that does not depend on the numbers of cells.</summary>
    private static IEnumerable<T> Sorted<T>(IEnumerable<T> members)
        where T : MemberInfo => members.OrderBy(m => Cleaned(NameOf(m)), StringComparer.Ordinal);

    /// <summary>The name with its types, where these are there.</summary>
    private static string NameOf(MemberInfo member)
    {
        try
        {
            return member.ToString()!;
        }
        catch (Exception e) when (IsMissing(e))
        {
            return $"{member.Name}, {e.Message}";
        }
    }

    private void Say(string words) => _text.Append(Cleaned(words)).Append('\n');

    private static string Cleaned(string words) => Numbered().Replace(words, "");

    /// <summary>The number of a cell in the names of types that are compiled in it, in C# and in F#.</summary>
    [GeneratedRegex(@"(?<=Submission#|FSI_|<PrivateImplementationDetails>|Anonymous(?:Type|Delegate)\d+#)\d+")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^Submission#\d+$")]
    private static partial Regex CellName();
}
