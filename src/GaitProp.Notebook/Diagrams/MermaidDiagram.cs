using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Diagrams;

/// <summary>
/// A Mermaid diagram in a cell. Flowcharts are drawn here, since most front ends draw no Mermaid, and none does without a network but
/// JupyterLab; of others the source is shown beside the reason. Pages that take pictures and styles out of HTML, as GitHub does, show what
/// the flowchart says as a sentence, which is not seen elsewhere.
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
            var picture = FlowLayout.Of(FlowchartReader.Read(text));
            var (svg, said) = (FlowSvg.Of(picture), HtmlText.Escape(FlowSvg.Said(picture.Chart)));
            return MimeBundle.Of(
                (Mermaid, text),
                (
                    MimeBundle.Html,
                    $"<figure style=\"margin:0\">{svg}<figcaption style=\"font-size:0;line-height:0\">{said}</figcaption></figure>"
                ),
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
