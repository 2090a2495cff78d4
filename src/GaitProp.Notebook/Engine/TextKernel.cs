using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;

namespace GaitProp.Notebook.Engine;

/// <summary>A language whose text is shown as it is, in whatever form front ends draw.</summary>
internal sealed class TextKernel : Kernel, IKernelCommandHandler<SubmitCode>
{
    private readonly Func<string, MimeBundle?> _show;

    /// <summary>A language.</summary>
    /// <param name="name">Its name among the languages.</param>
    /// <param name="language">What people call it.</param>
    /// <param name="description">What it does, in a sentence.</param>
    /// <param name="show">The forms of a text; <see langword="null"/> if there is nothing to show.</param>
    public TextKernel(string name, string language, string description, Func<string, MimeBundle?> show)
        : base(name)
    {
        _show = show;
        (KernelInfo.LanguageName, KernelInfo.Description) = (language, description);
    }

    /// <inheritdoc/>
    public Task HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        if (CellScope.Starter is { } cell && _show(CellText.Unmasked(command.Code)) is { } bundle)
        {
            cell.Output.Display(bundle);
        }

        return Task.CompletedTask;
    }
}
