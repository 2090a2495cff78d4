using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive.Formatting;
using Plotly.NET;

namespace GaitProp.Kernel.Formatters;

/// <summary>
/// A chart of Plotly.NET that a user has made: Plotly's JSON, which front ends draw themselves. Nothing is loaded from the network.
/// </summary>
internal static class ChartFormatter
{
    /// <summary>Registers it.</summary>
    public static void Register()
    {
        RichFormatter.Register<GenericChart>(GenericChart.toJson, FigureFormatter.Plotly);
        RichFormatter.Register<GenericChart>(
            chart => Text($"Plotly chart, traces: {GenericChart.getTraces(chart).Length}"),
            MimeBundle.PlainText
        );
        Formatter.SetPreferredMimeTypesFor(typeof(GenericChart), FigureFormatter.Plotly, MimeBundle.PlainText);
    }
}
