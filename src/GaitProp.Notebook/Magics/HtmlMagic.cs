using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!html</c>: the lines below are HTML.</summary>
internal sealed class HtmlMagic : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!html"];

    /// <inheritdoc/>
    public override string Description => "Shows the lines below as HTML.";

    /// <inheritdoc/>
    public override string Example => "#!html\n<b style=\"color: teal\">Hello</b>";

    /// <inheritdoc/>
    public override bool TakesBody => true;

    /// <inheritdoc/>
    protected override void Run(MagicCall call) => call.Output.Display(MimeBundle.Of((MimeBundle.Html, call.Body), (MimeBundle.PlainText, call.Body)));
}
