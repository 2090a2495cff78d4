using GaitProp.Kernel.Jupyter.Cells;
using GaitProp.Kernel.Jupyter.Commands;
using GaitProp.Kernel.Jupyter.CSharp;

namespace GaitProp.Kernel.Jupyter.Magics;

/// <summary>Runs a text as a cell does.</summary>
/// <param name="text">C# and magics.</param>
/// <param name="name">Its name in stack traces.</param>
/// <param name="call">The magic that runs it.</param>
/// <param name="interrupt">The stop button.</param>
internal delegate Task CellRunner(string text, string name, MagicCall call, CancellationToken interrupt);

/// <summary>The magics that cells know.</summary>
internal sealed class MagicList
{
    private readonly Dictionary<string, IMagic> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The kit's magics.</summary>
    /// <param name="run">Runs a text as a cell does.</param>
    /// <param name="variables">The variables of the notebook.</param>
    public MagicList(CellRunner run, ScriptVariables variables)
    {
        All =
        [
            new GaitPropMagic(),
            new CSharpMagic(),
            new HtmlMagic(),
            new JavaScriptMagic(),
            new MarkdownMagic(),
            new MermaidMagic(),
            new TimeMagic(),
            new WhosMagic(variables),
            new ImportMagic(run, Find),
            new MetaMagic(),
            new AboutMagic(),
            new LsMagicMagic(this),
        ];
        foreach (var magic in All)
        {
            foreach (var name in magic.Names)
            {
                _byName.Add(name, magic);
            }
        }
    }

    /// <summary>All of them.</summary>
    public IReadOnlyList<IMagic> All { get; }

    /// <summary>A magic by one of its names, with <c>#!</c>; <see langword="null"/> if there is none.</summary>
    /// <param name="name">The name.</param>
    public IMagic? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>What to say of a name that none has.</summary>
    /// <param name="name">The name.</param>
    public CellException Unknown(string name) => new(Suggestion.Unknown("magic", name, All.SelectMany(m => m.Names)), "UnknownMagic");
}
