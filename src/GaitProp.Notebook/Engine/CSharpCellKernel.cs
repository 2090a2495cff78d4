using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.Assistance;
using GaitProp.Notebook.Languages;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;
using SourceText = Microsoft.CodeAnalysis.Text.SourceText;

namespace GaitProp.Notebook.Engine;

/// <summary>
/// C# as a language of the library. Cells are stopped by their own token, and fail with their own exception: the library's <c>Cancel</c>
/// completes a command at once, whatever its code does, and a failure of a part leaves the others to run.
/// </summary>
internal sealed class CSharpCellKernel
    : LanguageKernel,
        IKernelCommandHandler<RequestCompletions>,
        IKernelCommandHandler<RequestHoverText>,
        IValueKernel
{
    private readonly CSharpCells _cells;
    private readonly SubmissionWorkspace _workspace;

    /// <summary>A kernel.</summary>
    /// <param name="cells">Runs the code.</param>
    /// <param name="workspace">Knows the code.</param>
    public CSharpCellKernel(CSharpCells cells, SubmissionWorkspace workspace)
        : base(CSharp, "C#", "C# from here on; a cell begins with it.")
    {
        (_cells, _workspace) = (cells, workspace);
        KernelInfo.LanguageVersion = "14.0";
        this.UseValueSharing().UseVariableLists();
    }

    /// <inheritdoc/>
    protected override Task RunAsync(LanguagePart part)
    {
        var cell =
            part.Cell is { } running && running.Owner == _cells.Scopes ? running : new CellScope(_cells.Scopes, new NoOutput(), part.Stop);

        // The library takes the console for every command.
        CellConsole.Install();
        cell.Enter();
        return _cells.RunAsync(part.Code, part.Name, part.IsLast, cell);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(RequestCompletions command, KernelInvocationContext context)
    {
        var (code, at) = Place(command);
        var found = await CodeCompletion.AtAsync(_workspace.Document(code), at, context.CancellationToken).ConfigureAwait(false);
        var lines = SourceText.From(code).Lines;
        context.Publish(
            new CompletionsProduced(
                [.. found.Entries.Select(e => new CompletionItem(e.Text, e.Kind, documentation: e.Documentation))],
                command,
                new LinePositionSpan(
                    LinePosition.FromCodeAnalysisLinePosition(lines.GetLinePosition(found.Start)),
                    LinePosition.FromCodeAnalysisLinePosition(lines.GetLinePosition(found.End))
                )
            )
        );
    }

    /// <inheritdoc/>
    public async Task HandleAsync(RequestHoverText command, KernelInvocationContext context)
    {
        var (code, at) = Place(command);
        if (await CodeInspection.AtAsync(_workspace.Document(code), at, 0, context.CancellationToken).ConfigureAwait(false) is { } found)
        {
            context.Publish(
                new HoverTextProduced(
                    command,
                    [.. found.Data.Select(f => new FormattedValue(f.Key, f.Value.ToString()))],
                    new LinePositionSpan(command.LinePosition, command.LinePosition)
                )
            );
        }
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        context.Publish(
            new ValueInfosProduced(
                [
                    .. _cells.Variables.All.Select(v => new KernelValueInfo(
                        v.Name,
                        Words(TypeNames.Short(v.Type)),
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
            if (_cells.Variables.All.FirstOrDefault(v => v.Name == command.Name) is { } variable)
            {
                context.Publish(
                    new ValueProduced(
                        variable.Value,
                        variable.Name,
                        SharedForms.Of(variable.Value, command.MimeType, _cells.Session.Kit.Plain),
                        command
                    )
                );
            }
            else
            {
                throw new CellException($"There is no variable '{command.Name}'; #!whos lists all.");
            }

            return Task.CompletedTask;
        });

    /// <inheritdoc/>
    public Task HandleAsync(SendValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(() =>
        {
            if (SharedForms.Object(command) is { } sent)
            {
                _cells.Variables.Set(command.Name, sent);
                return Task.CompletedTask;
            }

            return SetValueAsync(
                command,
                context,
                (name, value, _) =>
                {
                    _cells.Variables.Set(name, value);
                    return Task.CompletedTask;
                }
            );
        });

    private static (string Code, int At) Place(LanguageServiceCommand command)
    {
        var code = CellMask.Off(command.Code);
        var lines = SourceText.From(code).Lines;
        var line = lines[Math.Clamp(command.LinePosition.Line, 0, lines.Count - 1)];
        return (code, Math.Clamp(line.Start + command.LinePosition.Character, line.Start, line.End));
    }

    private static FormattedValue Words(string text) => new(PlainTextFormatter.MimeType, text);
}
