using System.Text.RegularExpressions;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;
using GaitProp.Notebook.CSharp.Assistance;
using GaitProp.Notebook.Magics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace GaitProp.Notebook.Engine;

/// <summary>Completion, inspection and completeness of a whole cell: C#, magics and references, each by its own rules.</summary>
/// <param name="session">The session.</param>
/// <param name="magics">The magics.</param>
internal sealed partial class CellAssistance(ScriptSession session, MagicList magics) : IDisposable
{
    private readonly SubmissionWorkspace _workspace = new(session);
    private int _warm;

    /// <summary>What could stand at a position.</summary>
    /// <param name="cell">The cell's text.</param>
    /// <param name="position">The caret.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<CellCompletion> CompleteAsync(string cell, int position, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, cell.Length);
        var nothing = new CellCompletion(position, position, []);
        var lineStart = cell.LastIndexOf('\n', Math.Max(0, position - 1), Math.Max(0, position)) + 1;
        var before = cell[lineStart..position];
        var section = CellSections.At(CellSections.Parse(cell, magics.Find), position);
        if (section is MagicSection magic && (position < magic.BodyStart || magic.Body.Length == 0) && position >= magic.ArgumentsStart && magic.Magic is not null && before.Contains("#!", StringComparison.Ordinal))
        {
            // As it was typed: after a space the next word begins.
            var lineEnd = cell.IndexOfAny(['\r', '\n'], magic.ArgumentsStart) is >= 0 and var end ? end : cell.Length;
            if (position > lineEnd)
            {
                return nothing;
            }

            var inner = magic.Magic.Complete(cell[magic.ArgumentsStart..lineEnd], position - magic.ArgumentsStart);
            return inner with { Start = inner.Start + magic.ArgumentsStart, End = inner.End + magic.ArgumentsStart };
        }

        if (section is MagicSection body && position >= body.BodyStart && !before.TrimStart().StartsWith('#'))
        {
            // HTML and the like: nothing that C# could say.
            return nothing;
        }

        if (MagicStart().Match(before) is { Success: true } start)
        {
            return new CellCompletion(lineStart + start.Groups["name"].Index, position, [.. magics.All
                .Select(m => (Name: m.Names.FirstOrDefault(n => n.StartsWith(start.Groups["name"].Value, StringComparison.OrdinalIgnoreCase)), Magic: m))
                .Where(m => m.Name is not null)
                .Select(m => new CompletionEntry(m.Name!, "magic", m.Magic.Example.Split('\n')[0], m.Magic.Description))
                .Concat(References.Where(r => r.Text.StartsWith(start.Groups["name"].Value, StringComparison.Ordinal)))]);
        }

        if (ReferenceStart().Match(before) is { Success: true } reference)
        {
            return reference.Groups["word"].Value == "r" ? ReferenceCompletion.Of(reference.Groups["text"].Value, lineStart + reference.Groups["text"].Index) : nothing;
        }

