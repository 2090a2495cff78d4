using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Cells;
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
    public static CellError Of(SubmissionException failure)
    {
        var traceback = new List<string>();
        var html = new StringBuilder("<pre style=\"margin:0\">");
        foreach (var error in failure.Errors.Take(MostShown))
        {
            var (place, source, mark) = Place(error);
            traceback.Add($"{Ansi.Cyan(place)}: {Ansi.Red($"error {error.Id}")}: {Message(error)}");
            html.Append(CultureInfo.InvariantCulture, $"{HtmlText.Escape(place)}: <b style=\"color:#c33\">error {error.Id}</b>: {HtmlText.Escape(Message(error))}\n");
            if (source.Length > 0)
            {
                traceback.Add($"    {source}");
                traceback.Add($"    {Ansi.Red(mark)}");
                html.Append(CultureInfo.InvariantCulture, $"    {HtmlText.Escape(source)}\n    <span style=\"color:#c33\">{mark}</span>\n");
            }
        }

        if (failure.Errors.Any(e => e.Id == "CS1002" && UsingVariable().IsMatch(Place(e).Source)))
        {
            // The parser takes the line for a using directive and says nothing that helps.
            const string Hint = "A variable of a cell lives on in the next ones and cannot be a 'using' one: write 'var x = …', or a block 'using (var x = …) { }'.";
            traceback.Add(Hint);
            html.Append(Hint).Append('\n');
        }

        if (failure.Errors.Count > MostShown)
        {
            var more = $"… and {failure.Errors.Count - MostShown} more errors, which may go away with these.";
            traceback.Add(Ansi.Dim(more));
            html.Append(more).Append('\n');
        }

        var first = failure.Errors[0];
        return new CellError(
            Name,
            $"{Place(first).Place}: {first.Id}: {Message(first)}",
            traceback,
            MimeBundle.Of((MimeBundle.Html, html.Append("</pre>").ToString()), (MimeBundle.PlainText, Plain(traceback))));
    }

    /// <summary>Lines without colours.</summary>
    /// <param name="traceback">Lines that may have some.</param>
    public static string Plain(IEnumerable<string> traceback) => Colour().Replace(string.Join('\n', traceback), "");

    private static string Message(Diagnostic error) => error.GetMessage(CultureInfo.InvariantCulture).ReplaceLineEndings(" ");

    private static (string Place, string Source, string Mark) Place(Diagnostic error)
    {
        if (!error.Location.IsInSource)
        {
            return ("the cell", "", "");
        }

        var span = error.Location.GetLineSpan();
        var text = error.Location.SourceTree!.GetText();
        var line = text.Lines[span.StartLinePosition.Line];
        var length = Math.Min(error.Location.SourceSpan.End, line.End) - error.Location.SourceSpan.Start;
        return (
            $"{span.Path}, line {span.StartLinePosition.Line + 1}, column {span.StartLinePosition.Character + 1}",
            line.ToString().TrimEnd(),
            SourceCaret.Under(line.ToString(), span.StartLinePosition.Character, length));
    }

    [GeneratedRegex("\u001b\\[\\d+m")]
    private static partial Regex Colour();

    [GeneratedRegex(@"^\s*(await\s+)?using\s+[\w<>\[\]?.]+\s+\w+\s*=")]
    private static partial Regex UsingVariable();
}
