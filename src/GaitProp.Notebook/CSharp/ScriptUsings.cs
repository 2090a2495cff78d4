using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.CSharp;

/// <summary>The namespaces that cells use without saying so.</summary>
internal static class ScriptUsings
{
    /// <summary>The kit's, and what shows values.</summary>
    /// <param name="kit">The kit.</param>
    public static IReadOnlyList<string> Of(Kit kit) =>
        [.. kit.Namespaces, typeof(CellDisplay).FullName!, typeof(DisplayExtensions).FullName!];
}
