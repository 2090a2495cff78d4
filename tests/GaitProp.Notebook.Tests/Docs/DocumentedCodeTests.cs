using GaitProp.Notebook.Tests.CSharp;

namespace GaitProp.Notebook.Tests.Docs;

/// <summary>The C# of documents about notebooks runs as the cells of one. What begins with its 'using' lines is a program, and compiled as such elsewhere.</summary>
public sealed class DocumentedCodeTests : EngineTest
{
    /// <summary>Compiled elsewhere too: a verb belongs to the program, the other recipes to a project that has only the package.</summary>
    private const string Recipes = "docs/architecture.md";

    public static TheoryData<string> Documents => [.. DocumentedCode.Documents().Where(d => d != Recipes && !DocumentedCode.Of(d)[0].StartsWith("using ", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task It_runs(string document)
    {
        foreach (var code in DocumentedCode.Of(document))
        {
            await Run(code);
        }
    }
}
