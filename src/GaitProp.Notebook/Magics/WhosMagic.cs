using System.Globalization;
using System.Text;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.CSharp;

namespace GaitProp.Notebook.Magics;

/// <summary><c>#!whos</c>: the variables.</summary>
/// <param name="all">The variables of the notebook.</param>
internal sealed class WhosMagic(ScriptVariables all) : SimpleMagic
{
    private const int Longest = 80;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Names { get; } = ["#!whos", "#!who"];

    /// <inheritdoc/>
    public override string Description => "Lists the variables with their types and values; with names, those.";

    /// <inheritdoc/>
    public override string Example => "#!whos";

    /// <inheritdoc/>
    protected override void Run(MagicCall call)
    {
        var names = call.Arguments.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        var variables = all.All.Where(v => names.Length == 0 || names.Contains(v.Name, StringComparer.Ordinal)).ToArray();
        if (names.Except(variables.Select(v => v.Name)).FirstOrDefault() is { } missing)
        {
            throw new CellException($"There is no variable '{missing}'; #!whos lists all.");
        }

        if (variables.Length == 0)
        {
            call.Output.Display(MimeBundle.OfText("No variables yet."));
            return;
        }

        var rows = variables.Select(v => (v.Name, Type: TypeNames.Short(v.Type), Value: Value(v.Value))).ToArray();
        var (name, type) = (rows.Max(r => r.Name.Length), rows.Max(r => r.Type.Length));
        var text = new StringBuilder();
        var html = new StringBuilder("<table><thead><tr><th style=\"text-align:left\">name</th><th style=\"text-align:left\">type</th><th style=\"text-align:left\">value</th></tr></thead><tbody>");
        foreach (var row in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{row.Name.PadRight(name)}  {row.Type.PadRight(type)}  {row.Value}\n");
            html.Append("<tr>").AppendJoin("", new[] { row.Name, row.Type, row.Value }.Select(c => $"<td style=\"text-align:left\"><code>{HtmlText.Escape(c)}</code></td>")).Append("</tr>");
        }

        call.Output.Display(MimeBundle.Of((MimeBundle.Html, html.Append("</tbody></table>").ToString()), (MimeBundle.PlainText, text.ToString().TrimEnd())));
    }

    /// <inheritdoc/>
    private static string Value(object? value)
    {
        string text;
        try
        {
            text = value switch
            {
                null => "null",
                string s => $"\"{s}\"",
                System.Collections.ICollection list => $"{list.Count} items",
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                _ => value.ToString() ?? "",
            };
        }
#pragma warning disable CA1031 // ToString is user code: one that fails must not hide the other variables.
        catch (Exception e)
#pragma warning restore CA1031
        {
            text = $"({TypeNames.Short(e.GetType())}: {e.Message})";
        }

        text = text.ReplaceLineEndings(" ");
        return text.Length <= Longest ? text : $"{text[..(char.IsHighSurrogate(text[Longest - 2]) ? Longest - 2 : Longest - 1)]}…";
    }
}
