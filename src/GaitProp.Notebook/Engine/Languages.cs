using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.Assistance;
using GaitProp.Notebook.Diagrams;
using GaitProp.Notebook.FSharp;
using GaitProp.Notebook.Languages;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Notebook.Engine;

/// <summary>The languages of a notebook, put together: C#, and what front ends draw.</summary>
internal static class Languages
{
    /// <summary>Puts them together.</summary>
    /// <param name="cells">Runs C#.</param>
    /// <param name="workspace">Knows C#.</param>
    /// <param name="fsharp">Runs F#; <see langword="null"/> for a set that runs nothing.</param>
    public static CompositeKernel Compose(CSharpCells cells, SubmissionWorkspace workspace, FSharpCells? fsharp = null)
    {
        var root = new CompositeKernel { DefaultKernelName = LanguageKernel.CSharp };

        // Documents of the library call the language C#.
        root.Add(new CSharpCellKernel(cells, workspace), ["cs", "c#", "C#"]);
        if (fsharp is not null)
        {
            root.Add(new FSharpKernel(fsharp), ["fs", "f#", "F#"]);
        }

        root.Add(new HtmlKernel());
        root.Add(new JavaScriptCells(cells.Session.Kit.Plain), ["js"]);
        root.Add(
            new TextKernel(
                "markdown",
                "Markdown",
                "Shows the lines below as Markdown.",
                text =>
                    CellScope.Starter?.Place is { IsCell: false }
                        ? null // The prose of a file belongs to the file, not to who imports it.
                        : MimeBundle.Of(("text/markdown", text), (MimeBundle.PlainText, text))
            ),
            ["md"]
        );
        root.Add(
            new TextKernel(
                "mermaid",
                "Mermaid",
                "Draws the lines below, a Mermaid flowchart, in every front end; other diagrams where the front end draws them (JupyterLab).",
                MermaidDiagram.Of
            )
        );
        root.Add(new KeyValueStoreKernel());
        root.Add(new TextKernel("meta", "", "The head of a .dib file: the lines below are passed over.", _ => null));
        Describe(root);
        return root;
    }

    /// <summary>Gives each language's line the language's description.</summary>
    /// <param name="root">The languages.</param>
    public static void Describe(CompositeKernel root)
    {
        foreach (var directive in root.KernelInfo.SupportedDirectives.OfType<KernelSpecifierDirective>())
        {
            directive.Description = root.FindKernelByName(directive.KernelName)?.KernelInfo.Description ?? directive.Description;
            directive.Hidden = directive.Name is "#!C#" or "#!F#" or "#!meta";
        }
    }
}
