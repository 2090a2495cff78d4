using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!csharp</c>: C# again, after another language. The engine runs the lines below as it runs any cell.</summary>
internal sealed class CSharpMagic : SimpleMagic
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = [CellSections.CSharp, "#!cs", "#!c#"];

    /// <inheritdoc/>
    public override string Description => "C# from here on; a cell begins with it.";

    /// <inheritdoc/>
    public override string Example => "#!csharp\nvar x = 1;";

    /// <inheritdoc/>
    public override bool TakesBody => true;
}
