using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!lsmagic</c>: the magics.</summary>
/// <param name="magics">The magics.</param>
internal sealed class LsMagicMagic(MagicList magics) : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!lsmagic"];

    /// <inheritdoc/>
    public override string Description => "Lists the magics.";

    /// <inheritdoc/>
    public override string Example => "#!lsmagic";

    /// <inheritdoc/>
    protected override void Run(MagicCall call)
    {
        var rows = magics.All.Select(m => (Names: string.Join(", ", m.Names), m.Description)).ToArray();
        var width = rows.Max(r => r.Names.Length);
        call.Output.Display(MimeBundle.Of(
            (MimeBundle.Html, $"<table>{string.Concat(rows.Select(r => $"<tr><td style=\"text-align:left\"><code>{HtmlText.Escape(r.Names)}</code></td><td style=\"text-align:left\">{HtmlText.Escape(r.Description)}</td></tr>"))}</table>"),
            (MimeBundle.PlainText, string.Join('\n', rows.Select(r => $"{r.Names.PadRight(width)}  {r.Description}")))));
    }
}
