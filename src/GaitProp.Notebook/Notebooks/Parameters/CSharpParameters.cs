using System.Numerics;
using GaitProp.Notebook.CSharp;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GaitProp.Notebook.Notebooks.Parameters;

/// <summary>Parameters in C#: the variables that a cell declares with a value, as the compiler reads them.</summary>
internal static class CSharpParameters
{
    /// <summary>The variables that a text declares.</summary>
    public static IEnumerable<Parameter> Read(string code) =>
        ((CompilationUnitSyntax)CSharpSyntaxTree.ParseText(code, ScriptSession.Parsing).GetRoot()).Members.SelectMany(member =>
            member switch
            {
                FieldDeclarationSyntax field => Of(field.Modifiers, field.Declaration),
                GlobalStatementSyntax { Statement: LocalDeclarationStatementSyntax local } => Of(local.Modifiers, local.Declaration),
                _ => [],
            }
        );

    private static IEnumerable<Parameter> Of(SyntaxTokenList modifiers, VariableDeclarationSyntax declaration)
    {
        foreach (var variable in declaration.Variables)
        {
            if (variable.Initializer?.Value is not { } value)
            {
                continue;
            }

            var (name, isVar) = (variable.Identifier.Text, declaration.Type.IsVar);
            var (type, element) = isVar ? OfValue(value) : OfName(declaration.Type);
            var head = $"{string.Concat(modifiers.Select(m => $"{m.Text} "))}{declaration.Type.ToString()} {name} = ";
            yield return new Parameter(
                variable.Identifier.ValueText,
                type,
                value.ToString(),
                literals =>
                    $"{head}{(type is { IsList: false } ? literals[0] : $"{(isVar ? $"new {element}[] {{ " : "[")}{string.Join(", ", literals)}{(isVar ? " }" : "]")}")};"
            );
        }
    }

    /// <summary>The type that a declaration names, and that of a list's items.</summary>
    private static (ParameterType? Type, string Element) OfName(TypeSyntax type) =>
        type switch
        {
            NullableTypeSyntax nullable => OfName(nullable.ElementType),
            PredefinedTypeSyntax word => (Scalar(word.Keyword.Text), word.Keyword.Text),
            ArrayTypeSyntax { RankSpecifiers: [{ Rank: 1 }] } array => List(array.ElementType),
            GenericNameSyntax
            {
                Identifier.Text: "List" or "IList" or "IReadOnlyList" or "IEnumerable",
                TypeArgumentList.Arguments: [var item]
            } => List(item),
            _ => (null, ""),
        };

    private static (ParameterType? Type, string Element) List(TypeSyntax item) =>
        OfName(item) is ({ IsList: false } type, var word) ? (type with { IsList = true }, word) : (null, "");

    /// <summary>The type of a value that <c>var</c> stands for.</summary>
    private static (ParameterType? Type, string Element) OfValue(ExpressionSyntax value)
    {
        switch (value)
        {
            case PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.UnaryMinusExpression, Operand: LiteralExpressionSyntax literal }:
                return OfValue(literal);
            case LiteralExpressionSyntax literal when Word(literal.Token.Value) is { } word:
                return (Scalar(word), word);
            case ArrayCreationExpressionSyntax { Type: { RankSpecifiers: [{ Rank: 1 }] } array }:
                return List(array.ElementType);
            case ImplicitArrayCreationExpressionSyntax { Initializer.Expressions: [var first, ..] items }
                when OfValue(first) is ({ IsList: false } type, var word) && items.All(i => OfValue(i).Element == word):
                return (type with { IsList = true }, word);
            default:
                return (null, "");
        }
    }

    private static string? Word(object? value) =>
        value switch
        {
            int => "int",
            uint => "uint",
            long => "long",
            ulong => "ulong",
            double => "double",
            float => "float",
            decimal => "decimal",
            bool => "bool",
            string => "string",
            _ => null,
        };

    private static ParameterType? Scalar(string word) =>
        word switch
        {
            "int" => Whole(int.MinValue, int.MaxValue),
            "long" => Whole(long.MinValue, long.MaxValue, "L"),
            "uint" => Whole(uint.MinValue, uint.MaxValue, "u"),
            "ulong" => Whole(ulong.MinValue, ulong.MaxValue, "ul"),
            "short" => Whole(short.MinValue, short.MaxValue),
            "ushort" => Whole(ushort.MinValue, ushort.MaxValue),
            "byte" => Whole(byte.MinValue, byte.MaxValue),
            "sbyte" => Whole(sbyte.MinValue, sbyte.MaxValue),
            "double" => new(ParameterKind.Real),
            "float" => new(ParameterKind.Real, "f"),
            "decimal" => new(ParameterKind.Real, "m"),
            "bool" => new(ParameterKind.Truth),
            "string" => new(ParameterKind.Text),
            _ => null,
        };

    private static ParameterType Whole(BigInteger least, BigInteger most, string suffix = "") =>
        new(ParameterKind.Whole, suffix) { Range = (least, most) };
}
