using System.Text.RegularExpressions;
using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Docs;

/// <summary>
/// The C# of documents about notebooks runs as the cells of one. What begins with its 'using' lines is a program, and compiled as such
/// elsewhere.
/// </summary>
public sealed partial class DocumentedCodeTests : EngineTest
{
    /// <summary>Compiled elsewhere too: a verb belongs to the program, the other recipes to a project that has only the package.</summary>
    private const string Recipes = "docs/architecture.md";

    public static TheoryData<string> Documents => [.. OfNotebooks];

    /// <summary>Those that train: of the others nothing is changed.</summary>
    public static TheoryData<string> Trainings => [.. OfNotebooks.Where(d => DocumentedCode.Of(d).Any(code => Training().IsMatch(code)))];

    private static IEnumerable<string> OfNotebooks =>
        DocumentedCode.Documents().Where(d => d != Recipes && !DocumentedCode.Of(d)[0].StartsWith("using ", StringComparison.Ordinal));

    /// <summary>Its trainings on a few images, of a small network: the words are the document's.</summary>
    [Theory]
    [MemberData(nameof(Documents))]
    public Task It_runs(string document) =>
        RunAll(
            DocumentedCode
                .Of(document)
                .Select(code =>
                    Training().Replace(code, "$0 --set trainImages=256 --set testImages=100 --set network=\"dense 40, dense 40, dense 10\"")
                )
        );

    [Theory]
    [MemberData(nameof(Trainings))]
    [Trait("Size", "Exhaustive")]
    public Task It_runs_word_for_word(string document) => RunAll(DocumentedCode.Of(document));

    private async Task RunAll(IEnumerable<string> cells)
    {
        foreach (var code in cells)
        {
            await Run(code);
        }
    }

    [GeneratedRegex("#!gaitprop train [a-z-]+")]
    private static partial Regex Training();
}
