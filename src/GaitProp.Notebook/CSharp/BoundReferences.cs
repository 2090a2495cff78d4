using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// The compiler's view of the assemblies that cells use, made once and before anybody uses it. Compilations that come upon the same files
/// at one moment, the first cell's and those of the warm-up and of completion, would each make a view of their own; later cells may then
/// take another one than the cells before them, and a <c>Tensor</c> of the one is no <c>Tensor</c> of the other.
/// </summary>
internal static class BoundReferences
{
    private static readonly Lock Gate = new();

    /// <summary>Views live as long as a compilation that has them.</summary>
    private static readonly List<Compilation> Kept = [];

    /// <summary>Has the compiler look at some assemblies together; from now on every compilation takes what it saw.</summary>
    /// <param name="references">All that the next submission may use.</param>
    /// <returns>The same.</returns>
    public static IReadOnlyList<MetadataReference> Bind(IReadOnlyList<MetadataReference> references)
    {
        lock (Gate)
        {
            var compilation = CSharpCompilation.CreateScriptCompilation(
                "References",
                references: references,
                options: ScriptSession.Options("References", [])
            );
            _ = compilation.Assembly;
            Kept.Add(compilation);
        }

        return references;
    }
}
