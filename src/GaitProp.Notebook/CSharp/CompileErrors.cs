using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.CodeAnalysis;

namespace GaitProp.Notebook.CSharp;

/// <summary>Why a cell does not compile: each error with its line of source and a mark under the place.</summary>
internal static partial class CompileErrors
{
    /// <summary>Jupyter's <c>ename</c>.</summary>
    public const string Name = "CompilationError";

    private const int MostShown = 10;

    /// <summary>What the cell shows.</summary>
    /// <param name="failure">What the compiler said.</param>
    public static CellError Of(SubmissionException failure) => Of([.. failure.Errors.Select(Error)]);

    /// <summary>What the cell shows.</summary>
    /// <param name="errors">What the compiler said.</param>
    public static CellError Of(IReadOnlyList<CompileError> errors)
    {
        var traceback = new List<string>();
        var html = new StringBuilder("<pre style=\"margin:0\">");
        foreach (var error in errors.Take(MostShown))
        {
            traceback.Add($"{Ansi.Cyan(error.Place)}: {Ansi.Red($"error {error.Id}")}: {error.Message}");
            html.Append(
                CultureInfo.InvariantCulture,
                $"{HtmlText.Escape(error.Place)}: <b style=\"color:#c33\">error {error.Id}</b>: {HtmlText.Escape(error.Message)}\n"
            );
            if (error.Source.Length > 0)
            {
                traceback.Add($"    {error.Source}");
                traceback.Add($"    {Ansi.Red(error.Mark)}");
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"    {HtmlText.Escape(error.Source)}\n    <span style=\"color:#c33\">{error.Mark}</span>\n"
                );
            }
        }

        if (errors.Any(e => e.Id == "CS1002" && UsingVariable().IsMatch(e.Source)))
        {
            // The parser takes the line for a using directive and says nothing that helps.
            const string Hint =
                "A variable of a cell lives on in the next ones and cannot be a 'using' one: write 'var x = …', or a block 'using (var x = …) { }'.";
            traceback.Add(Hint);
            html.Append(Hint).Append('\n');
        }

        if (errors.Count > MostShown)
        {
            var more = $"… and {errors.Count - MostShown} more errors, which may go away with these.";
            traceback.Add(Ansi.Dim(more));
            html.Append(more).Append('\n');
        }

        var first = errors[0];
        return new CellError(
            Name,
            $"{first.Place}: {first.Id}: {first.Message}",
            traceback,
            MimeBundle.Of(
                (MimeBundle.Html, html.Append("</pre>").ToString()),
                (MimeBundle.PlainText, Ansi.Plain(string.Join('\n', traceback)))
            )
        );
    }

    private static CompileError Error(Diagnostic error)
    {
        var message = error.GetMessage(CultureInfo.InvariantCulture).ReplaceLineEndings(" ");
        if (!error.Location.IsInSource)
        {
            return new CompileError(error.Id, message, "the cell");
        }

        var span = error.Location.GetLineSpan();
        var text = error.Location.SourceTree!.GetText();
        var line = text.Lines[span.StartLinePosition.Line];
        var length = Math.Min(error.Location.SourceSpan.End, line.End) - error.Location.SourceSpan.Start;
        return new CompileError(
            error.Id,
            message,
            $"{span.Path}, line {span.StartLinePosition.Line + 1}, column {span.StartLinePosition.Character + 1}",
            line.ToString().TrimEnd(),
            SourceCaret.Under(line.ToString(), span.StartLinePosition.Character, length)
        );
    }

    [GeneratedRegex(@"^\s*(await\s+)?using\s+[\w<>\[\]?.]+\s+\w+\s*=")]
    private static partial Regex UsingVariable();
}
