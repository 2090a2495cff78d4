using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Jupyter;
using GaitProp.Notebook.Languages;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Notebook.Engine;

/// <summary>
/// The languages of a notebook with their directives. What the program brings along is added when a text first has a directive: a first
/// cell of C# does not wait for it.
/// </summary>
internal sealed class NotebookLanguages
{
    /// <summary>Languages of other hosts: whoever names one means it, and no word of ours that looks alike.</summary>
    private static readonly string[] Elsewhere = ["#!pwsh", "#!powershell", "#!kql", "#!python", "#!r", "#!http", "#!vscode", "#!bash"];

    private readonly Kit _kit;
    private readonly NotebookLanguages? _followed;
    private readonly Lazy<bool> _extended;

    /// <summary>Adds the host's own directives.</summary>
    /// <param name="root">The languages.</param>
    /// <param name="kit">What the program brings along.</param>
    /// <param name="import">Runs a file.</param>
    /// <param name="followed">Languages that run cells, where these only answer what editors ask: whatever is added to those is known here
    /// too.</param>
    public NotebookLanguages(CompositeKernel root, Kit kit, Func<string, Task> import, NotebookLanguages? followed = null)
    {
        (Root, _kit, _followed) = (root, kit, followed);
        NotebookDirectives.AddTo(root, kit, import);
        root.AddConnectDirective(new ConnectJupyter(kit.Plain));
        _extended = new Lazy<bool>(() =>
        {
            kit.Extend(root);
            if (followed is null)
            {
                kit.AddLanguages(root);
                Languages.Describe(root);
            }

            return true;
        });
    }

    /// <summary>The languages.</summary>
    public CompositeKernel Root { get; }

    /// <summary>All directives, those of the languages too.</summary>
    public IEnumerable<KernelDirective> Directives => Extended ? NotebookDirectives.All(Root) : [];

    private bool Extended
    {
        get
        {
            if (_extended.Value && _followed is not null)
            {
                Follow(_followed);
            }

            return true;
        }
    }

    /// <summary>Reads a cell.</summary>
    /// <param name="text">Its text.</param>
    public CellText Read(string text)
    {
        _ = text.Contains("#!", StringComparison.Ordinal) && Extended;
        return new CellText(
            text,
            name => Language(name) is { } language ? language == LanguageKernel.CSharp : null,
            name => Language(name) is { } language && Root.FindKernelByName(language) is LanguageKernel or LanguageMirror or TextKernel
        );

        string? Language(string name) =>
            Root.KernelInfo.SupportedDirectives.OfType<KernelSpecifierDirective>().FirstOrDefault(d => d.Name == name)?.KernelName;
    }

    /// <summary>Puts a language beside these for each that the others have and these have not.</summary>
    private void Follow(NotebookLanguages others)
    {
        _ = others.Extended;
        lock (_extended)
        {
            foreach (var added in others.Root.ChildKernels.Where(k => Root.FindKernelByName(k.Name) is null).ToArray())
            {
                Root.Add(new LanguageMirror(added), added.KernelInfo.Aliases);
                Languages.Describe(Root);
            }
        }
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
            (
                Elsewhere.Contains(name)
                    ? $"unknown language '{name}'. Choose from {string.Join(", ", known)}."
                    : _kit.Unknown("magic or language", name, known)
            )
                + " A language is added by #!connect jupyter --kernel-spec SPEC --kernel-name NAME, or by a cell that references its kernel (#r) and puts it beside these: ((CompositeKernel)KernelInvocationContext.Current.HandlingKernel.RootKernel).Add(kernel), with 'using Microsoft.DotNet.Interactive;'.",
            "UnknownMagic"
        );
    }
}
