using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.Assistance;
using GaitProp.Notebook.CSharp.References;
using GaitProp.Notebook.Outputs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using LinePosition = Microsoft.DotNet.Interactive.LinePosition;
using SourceText = Microsoft.CodeAnalysis.Text.SourceText;

namespace GaitProp.Notebook.Engine;

/// <summary>Completion, inspection and completeness of a whole cell: C#, directives and references, each by its own rules.</summary>
/// <param name="workspace">Knows C#.</param>
/// <param name="languages">Know directives; they run nothing.</param>
internal sealed partial class CellAssistance(SubmissionWorkspace workspace, Lazy<NotebookLanguages> languages) : IDisposable
{
    /// <summary>What could stand at a position.</summary>
    /// <param name="cell">The cell's text.</param>
    /// <param name="position">The caret.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CellCompletion> CompleteAsync(string cell, int position, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, cell.Length);
        var nothing = new CellCompletion(position, position, []);
        var lineStart = position == 0 ? 0 : cell.LastIndexOf('\n', position - 1) + 1;
        var before = cell[lineStart..position];
        var text = languages.Value.Read(cell);
        if (
            DirectiveStart().Match(before) is { Success: true } start
            && (
                text.DirectiveAt(position) is not null
                || text.CSharpAt(position) is not null
                || before.StartsWith("#!", StringComparison.Ordinal)
            )
        )
        {
            var typed = start.Groups["name"].Value;
            return new CellCompletion(
                lineStart + start.Groups["name"].Index,
                position,
                [
                    .. languages
                        .Value.Directives.Where(d => !d.Hidden && d.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                        .Select(d => new CompletionEntry(d.Name, "magic", "", d.Description ?? ""))
                        .Concat(References.Where(r => r.Text.StartsWith(typed, StringComparison.Ordinal))),
                ]
            );
        }

        if (text.DirectiveAt(position) is { } directive)
        {
            return directive.Name == NotebookDirectives.Import
                    ? ImportedFile.Complete(cell[(directive.Start + directive.Name.Length)..position].TrimStart(), position)
                : await AskAsync<CompletionsProduced>(new RequestCompletions(text.Masked, Place(cell, position)), cancellation)
                    .ConfigureAwait(false)
                    is { } found
                    ? new CellCompletion(
                        Math.Min(position, Place(cell, found.LinePositionSpan.Start)),
                        Math.Max(position, Place(cell, found.LinePositionSpan.End)),
                        [
                            .. found
                                .Completions.Where(c => c.DisplayText.Length > 0)
                                .Select(c => new CompletionEntry(
                                    c.InsertText,
                                    c.Kind is "Property" ? "option"
                                        : c.Kind is "Method" ? "function"
                                        : c.Kind is "Parameter" ? "value"
                                        : c.Kind,
                                    "",
                                    c.Documentation ?? ""
                                )),
                        ]
                    )
                : nothing;
        }

        if (text.CSharpAt(position) is not { } code)
        {
            // What another language says, if it says anything.
            return
                await AskAsync<CompletionsProduced>(new RequestCompletions(text.Masked, Place(cell, position)), cancellation)
                    .ConfigureAwait(false)
                    is { } said
                ? new CellCompletion(
                    Start(said, position),
                    position,
                    [.. said.Completions.Select(c => new CompletionEntry(c.InsertText, c.Kind, "", c.Documentation ?? ""))]
                )
                : nothing;

            int Start(CompletionsProduced of, int end) =>
                of.LinePositionSpan is { } span ? end - Math.Max(0, span.End.Character - span.Start.Character) : end;
        }

        return ReferenceStart().Match(before) is { Success: true } reference
            ? reference.Groups["word"].Value == "r"
                ? ReferenceCompletion.Of(reference.Groups["text"].Value, lineStart + reference.Groups["text"].Index)
                : nothing
            : await CodeCompletion.AtAsync(workspace.Document(code), position, cancellation).ConfigureAwait(false);
    }

