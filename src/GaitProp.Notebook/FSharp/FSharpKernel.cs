using FSharp.Compiler.EditorServices;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.Languages;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace GaitProp.Notebook.FSharp;

/// <summary>F# as a language of the library. Values go in and out as the objects that they are.</summary>
internal sealed class FSharpKernel
    : LanguageKernel,
        IKernelCommandHandler<RequestCompletions>,
        IKernelCommandHandler<RequestHoverText>,
        IValueKernel
{
    /// <summary>Its name among the languages.</summary>
    public const string FSharp = "fsharp";

    private readonly FSharpCells _cells;

    /// <summary>A kernel.</summary>
    /// <param name="cells">Runs the code.</param>
    public FSharpKernel(FSharpCells cells)
        : base(FSharp, "F#", "F# from here on; its compiler is loaded with the first such line.")
    {
        _cells = cells;
        RegisterForDisposal(cells);
        this.UseValueSharing().UseVariableLists();
    }

    /// <inheritdoc/>
    protected override Task RunAsync(LanguagePart part)
    {
        CellConsole.Install();
        var cell = part.Cell ?? throw new CellException("F# runs in the kit's own host.");
        cell.Enter();
        return _cells.RunAsync(part.Code, part.Name, part.IsLast, cell);
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestCompletions command, KernelInvocationContext context)
    {
        var at = command.LinePosition;
        var code = CellMask.Off(command.Code);
        var line = code.Split('\n') is var lines && at.Line < lines.Length ? lines[at.Line] : "";
        var start = Math.Min(at.Character, line.Length);
        while (start > 0 && (char.IsLetterOrDigit(line[start - 1]) || line[start - 1] is '_' or '\''))
        {
            start--;
        }

        var word = line[start..Math.Min(at.Character, line.Length)];
        context.Publish(
            new CompletionsProduced(
                [
                    .. _cells
                        .Session.Complete(code, at.Line, at.Character)
                        .Where(i => i.NameInList.StartsWith(word, StringComparison.OrdinalIgnoreCase))
                        .Select(i => new CompletionItem(
                            i.NameInList,
                            Kind(i.Glyph),
                            insertText: i.NameInCode,
                            documentation: FSharpSession.Words(i.Description)
                        )),
                ],
                command,
                new LinePositionSpan(at with { Character = start }, at)
            )
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestHoverText command, KernelInvocationContext context)
    {
        if (
            _cells.IsLoaded
            && _cells.Session.Describe(CellMask.Off(command.Code), command.LinePosition.Line, command.LinePosition.Character) is { } words
        )
        {
            context.Publish(
                new HoverTextProduced(
                    command,
                    [new FormattedValue(PlainTextFormatter.MimeType, words)],
                    new LinePositionSpan(command.LinePosition, command.LinePosition)
                )
            );
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        context.Publish(
            new ValueInfosProduced(
                [
                    .. _cells.Variables.Select(v => new KernelValueInfo(
                        v.Name,
                        new FormattedValue(PlainTextFormatter.MimeType, TypeNames.Short(v.Type)),
                        v.Value?.GetType() ?? v.Type,
                        TypeNames.Short(v.Type)
                    )),
                ],
                command
            )
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(() =>
        {
            if (_cells.Variables.FirstOrDefault(v => v.Name == command.Name) is { } variable)
            {
                context.Publish(
                    new ValueProduced(
                        variable.Value,
                        variable.Name,
                        SharedForms.Of(variable.Value, command.MimeType, _cells.Kit.Plain),
                        command
                    )
                );
            }
            else
            {
                throw new CellException($"F# has no variable '{command.Name}'; #!whos lists all.");
            }

            return Task.CompletedTask;
        });

    /// <inheritdoc/>
    public Task HandleAsync(SendValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(() =>
        {
            if (SharedForms.Object(command) is { } value)
            {
                _cells.Session.Set(command.Name, value, FSharpTypes.Of(value));
                return Task.CompletedTask;
            }

            return SetValueAsync(
                command,
                context,
                (name, read, _) =>
                {
                    _cells.Session.Set(name, read, read is null ? "obj" : FSharpTypes.Of(read));
                    return Task.CompletedTask;
                }
            );
        });

    private static string Kind(FSharpGlyph glyph) =>
        glyph.IsMethod || glyph.IsExtensionMethod || glyph.IsOverridenMethod || glyph.IsDelegate ? "function"
        : glyph.IsProperty || glyph.IsEvent ? "property"
        : glyph.IsField || glyph.IsEnumMember || glyph.IsConstant ? "field"
        : glyph.IsModule || glyph.IsNameSpace ? "module"
        : glyph.IsVariable ? "variable"
        : "class";
}
