using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Magics;

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
    private readonly Kit _kit;

    /// <summary>The host's magics and the kit's.</summary>
    /// <param name="run">Runs a text as a cell does.</param>
    /// <param name="variables">The variables of the notebook.</param>
    /// <param name="kit">What the program brings along.</param>
    public MagicList(CellRunner run, ScriptVariables variables, Kit kit)
    {
        _kit = kit;
        All =
        [
            .. kit.Magics,
            new CSharpMagic(),
            new HtmlMagic(),
            new JavaScriptMagic(),
            new MarkdownMagic(),
            new MermaidMagic(),
            new TimeMagic(),
            new WhosMagic(variables),
            new ImportMagic(run, Find),
            new MetaMagic(),
            new AboutMagic(kit),
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
    public CellException Unknown(string name) => new(_kit.Unknown("magic", name, All.SelectMany(m => m.Names)), "UnknownMagic");
}
