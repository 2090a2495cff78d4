namespace GaitProp;

/// <summary>
/// Names a learning rule for the command line, files and figures. <see cref="RuleCatalog"/> finds the classes that carry it.
/// </summary>
/// <param name="name">The name on the command line, such as <c>ngait</c>.</param>
/// <param name="title">The name in figures, such as <c>normalised GAIT</c>.</param>
/// <param name="optionsType">The record of its options, a <see cref="RuleOptions"/>; the rule has a constructor that takes it. A rule
/// without options needs neither.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class RuleAttribute(string name, string title, Type? optionsType = null) : Attribute
{
    /// <summary>The name on the command line.</summary>
    internal string Name { get; } = name;

    /// <summary>The name in figures.</summary>
    internal string Title { get; } = title;

    /// <summary>The record of its options.</summary>
    internal Type OptionsType { get; } = optionsType ?? typeof(NoOptions);
}
