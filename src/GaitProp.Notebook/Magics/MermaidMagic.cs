using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Magics;

/// <summary>
/// <c>#!mermaid</c>: a diagram in Mermaid's language. Front ends that draw Mermaid themselves (JupyterLab, GitHub in Markdown) get it as
/// <c>text/vnd.mermaid</c>; the others show its source. The library that draws it is 3 MB, too much for a notebook, and the kit loads nothing from the network.
/// </summary>
internal sealed class MermaidMagic : SimpleMagic
{
    /// <summary>JupyterLab's type of Mermaid diagrams.</summary>
    private const string Mermaid = "text/vnd.mermaid";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!mermaid"];

    /// <inheritdoc/>
    public override string Description => "Shows the lines below as a Mermaid diagram where the front end draws those (JupyterLab), and as its source elsewhere.";

    /// <inheritdoc/>
    public override string Example => "#!mermaid\nflowchart LR\n  input --> hidden --> output";

    /// <inheritdoc/>
    public override bool TakesBody => true;

    /// <inheritdoc/>
    protected override void Run(MagicCall call) => call.Output.Display(MimeBundle.Of(
        (Mermaid, call.Body),
        (MimeBundle.Html, $"<figure style=\"margin:0\"><pre style=\"border-left:3px solid #888;padding-left:1em\">{HtmlText.Escape(call.Body.TrimEnd())}</pre>"
            + "<figcaption style=\"opacity:.7\">Mermaid diagram, as source: this front end does not draw it.</figcaption></figure>"),
        (MimeBundle.PlainText, call.Body)));
}
