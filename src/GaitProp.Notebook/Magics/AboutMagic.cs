using System.Runtime.InteropServices;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!about</c>: what runs the notebook.</summary>
/// <param name="kit">What the program brings along.</param>
internal sealed class AboutMagic(Kit kit) : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!about"];

    /// <inheritdoc/>
    public override string Description => "Says which versions run the notebook.";

    /// <inheritdoc/>
    public override string Example => "#!about";

    /// <inheritdoc/>
    protected override void Run(MagicCall call)
    {
        (string Name, string Value)[] rows =
        [
            (kit.Name, kit.Version),
            ("C#", ScriptSession.Parsing.LanguageVersion.MapSpecifiedToEffectiveVersion().ToDisplayString()),
            ("compiler", typeof(CSharpCompilation).Assembly.GetName().Version!.ToString(3)),
            (".NET", Environment.Version.ToString()),
            ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}"),
            ("working directory", Environment.CurrentDirectory),
        ];
        call.Output.Display(MimeBundle.Of(
            (MimeBundle.Html, $"<table>{string.Concat(rows.Select(r => $"<tr><td style=\"text-align:left\">{HtmlText.Escape(r.Name)}</td><td style=\"text-align:left\">{HtmlText.Escape(r.Value)}</td></tr>"))}</table>"),
            (MimeBundle.PlainText, string.Join('\n', rows.Select(r => $"{r.Name,-18} {r.Value}")))));
    }
}
