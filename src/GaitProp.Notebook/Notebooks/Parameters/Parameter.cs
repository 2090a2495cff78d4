namespace GaitProp.Notebook.Notebooks.Parameters;

/// <summary>A variable that a notebook's cell of parameters sets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What its value is; <see langword="null"/> if an expression makes it.</param>
/// <param name="Value">The value as it stands in the cell.</param>
/// <param name="Declare">The line that sets it to other values, from the spelling of each.</param>
internal sealed record Parameter(string Name, ParameterType? Type, string Value, Func<IReadOnlyList<string>, string> Declare);

/// <summary>A language that parameters may be in.</summary>
/// <param name="Names">What cells call it.</param>
/// <param name="Comment">What begins a comment.</param>
/// <param name="Truth">How it spells true and false.</param>
/// <param name="Read">The variables that a text sets, in order.</param>
internal sealed record ParameterLanguage(
    IReadOnlyList<string> Names,
    string Comment,
    (string True, string False) Truth,
    Func<string, IEnumerable<Parameter>> Read
)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ParameterLanguage> All { get; } =
    [
        new(["csharp", "cs", "c#", "C#"], "//", ("true", "false"), CSharpParameters.Read),
        new(["fsharp", "fs", "f#", "F#"], "//", ("true", "false"), LineParameters.FSharp),
        new(["python", "python3", "py"], "#", ("True", "False"), LineParameters.Python),
    ];
}
