using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.Assistance;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive;

namespace GaitProp.Notebook.Engine;

/// <summary>The languages of a notebook, put together: C#, and what front ends draw.</summary>
internal static class Languages
{
    /// <summary>JupyterLab's type of Mermaid diagrams.</summary>
    private const string Mermaid = "text/vnd.mermaid";

    /// <summary>Puts them together.</summary>
    /// <param name="cells">Runs C#.</param>
    /// <param name="workspace">Knows C#.</param>
    public static CompositeKernel Compose(CSharpCells cells, SubmissionWorkspace workspace)
    {
        // Its own front end, so that scripts go to the cell as Jupyter wants them.
        var root = new CompositeKernel { DefaultKernelName = CSharpCellKernel.CSharp, FrontendEnvironment = new JupyterFrontEnd() };
        // Documents of the library call the language C#.
        root.Add(new CSharpCellKernel(cells, workspace), ["cs", "c#", "C#"]);
        root.Add(new HtmlKernel());
        root.Add(new JavaScriptKernel(), ["js"]);
        root.Add(new TextKernel("markdown", "Markdown", "Shows the lines below as Markdown.", text => CellScope.Starter?.Place is { IsCell: false }
            ? null // The prose of a file belongs to the file, not to who imports it.
            : MimeBundle.Of(("text/markdown", text), (MimeBundle.PlainText, text))), ["md"]);
        root.Add(new TextKernel("mermaid", "Mermaid", "Shows the lines below as a Mermaid diagram where the front end draws those (JupyterLab), and as its source elsewhere.", text => MimeBundle.Of(
            (Mermaid, text),
            (MimeBundle.Html, $"<figure style=\"margin:0\"><pre style=\"border-left:3px solid #888;padding-left:1em\">{HtmlText.Escape(text)}</pre>"
                + "<figcaption style=\"opacity:.7\">Mermaid diagram, as source: this front end does not draw it.</figcaption></figure>"),
            (MimeBundle.PlainText, text))));
        root.Add(new KeyValueStoreKernel());
        root.Add(new TextKernel("meta", "", "The head of a .dib file: the lines below are passed over.", _ => null));
        foreach (var (name, description) in root.ChildKernels.Select(k => (k.Name, k.KernelInfo.Description)).Append(("javascript", "Runs the lines below as JavaScript in the page, if the front end lets it.")))
        {
            foreach (var directive in root.KernelInfo.SupportedDirectives.OfType<Microsoft.DotNet.Interactive.Directives.KernelSpecifierDirective>().Where(d => d.KernelName == name))
            {
                directive.Description = description;
                directive.Hidden = directive.Name is "#!C#" or "#!meta";
            }
        }

        return root;
    }

    private sealed class JupyterFrontEnd : FrontendEnvironment
    {
        /// <summary>Each script in a scope of its own.</summary>
        public override Task ExecuteClientScript(string code, KernelInvocationContext context)
        {
            CellScope.Starter?.Output.Display(MimeBundle.Of(("application/javascript", $"(async () => {{\n{code}\n}})();"), (MimeBundle.PlainText, "JavaScript")));
            return Task.CompletedTask;
        }
    }
}
