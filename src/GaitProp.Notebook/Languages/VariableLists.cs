using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Notebook.Languages;

/// <summary>
/// <c>#!who</c> and <c>#!whos</c>: the library's would make JSON of every value, and fail with the first that does not let itself be shown.
/// </summary>
internal static class VariableLists
{
    private const int MostText = 1000;

    /// <summary>Adds both to a language that has variables.</summary>
    /// <param name="kernel">The language.</param>
    public static T UseVariableLists<T>(this T kernel)
        where T : Kernel
    {
        kernel.AddDirective(
            new KernelActionDirective("#!who", "Lists the names of the variables."),
            (_, context) => Show(kernel, context, isLong: false)
        );
        kernel.AddDirective(
            new KernelActionDirective("#!whos", "Lists the variables with their types and values."),
            (_, context) => Show(kernel, context, isLong: true)
        );
        return kernel;
    }

    private static async Task Show(Kernel kernel, KernelInvocationContext context, bool isLong)
    {
        var infos = (await kernel.SendAsync(new RequestValueInfos(kernel.Name)).ConfigureAwait(false))
            .Events.OfType<ValueInfosProduced>()
            .SelectMany(e => e.ValueInfos)
            .ToArray();
        var rows = new List<string[]>();
        foreach (var info in infos)
        {
            rows.Add(isLong ? [info.Name, info.TypeName ?? "", await TextAsync(kernel, info.Name).ConfigureAwait(false)] : [info.Name]);
        }

        var table = new TextColumns(rows, isLong ? ["Variable", "Type", "Value"] : ["Variable"]);
        context.Publish(
            new DisplayedValueProduced(
                null,
                context.Command,
                [new FormattedValue(MimeBundle.Html, table.Html), new FormattedValue(MimeBundle.PlainText, table.Text)]
            )
        );
    }

    private static async Task<string> TextAsync(Kernel kernel, string name)
    {
        var events = (
            await kernel.SendAsync(new RequestValue(name, PlainTextFormatter.MimeType, kernel.Name)).ConfigureAwait(false)
        ).Events;
        var text =
            events.OfType<ValueProduced>().FirstOrDefault()?.FormattedValue?.Value
            ?? events.OfType<CommandFailed>().FirstOrDefault()?.Message
            ?? "";
        return text.Length <= MostText ? text : $"{CutText.Start(text, MostText)}…";
    }
}
