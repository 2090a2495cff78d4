using System.Diagnostics.CodeAnalysis;

namespace GaitProp;

/// <summary>
/// Names a type of layer for plans, on the record of its plan. <see cref="LayerCatalog"/> finds the records of the kit that carry it;
/// others are registered.
/// </summary>
/// <param name="name">The word that a plan begins with, such as <c>conv</c>: lower-case letters.</param>
/// <param name="syntax">What follows it, in words: the record's parameters in their order, such as <c>KERNEL,STRIDE,CHANNELS</c>; empty for
/// a record without parameters.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class LayerKindAttribute(string name, string syntax) : Attribute
{
    /// <summary>The word that a plan begins with.</summary>
    internal string Name { get; } = name;

    /// <summary>What follows it, in words.</summary>
    internal string Syntax { get; } = syntax;

    /// <summary>
    /// Another spelling of what follows the name, beside numbers and commas: a regular expression whose groups have the names of the
    /// record's parameters. A parameter whose group matched nothing is 1, or has its default value.
    /// </summary>
    [StringSyntax(StringSyntaxAttribute.Regex)]
    public string? Pattern { get; init; }
}
