using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Notebook.Engine;

/// <summary>The languages of a notebook with their directives. What the program brings along is added when a text first has a directive: a first cell of C# does not wait for it.</summary>
internal sealed class NotebookLanguages
{
    /// <summary>Languages of other hosts: whoever names one means it, and no word of ours that looks alike.</summary>
    private static readonly string[] Elsewhere = ["#!fsharp", "#!f#", "#!pwsh", "#!powershell", "#!sql", "#!kql", "#!python", "#!r", "#!http", "#!vscode", "#!bash"];

    private readonly Kit _kit;
    private readonly Lazy<bool> _extended;

    /// <summary>Adds the host's own directives.</summary>
    /// <param name="root">The languages.</param>
    /// <param name="kit">What the program brings along.</param>
    /// <param name="import">Runs a file.</param>
    public NotebookLanguages(CompositeKernel root, Kit kit, Func<string, Task> import)
    {
        (Root, _kit) = (root, kit);
        NotebookDirectives.AddTo(root, kit, import);
        _extended = new Lazy<bool>(() =>
        {
            kit.Extend(root);
            return true;
        });
    }

    /// <summary>The languages.</summary>
    public CompositeKernel Root { get; }

    /// <summary>All directives, those of the languages too.</summary>
    public IEnumerable<KernelDirective> Directives => _extended.Value ? NotebookDirectives.All(Root) : [];

    /// <summary>Reads a cell.</summary>
    /// <param name="text">Its text.</param>
    public CellText Read(string text)
    {
        _ = text.Contains("#!", StringComparison.Ordinal) && _extended.Value;
        return new CellText(text, name => Root.KernelInfo.SupportedDirectives.OfType<KernelSpecifierDirective>().FirstOrDefault(d => d.Name == name)?.KernelName is { } language
            ? language == CSharpCellKernel.CSharp
            : null);
    }

    /// <summary>Whether there is a directive.</summary>
    /// <param name="name">Its name, with <c>#!</c>.</param>
    public bool Knows(string name) => Directives.Any(d => d.Name == name);

    /// <summary>What to say of a directive that there is not: the languages and the magics there are, and how to add a language.</summary>
    /// <param name="name">Its name, with <c>#!</c>.</param>
    public CellException Unknown(string name)
    {
        var known = Directives.Where(d => !d.Hidden).Select(d => d.Name);
        return new(
            (Elsewhere.Contains(name) ? $"unknown language '{name}'. Choose from {string.Join(", ", known)}." : _kit.Unknown("magic or language", name, known))
            + " A language is added by a cell that references its kernel (#r) and puts it beside these: ((CompositeKernel)KernelInvocationContext.Current.HandlingKernel.RootKernel).Add(kernel), with 'using Microsoft.DotNet.Interactive;'.",
            "UnknownMagic");
    }
}
