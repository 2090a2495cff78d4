namespace GaitProp.Kernel.Jupyter.CSharp;

/// <summary>The namespaces that cells use without saying so.</summary>
internal static class ScriptUsings
{
    /// <summary>.NET's usual ones, the kit's and TorchSharp's.</summary>
    public static IReadOnlyList<string> Default { get; } =
    [
        "System",
        "System.Collections",
        "System.Collections.Generic",
        "System.Diagnostics",
        "System.Globalization",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Text",
        "System.Text.RegularExpressions",
        "System.Threading",
        "System.Threading.Tasks",
        "Microsoft.DotNet.Interactive.Formatting",
        "TorchSharp",
        "GaitProp.Kernel.Jupyter.CSharp.CellDisplay",
        "GaitProp.Kernel.Jupyter.CSharp.DisplayExtensions",
        "GaitProp.Data",
        "GaitProp.Experiments",
        "GaitProp.Figures",
        "GaitProp.Kernel.Formatters",
        "GaitProp.Layers",
        "GaitProp.Losses",
        "GaitProp.Metrics",
        "GaitProp.Networks",
        "GaitProp.Optimization",
        "GaitProp.Orthogonality",
        "GaitProp.Rules",
        "GaitProp.Runs",
        "GaitProp.Runtime",
        "GaitProp.Training",
    ];
}
