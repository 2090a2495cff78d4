using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.ValueSharing;

namespace GaitProp.Notebook.Languages;

/// <summary>
/// JavaScript, which the front end runs when it shows the cell. It has no way back to this process, so values go to it only: a script
/// carries those that it names along, as JSON, and shows the same when the notebook is opened again without a kernel.
/// </summary>
internal sealed partial class JavaScriptCells : LanguageKernel, IValueKernel
{
    /// <summary>Bytes of JSON that a value may have: they are kept in the notebook.</summary>
    private const int Most = 4_000_000;

    /// <summary>What a page says that runs no scripts.</summary>
    private const string InWords = "This cell runs a script, which this page does not.";

    private readonly Func<object, object> _plain;
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>JavaScript.</summary>
    /// <param name="plain">An array in the place of a value that is one in another form.</param>
    public JavaScriptCells(Func<object, object> plain)
        : base("javascript", "JavaScript", "Runs the lines below as JavaScript in the page, if the front end lets it.")
    {
        _plain = plain;
        this.UseValueSharing().UseVariableLists();
    }

    /// <inheritdoc/>
    protected override Task RunAsync(LanguagePart part)
    {
        var script = new StringBuilder("(async () => {\n");
        foreach (var (name, json) in _values.Where(v => Words().Matches(part.Code).Any(w => w.Value == v.Key)))
        {
            script.Append($"const {name} = {json};\n");
        }

        // In a block, so that the script may declare a name of its own that is a value's.
        script.Append("{\n").Append(part.Code.Trim('\r', '\n')).Append("\n}\n})();");
        part.Cell?.Output.Display(MimeBundle.Of(("application/javascript", script.ToString()), (MimeBundle.PlainText, InWords)));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(SendValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(() =>
        {
            if (!Identifier().IsMatch(command.Name))
            {
                throw new CellException($"'{command.Name}' is no name of a variable in JavaScript.", "ValueError");
            }

            var json =
                SharedForms.Object(command) is { } value ? SharedForms.JsonOf(_plain(value))
                : command.FormattedValue is { MimeType: "application/json" } form ? form.Value
                : System.Text.Json.JsonSerializer.Serialize(command.FormattedValue?.Value);
            _values[command.Name] =
                json.Length <= Most
                    ? json
                    : throw new CellException(
                        $"'{command.Name}' has {json.Length / 1_000_000} MB as JSON: JavaScript takes up to {Most / 1_000_000} MB, since the notebook keeps it. Share a part of it.",
                        "ValueError"
                    );
            return Task.CompletedTask;
        });

    /// <inheritdoc/>
    public Task HandleAsync(RequestValueInfos command, KernelInvocationContext context)
    {
        context.Publish(
            new ValueInfosProduced(
                [.. _values.Select(v => new KernelValueInfo(v.Key, new FormattedValue("application/json", v.Value), typeName: "JSON"))],
                command
            )
        );
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task HandleAsync(RequestValue command, KernelInvocationContext context) =>
        SharedForms.SaidAsync(() =>
        {
            context.Publish(
                new ValueProduced(
                    null,
                    command.Name,
                    new FormattedValue(
                        command.MimeType,
                        _values.TryGetValue(command.Name, out var json)
                            ? json
                            : throw new CellException(
                                $"JavaScript has been given no '{command.Name}', and what scripts make stays in the page.",
                                "ValueError"
                            )
                    ),
                    command
                )
            );
            return Task.CompletedTask;
        });

    [GeneratedRegex(@"[\p{L}_$][\p{L}\p{N}_$]*")]
    private static partial Regex Words();

    [GeneratedRegex(@"^[\p{L}_$][\p{L}\p{N}_$]*$")]
    private static partial Regex Identifier();
}
