using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Diagrams;

/// <summary>
/// A Mermaid diagram in a cell. Flowcharts are drawn here, since most front ends draw no Mermaid, and none does without a network but
/// JupyterLab; of others the source is shown beside the reason.
/// </summary>
internal static class MermaidDiagram
{
    /// <summary>JupyterLab's type of such diagrams.</summary>
    private const string Mermaid = "text/vnd.mermaid";

    private const string Svg = "image/svg+xml";

    /// <summary>The forms of a diagram.</summary>
    /// <param name="text">Its text.</param>
    public static MimeBundle Of(string text)
    {
        try
        {
            var svg = FlowSvg.Of(FlowLayout.Of(FlowchartReader.Read(text)));
            return MimeBundle.Of(
                (Mermaid, text),
                (MimeBundle.Html, $"<figure style=\"margin:0\">{svg}</figure>"),
                (Svg, svg),
                (MimeBundle.PlainText, text)
            );
        }
        catch (DiagramException e)
        {
            return MimeBundle.Of(
                (Mermaid, text),
                (
                    MimeBundle.Html,
                    $"<figure style=\"margin:0\"><pre style=\"border-left:3px solid #888;padding-left:1em\">{HtmlText.Escape(text)}</pre>"
                        + $"<figcaption style=\"opacity:.7\">Mermaid diagram, as source: {HtmlText.Escape(e.Message)}.</figcaption></figure>"
                ),
                (MimeBundle.PlainText, text)
            );
        }
    }
}
