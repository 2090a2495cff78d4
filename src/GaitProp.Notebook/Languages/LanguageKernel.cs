using GaitProp.Notebook.CSharp;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;

namespace GaitProp.Notebook.Languages;

/// <summary>A language, in the kit's own host or in any other of the library.</summary>
internal abstract class LanguageKernel : Kernel, IKernelCommandHandler<SubmitCode>
{
    /// <summary>The name of C# among the languages.</summary>
    public const string CSharp = "csharp";

    /// <summary>A language.</summary>
    /// <param name="name">Its name among the languages.</param>
    /// <param name="language">What people call it.</param>
    /// <param name="description">What it does, in a sentence.</param>
    protected LanguageKernel(string name, string language, string description)
        : base(name) => (KernelInfo.LanguageName, KernelInfo.Description) = (language, description);

    /// <inheritdoc/>
    public async Task HandleAsync(SubmitCode command, KernelInvocationContext context)
    {
        var cell = CellScope.Starter is { Ended: false } running ? running : null;
        if (cell?.Failure is not null)
        {
            return;
        }

        try
        {
            var code = CellMask.Off(cell?.Place?.Put(command.Code) ?? command.Code);
            await RunAsync(new LanguagePart(code, command, context, cell)).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever goes wrong is the cell's result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            cell?.Fail(e);

            // All of the cell: the library would go on with its next part.
            context.Fail(context.Command, e, e.Message);
        }
    }

    /// <summary>Runs a part of a cell.</summary>
    /// <param name="part">The part.</param>
    /// <exception cref="Cells.CellException">It cannot be done; the message says why.</exception>
    protected abstract Task RunAsync(LanguagePart part);
}

/// <summary>A part of a cell in one language.</summary>
/// <param name="Code">Its text, in its place: behind as many blanks and line ends as text stands before it.</param>
/// <param name="Command">What the library asked for.</param>
/// <param name="Context">Takes what it makes.</param>
/// <param name="Cell">The cell of the kit's own host; <see langword="null"/> in another one.</param>
internal sealed record LanguagePart(string Code, SubmitCode Command, KernelInvocationContext Context, CellScope? Cell)
{
    /// <summary>The name of its text: <c>Cell [3]</c>.</summary>
    public string Name => Cell?.Place?.Name ?? "Cell";

    /// <summary>The stop button.</summary>
    public CancellationToken Stop => Cell?.Interrupt ?? Context.CancellationToken;

    /// <summary>Whether its value is that of the cell.</summary>
    public bool IsLast => Cell?.Place is { IsCell: true, IsAtEnd: true };

    /// <summary>A value of its line: <c>--as NAME</c>.</summary>
    /// <param name="option">The option, with its dashes.</param>
    public string? Option(string option) =>
        Command.Parameters.TryGetValue(option, out var value) && value is { Length: > 0 } ? value.Trim('"') : null;

    /// <summary>A place in the text, as errors say it.</summary>
    /// <param name="position">The place.</param>
    public string Place(int position)
    {
        var before = Code[..Math.Clamp(position, 0, Code.Length)];
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{Name}, line {before.Count(c => c == '\n') + 1}, column {before.Length - before.LastIndexOf('\n')}"
        );
    }
}
