using System.Diagnostics;
using System.Globalization;
using System.Text;
using GaitProp.Kernel.Tables;
using GaitProp.Notebook.Outputs;
using GaitProp.Runtime;

namespace GaitProp.Kernel.Formatters;

/// <summary>An exception: type, message, where in the notebook, and, folded, the rest of the stack and what caused it.</summary>
internal static class ExceptionFormatter
{
    private const int MostInner = 5;

    /// <summary>Registers it.</summary>
    public static void Register() => RichFormatter.Register<Exception>(e => Html(e, 0), Text);

    private static string Html(Exception exception, int depth)
    {
        var html = new StringBuilder();
        html.Append(
            CultureInfo.InvariantCulture,
            $"<div style=\"border-left:3px solid {TableHtml.Bad};padding:2px 0 2px 10px;margin:4px 0;font-size:13px;line-height:1.45\"><b style=\"color:{TableHtml.Bad}\">{HtmlText.Escape(exception.GetType().Name)}</b> {HtmlText.Escape(NativeError.Sentence(exception))}"
        );
        var (own, all) = (OwnFrames(exception), exception.StackTrace ?? "");
        if (own.Count > 0)
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<div style=\"{CellHtml.Muted}\">{string.Join("<br>", own.Select(f => HtmlText.Escape(f)))}</div>"
            );
        }

        if (all.Length > 0)
        {
            html.Append(CellHtml.Folded("stack trace", CellHtml.Verbatim(all)));
        }

        if (NativeError.Parts(exception).Frames is { } native)
        {
            html.Append(CellHtml.Folded("frames of native code", CellHtml.Verbatim(native)));
        }

        if (exception.InnerException is { } inner && depth < MostInner)
        {
            html.Append(CellHtml.Folded($"caused by {inner.GetType().Name}", Html(inner, depth + 1)));
        }

        return html.Append("</div>").ToString();
    }

    private static string Text(Exception exception)
    {
        var text = new StringBuilder();
        for (var (e, depth) = (exception, 0); e is not null && depth <= MostInner; (e, depth) = (e.InnerException, depth + 1))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{(depth == 0 ? "" : "\ncaused by ")}{e.GetType().Name}: {NativeError.Sentence(e)}{string.Concat(OwnFrames(e).Select(f => $"\n   {f}"))}"
            );
        }

        return text.ToString();
    }

    /// <summary>The frames that are lines of cells.</summary>
    private static List<string> OwnFrames(Exception exception) =>
        [
            .. new StackTrace(exception, fNeedFileInfo: true)
                .GetFrames()
                .Where(f => f.GetFileName()?.StartsWith("Cell [", StringComparison.Ordinal) == true && f.GetFileLineNumber() > 0)
                .Select(f => Wording.Text($"at {f.GetFileName()}, line {f.GetFileLineNumber()}")),
        ];
}
