using Plotly.NET;

namespace GaitProp.Kernel.Charts;

/// <summary>The JavaScript of plotly.js as Plotly.NET carries it, for pages that must open without a network.</summary>
internal static class PlotlyScript
{
    // Plotly.js falls back to this address for the outlines of countries. No figure is a map, and a page must not name another host to load
    // from.
    private const string MapAddress = "https://cdn.plot.ly/";

    private static readonly Lazy<string> Loaded = new(Read);

    /// <summary>
    /// The script (about 3.6 MB), which defines <c>window.Plotly</c>, also on a page with a module loader such as the classic notebook's
    /// RequireJS, which would otherwise take it away. Safe inside a <c>script</c> element.
    /// </summary>
    public static string Source => Loaded.Value;

    private static string Read()
    {
        var assembly = typeof(GenericChart).Assembly;
        var name = assembly
            .GetManifestResourceNames()
            .Single(resource =>
                resource.StartsWith("Plotly.NET.plotly-", StringComparison.Ordinal)
                && resource.EndsWith(".min.js", StringComparison.Ordinal)
            );
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        var script = reader
            .ReadToEnd()
            .Replace(MapAddress, "about:blank", StringComparison.Ordinal)
            .Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase);
        return $"(function (define, module, exports) {{\n{script}\n}}).call(window);";
    }
}