    /// <summary>What stands at a position.</summary>
    /// <param name="cell">The cell's text.</param>
    /// <param name="position">The caret.</param>
    /// <param name="detail">0 for a summary, 1 for all that is known.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<MimeBundle?> InspectAsync(string cell, int position, int detail, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, cell.Length);
        var text = languages.Value.Read(cell);
        if (text.DirectiveAt(position) is { } directive)
        {
            var found = await AskAsync<HoverTextProduced>(new RequestHoverText(text.Masked, Place(cell, position)), cancellation)
                .ConfigureAwait(false);
            return found is not null ? Formatted.Bundle(found.Content, null)
                : languages.Value.Directives.FirstOrDefault(d => d.Name == directive.Name) is { } known
                    ? MimeBundle.OfText($"{known.Name}\n{known.Description}")
                : null;
        }

        if (text.CSharpAt(position) is not { } code)
        {
            return
                await AskAsync<HoverTextProduced>(new RequestHoverText(text.Masked, Place(cell, position)), cancellation)
                    .ConfigureAwait(false)
                    is { Content.Count: > 0 } said
                ? Formatted.Bundle(said.Content, null)
                : null;
        }

        var line = cell[(position == 0 ? 0 : cell.LastIndexOf('\n', position - 1) + 1)..];
        return line.TrimStart(' ', '\t').StartsWith('#')
            ? null
            : await CodeInspection.AtAsync(workspace.Document(code), position, detail, cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether a text can be run as it stands.</summary>
    /// <param name="cell">The text.</param>
    public CellCompleteness Completeness(string cell)
    {
        var text = languages.Value.Read(cell);
        if (text.CSharpAt(cell.Length) is not { } all)
        {
            // The lines of another language end with an empty one; a directive stands for itself.
            return text.DirectiveAt(cell.Length) is not null || cell.EndsWith('\n')
                ? new CellCompleteness(Cells.Completeness.Complete)
                : new CellCompleteness(Cells.Completeness.Incomplete);
        }

        var tree = CSharpSyntaxTree.ParseText(ReferenceLine.Take(all).Code, ScriptSession.Parsing);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
        {
            return new CellCompleteness(Cells.Completeness.Incomplete, new string(' ', 4 * Depth(tree)));
        }

        return new CellCompleteness(
            tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error)
                ? Cells.Completeness.Invalid
                : Cells.Completeness.Complete
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (languages.IsValueCreated)
        {
            languages.Value.Root.Dispose();
        }
    }

    private static IReadOnlyList<CompletionEntry> References { get; } =
    [
        new("#r", "magic", "#r \"nuget: Name, 1.2.3\"", "Uses a NuGet package, or an assembly: #r \"path.dll\"."),
        new("#i", "magic", "#i \"nuget: URL-or-folder\"", "Adds a source of packages."),
    ];

    private async Task<T?> AskAsync<T>(KernelCommand command, CancellationToken cancellation)
        where T : KernelEvent =>
        (await languages.Value.Root.SendAsync(command, cancellation).ConfigureAwait(false)).Events.OfType<T>().FirstOrDefault();

    private static LinePosition Place(string cell, int position) =>
        LinePosition.FromCodeAnalysisLinePosition(SourceText.From(cell).Lines.GetLinePosition(position));

    private static int Place(string cell, LinePosition place)
    {
        var lines = SourceText.From(cell).Lines;
        return Math.Min(cell.Length, lines[Math.Clamp(place.Line, 0, lines.Count - 1)].Start + place.Character);
    }

    /// <summary>How many braces and brackets are open at the end.</summary>
    private static int Depth(SyntaxTree tree) =>
        Math.Max(
            0,
            tree.GetRoot()
                .DescendantTokens()
                .Where(t => !t.IsMissing)
                .Sum(t =>
                    t.Kind() switch
                    {
                        SyntaxKind.OpenBraceToken or SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken => 1,
                        SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken => -1,
                        _ => 0,
                    }
                )
        );

    [GeneratedRegex(@"^[ \t]*(?<name>#!?[\w#.+-]*)$")]
    private static partial Regex DirectiveStart();

    [GeneratedRegex("""^\s*#(?<word>[ri])\s*"(?<text>[^"]*)$""")]
    private static partial Regex ReferenceStart();
}
