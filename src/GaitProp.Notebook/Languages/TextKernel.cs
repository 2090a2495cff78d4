using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Languages;

/// <summary>A language whose text is shown as it is, in whatever form front ends draw.</summary>
/// <param name="name">Its name among the languages.</param>
/// <param name="language">What people call it.</param>
/// <param name="description">What it does, in a sentence.</param>
/// <param name="show">The forms of a text; <see langword="null"/> if there is nothing to show.</param>
internal sealed class TextKernel(string name, string language, string description, Func<string, MimeBundle?> show)
    : LanguageKernel(name, language, description)
{
    /// <inheritdoc/>
    protected override Task RunAsync(LanguagePart part)
    {
        if (part.Cell is { } cell && show(CellMask.Off(part.Command.Code)) is { } bundle)
        {
            cell.Output.Display(bundle);
        }

        return Task.CompletedTask;
    }
}