        return section is MagicSection
            ? nothing
            : await CodeCompletion.AtAsync(_workspace.Document(Code(section, cell, position)), position, cancellation).ConfigureAwait(false);
    }

    /// <summary>What stands at a position.</summary>
    /// <param name="cell">The cell's text.</param>
    /// <param name="position">The caret.</param>
    /// <param name="detail">0 for a summary, 1 for all that is known.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<MimeBundle?> InspectAsync(string cell, int position, int detail, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, cell.Length);
        var section = CellSections.At(CellSections.Parse(cell, magics.Find), position);
        var line = Line(cell, position);
        if (MagicLine().Match(line.Text) is { Success: true } word && magics.Find(word.Groups["name"].Value) is { } magic)
        {
            var arguments = word.Groups["rest"];
            return position - line.Start > arguments.Index && magic.Inspect(arguments.Value.Trim(), position - line.Start - arguments.Index - Indent(arguments.Value)) is { } inner
                ? inner
                : Describe(magic);
        }

        return section is MagicSection || line.Text.TrimStart().StartsWith('#')
            ? null
            : await CodeInspection.AtAsync(_workspace.Document(Code(section, cell, position)), position, detail, cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether a text can be run as it stands.</summary>
    /// <param name="cell">The text.</param>
    public CellCompleteness Completeness(string cell)
    {
        var sections = CellSections.Parse(cell, magics.Find);
        if (sections.Count == 0 || sections[^1] is not CodeSection code)
        {
            // The body of a magic ends with an empty line.
            return sections is [.., MagicSection { Magic.TakesBody: true }] && !cell.EndsWith('\n')
                ? new CellCompleteness(Cells.Completeness.Incomplete)
                : new CellCompleteness(Cells.Completeness.Complete);
        }

        var tree = CSharpSyntaxTree.ParseText(code.Code, ScriptSession.Parsing);
        if (!SyntaxFactory.IsCompleteSubmission(tree))
        {
            return new CellCompleteness(Cells.Completeness.Incomplete, new string(' ', 4 * Depth(tree)));
        }

        return new CellCompleteness(tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error) ? Cells.Completeness.Invalid : Cells.Completeness.Complete);
    }

    /// <summary>Starts the language services in the background, once; the first completion then does not wait for them.</summary>
    public void WarmUp()
    {
        if (Interlocked.Exchange(ref _warm, 1) == 0)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    // Not beside the next cells: they are what people wait for.
                    Thread.Sleep(TimeSpan.FromSeconds(2));
                    const string Code = "Console.";
                    CodeCompletion.AtAsync(_workspace.Document(Code), Code.Length, CancellationToken.None).GetAwaiter().GetResult();
                }
#pragma warning disable CA1031 // Whatever is wrong with it, the first completion will say.
                catch (Exception)
#pragma warning restore CA1031
                {
                }
            })
            {
                IsBackground = true,
                Priority = ThreadPriority.BelowNormal,
                Name = "completion warm-up",
            };
            thread.Start();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _workspace.Dispose();

    private static IReadOnlyList<CompletionEntry> References { get; } =
    [
        new("#r", "magic", "#r \"nuget: Name, 1.2.3\"", "Uses a NuGet package, or an assembly: #r \"path.dll\"."),
        new("#i", "magic", "#i \"nuget: URL-or-folder\"", "Adds a source of packages."),
    ];

    private static string Code(CellSection? section, string cell, int position) => section is CodeSection code ? code.Code : new string(' ', position) + (position == cell.Length ? "" : "\n");

    private static MimeBundle Describe(IMagic magic)
    {
        var names = string.Join(", ", magic.Names);
        return MimeBundle.Of(
            (MimeBundle.PlainText, $"{names}\n{magic.Description}\n\n{magic.Example}"),
            (MimeBundle.Html, $"<b><code>{HtmlText.Escape(names)}</code></b><div>{HtmlText.Escape(magic.Description)}</div><pre>{HtmlText.Escape(magic.Example)}</pre>"));
    }

    private static (string Text, int Start) Line(string cell, int position)
    {
        var start = position == 0 ? 0 : cell.LastIndexOf('\n', position - 1) + 1;
        var end = cell.IndexOfAny(['\r', '\n'], start);
        return (cell[start..(end < 0 ? cell.Length : end)], start);
    }

    private static int Indent(string text) => text.Length - text.TrimStart().Length;

    /// <summary>How many braces and brackets are open at the end.</summary>
    private static int Depth(SyntaxTree tree) => Math.Max(0, tree.GetRoot().DescendantTokens().Where(t => !t.IsMissing).Sum(t => t.Kind() switch
    {
        SyntaxKind.OpenBraceToken or SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken => 1,
        SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken => -1,
        _ => 0,
    }));

    [GeneratedRegex(@"^\s*(?<name>#!?[\w#.+-]*)$")]
    private static partial Regex MagicStart();

    [GeneratedRegex(@"^\s*(?<name>#![A-Za-z][\w#.+-]*)(?<rest>.*)$")]
    private static partial Regex MagicLine();

    [GeneratedRegex("""^\s*#(?<word>[ri])\s*"(?<text>[^"]*)$""")]
    private static partial Regex ReferenceStart();
}
