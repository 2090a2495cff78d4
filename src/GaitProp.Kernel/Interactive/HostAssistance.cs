using GaitProp.Kernel.CellCommands;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Events;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Interactive;

/// <summary>
/// Completion and hover in a line of <c>#!gaitprop</c>, from the command model: the host's own answers know neither values in place nor
/// verbs below verbs.
/// </summary>
internal static class HostAssistance
{
    /// <summary>Answers what is asked of such a line, and leaves everything else to the host.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="context">Takes the answer.</param>
    /// <param name="next">The host.</param>
    public static Task AnswerAsync(KernelCommand command, KernelInvocationContext context, KernelPipelineContinuation next)
    {
        if (command is not LanguageServiceCommand asked || Words(context.Command as LanguageServiceCommand ?? asked) is not { } line)
        {
            return next(command, context);
        }

        switch (asked)
        {
            case RequestCompletions completions:
                var found = GaitPropMagic.Complete(line.Words, line.Position);
                var at = asked.LinePosition;
                context.Publish(
                    new CompletionsProduced(
                        [.. found.Entries.Select(e => new CompletionItem(e.Text, e.Kind) { Documentation = e.Documentation })],
                        completions,
                        new LinePositionSpan(
                            at with
                            {
                                Character = line.Start + found.Start,
                            },
                            at with
                            {
                                Character = line.Start + found.End,
                            }
                        )
                    )
                );
                return Task.CompletedTask;
            case RequestHoverText hover when GaitPropMagic.Inspect(line.Words, line.Position) is { } bundle:
                context.Publish(
                    new HoverTextProduced(
                        hover,
                        [.. bundle.Data.Select(f => new FormattedValue(f.Key, f.Value.ToString()))],
                        new LinePositionSpan(asked.LinePosition, asked.LinePosition)
                    )
                );
                return Task.CompletedTask;
            default:
                return next(command, context);
        }
    }

    /// <summary>
    /// The words behind the command's name, where they begin in the line, and where the caret is among them; <see langword="null"/> if the
    /// caret is elsewhere.
    /// </summary>
    private static (string Words, int Start, int Position)? Words(LanguageServiceCommand asked)
    {
        var lines = asked.Code.Split('\n');
        // Of the whole cell: the host cuts the end of a line off, and the caret may stand there.
        var line = asked.LinePosition.Line < lines.Length ? lines[asked.LinePosition.Line].TrimEnd('\r') : "";
        var name = GaitPropMagic.Name + " ";
        var start = line.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return line.TrimStart().StartsWith(name, StringComparison.Ordinal) && asked.LinePosition.Character >= start
            ? (line[start..], start, asked.LinePosition.Character - start)
            : null;
    }
}
