using System.Runtime.InteropServices;
using GaitProp.Kernel.Charts;
using GaitProp.Kernel.Commands;
using GaitProp.Kernel.Jupyter.Cells;
using GaitProp.Kernel.Jupyter.CSharp;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Kernel.Jupyter.Magics;

/// <summary><c>#!about</c>: what runs the notebook.</summary>
internal sealed class AboutMagic : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!about"];

    /// <inheritdoc/>
    public override string Description => "Says which versions run the notebook; #!gaitprop info says more of tensors and data.";

    /// <inheritdoc/>
    public override string Example => "#!about";

    /// <inheritdoc/>
    protected override void Run(MagicCall call)
    {
        (string Name, string Value)[] rows =
        [
            ("GaitProp", CommandLine.Version),
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
