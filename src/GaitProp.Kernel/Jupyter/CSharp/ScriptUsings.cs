namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>The namespaces that cells use without saying so.</summary>
internal static class ScriptUsings
{
    /// <summary>.NET's usual ones, the kit's and TorchSharp's.</summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        .. GaitPropExtension.Namespaces,
        "GaitProp.Kernel.Jupyter.CSharp.CellDisplay",
        "GaitProp.Kernel.Jupyter.CSharp.DisplayExtensions",
    ];
}
