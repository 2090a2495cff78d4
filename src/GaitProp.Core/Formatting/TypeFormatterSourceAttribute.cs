namespace GaitProp.Formatting;

/// <summary>
/// Tells notebooks how a type looks, without a reference to any of them: .NET Interactive's formatting finds an attribute of this name by
/// convention, on whatever type and from whatever assembly. The forms themselves are made by the assembly <c>gaitprop</c> (package
/// GaitProp.Kernel); without it the type looks as any other does.
/// </summary>
/// <param name="preferredMimeTypes">The forms to show, best first.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = true)]
internal sealed class TypeFormatterSourceAttribute(params string[] preferredMimeTypes) : Attribute
{
    private const string Source = "GaitProp.Kernel.Formatters.ConventionalFormatters, gaitprop";

    /// <summary>
    /// The type whose <c>CreateTypeFormatters()</c> makes the forms; <see langword="null"/> where the assembly that has it is not there.
    /// </summary>
    public Type? FormatterSourceType { get; } = Type.GetType(Source, throwOnError: false);

    /// <summary>The forms to show, best first; <see langword="null"/> where there is nobody to make them.</summary>
    public string[]? PreferredMimeTypes => FormatterSourceType is null ? null : preferredMimeTypes;
}
