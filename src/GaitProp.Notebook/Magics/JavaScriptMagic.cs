using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!javascript</c>: the lines below run in the front end, each cell in a scope of its own.</summary>
internal sealed class JavaScriptMagic : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!javascript", "#!js"];

    /// <inheritdoc/>
    public override string Description => "Runs the lines below as JavaScript in the page, if the front end lets it.";

    /// <inheritdoc/>
    public override string Example => "#!javascript\nconsole.log(\"Hello from the page\");";

    /// <inheritdoc/>
    public override bool TakesBody => true;

    /// <inheritdoc/>
    protected override void Run(MagicCall call) =>
        call.Output.Display(MimeBundle.Of(("application/javascript", $"(async () => {{\n{call.Body}\n}})();"), (MimeBundle.PlainText, "JavaScript")));
}
