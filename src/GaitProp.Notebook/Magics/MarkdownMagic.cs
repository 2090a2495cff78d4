using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!markdown</c>: the lines below are Markdown, drawn by the front end.</summary>
internal sealed class MarkdownMagic : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!markdown", "#!md"];

    /// <inheritdoc/>
    public override string Description => "Shows the lines below as Markdown.";

    /// <inheritdoc/>
    public override string Example => "#!markdown\nThe update is $\\Delta W = -\\lambda \\, (t - a) \\, x^T$.";

    /// <inheritdoc/>
    public override bool TakesBody => true;

    /// <inheritdoc/>
    protected override void Run(MagicCall call) => call.Output.Display(MimeBundle.Of(("text/markdown", call.Body), (MimeBundle.PlainText, call.Body)));
}
