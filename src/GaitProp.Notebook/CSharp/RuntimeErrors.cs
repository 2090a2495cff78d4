using System.Globalization;
using System.Reflection;
using System.Text;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.CSharp;

/// <summary>What a cell shows of an exception: type, message and the lines of cells that led to it; inner exceptions folded.</summary>
internal static class RuntimeErrors
{
    private const int MostFrames = 20;
    private const int MostLibraryFrames = 4;

    /// <summary>What the cell shows.</summary>
    /// <param name="thrown">What user code threw.</param>
    /// <param name="kit">Knows what exceptions say.</param>
    public static CellError Of(Exception thrown, Kit kit)
    {
        var exception = Unwrapped(thrown);
        if (exception is CellException said)
        {
            return said.Shown ?? Line(said.Name, said.Message);
        }

        var traceback = new List<string>();
        var html = new StringBuilder();
        var level = 0;
        foreach (var one in Chain(exception))
        {
            var name = TypeNames.Short(one.GetType());
            var (sentence, native) = kit.Words(one);
            var lines = sentence.ReplaceLineEndings("\n");
            traceback.Add($"{(level == 0 ? "" : "caused by ")}{Ansi.Red(name)}: {lines}");
            var frames = Frames(one);
            traceback.AddRange(frames.Select(f => f.IsOfCell ? $"   at {Ansi.Cyan(f.Text)}" : Ansi.Dim($"   at {f.Text}")));
            var title = $"<b style=\"color:#c33\">{HtmlText.Escape(name)}</b>: {HtmlText.Escape(lines)}";
            var list = string.Join(
                '\n',
                frames.Select(f =>
                    f.IsOfCell
                        ? $"   at <b>{HtmlText.Escape(f.Text)}</b>"
                        : $"   <span style=\"opacity:.6\">at {HtmlText.Escape(f.Text)}</span>"
                )
            );
            html.Append(
                CultureInfo.InvariantCulture,
                $"{(level == 0 ? "<div>" : "<details><summary>caused by ")}<code style=\"white-space:pre-wrap\">{title}</code>{(level == 0 ? "" : "</summary>")}<pre style=\"margin:0\">{list}</pre>{(native is null ? "" : $"<details><summary>frames of native code</summary><pre style=\"margin:0\">{HtmlText.Escape(native)}</pre></details>")}"
            );
            level++;
        }

        html.Insert(html.Length, string.Concat(Enumerable.Repeat("</details>", level - 1)) + "</div>");
        return new CellError(
            TypeNames.Short(exception.GetType()),
            kit.Words(exception).Sentence.ReplaceLineEndings(" "),
            traceback,
            MimeBundle.Of((MimeBundle.Html, html.ToString()), (MimeBundle.PlainText, Ansi.Plain(string.Join('\n', traceback))))
        );
    }

    /// <summary>An error that one line says in full.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="message">What is wrong and what to do.</param>
    public static CellError Line(string name, string message) =>
        new(
            name,
            message,
            [$"{Ansi.Red(name)}: {message}"],
            MimeBundle.Of(
                (
                    MimeBundle.Html,
                    $"<div><code style=\"white-space:pre-wrap\"><b style=\"color:#c33\">{HtmlText.Escape(name)}</b>: {HtmlText.Escape(message)}</code></div>"
                ),
                (MimeBundle.PlainText, $"{name}: {message}")
            )
        );

    /// <summary>The exception that the user means: not the wrappers that .NET puts around it on its way.</summary>
    private static Exception Unwrapped(Exception exception) =>
        exception switch
        {
            AggregateException { InnerExceptions: [var only] } => Unwrapped(only),
            TargetInvocationException { InnerException: { } inner } => Unwrapped(inner),
            TypeInitializationException { InnerException: CellException inner } => inner,
            _ => exception,
        };

    private static IEnumerable<Exception> Chain(Exception exception) =>
        exception is AggregateException all ? all.InnerExceptions.SelectMany(Chain).Prepend(exception)
        : exception.InnerException is { } inner ? Chain(inner).Prepend(exception)
        : [exception];

    private static List<CellFrame> Frames(Exception exception)
    {
        var frames = CellFrames.Of(exception);
        var library = frames.TakeWhile(f => !f.IsOfCell).Count();
        List<CellFrame> shown =
            library <= MostLibraryFrames || library == frames.Count
                ? [.. frames]
                :
                [
                    .. frames.Take(MostLibraryFrames - 1),
                    new CellFrame($"… {library - MostLibraryFrames} calls within libraries", false),
                    .. frames.Skip(library - 1),
                ];
        if (shown.Count > MostFrames)
        {
            shown = [.. shown.Take(MostFrames - 2), new CellFrame($"… {shown.Count - MostFrames + 1} more calls", false), shown[^1]];
        }

        return shown;
    }
}
