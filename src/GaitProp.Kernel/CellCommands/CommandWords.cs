using System.CommandLine;
using System.CommandLine.Completions;
using System.Text;
using GaitProp.Kernel.Commands;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Kernel.CellCommands;

/// <summary>What could stand, and what stands, in a line of the command model: verbs, options and their values.</summary>
internal static class CommandWords
{
    /// <summary>What could stand at a position.</summary>
    /// <param name="model">The command model.</param>
    /// <param name="line">The words, without the program's name.</param>
    /// <param name="position">The caret.</param>
    public static CellCompletion Complete(RootCommand model, string line, int position)
    {
        position = Math.Clamp(position, 0, line.Length);
        var before = line[..position];
        var word = before.LastIndexOfAny([' ', '\t']) + 1;

        // Of a list, the part after the last comma; of --option=value, the value.
        var start = Math.Max(word, before.LastIndexOfAny([',', '=']) + 1);
        var end = position;
        while (end < line.Length && line[end] is not (' ' or '\t' or ','))
        {
            end++;
        }

        var option =
            before[word..].StartsWith("--", StringComparison.Ordinal) && before.IndexOf('=', word) is >= 0 and var equals
                ? before[word..equals]
                : null;
        var head = option is null ? before[..word] : $"{before[..word]}{option} ";
        var asked = head + before[start..];
        var entries = model
            .Parse(asked)
            .GetCompletions(asked.Length)
            .Where(c =>
                IsWord(c.Label)
                && c.Label.StartsWith(line[start..position], StringComparison.OrdinalIgnoreCase)
                && (start == word || !c.Label.StartsWith('-'))
            )
            .OrderBy(c => c.Label.StartsWith('-'))
            .ThenBy(c => c.SortText ?? c.Label, StringComparer.Ordinal)
            .Select(c => new CompletionEntry(c.InsertText ?? c.Label, Kind(c), "", Described(model, head, c.Label)));
        return new CellCompletion(start, end, [.. entries]);
    }

    /// <summary>What stands at a position: its use and what it means.</summary>
    /// <param name="model">The command model.</param>
    /// <param name="line">The words, without the program's name.</param>
    /// <param name="position">The caret.</param>
    public static MimeBundle? Describe(RootCommand model, string line, int position)
    {
        position = Math.Clamp(position, 0, line.Length);
        var start = line.AsSpan(0, position).LastIndexOfAny(' ', '\t') + 1;
        var end = line.AsSpan(position).IndexOfAny(' ', '\t') is >= 0 and var length ? position + length : line.Length;
        var (command, words) = Command(model, line[..end]);
        var word = line[start..end].Split('=')[0];
        var options = Words.Options(command).ToArray();
        Symbol symbol =
            options.FirstOrDefault(o => o.Name == word)
            ?? (Symbol?)options.FirstOrDefault(o => o.Name == words.SkipLast(1).LastOrDefault() && o.ValueType != typeof(bool))
            ?? (word.Length == 0 || command.Name == word || command.Arguments.Count == 0 ? command : command.Arguments[0]);
        var lines = new List<(string Use, string Meaning)> { (Use(symbol), symbol.Description ?? "") };
        if (symbol is Command verb)
        {
            lines.AddRange(verb.Subcommands.Select(c => (c.Name, c.Description ?? "")));
            lines.AddRange(verb.Arguments.Select(a => (Use(a), a.Description ?? "")));
            lines.AddRange(verb.Options.Where(o => !o.Hidden && IsWord(o.Name)).Select(o => (Use(o), o.Description ?? "")));
        }

        var text = new StringBuilder().Append($"{lines[0].Use}\n{lines[0].Meaning}");
        var html = new StringBuilder().Append(
            $"<b><code>{HtmlText.Escape(lines[0].Use)}</code></b><div>{HtmlText.Escape(lines[0].Meaning)}</div>"
        );
        if (lines.Count > 1)
        {
            var width = lines.Skip(1).Max(l => l.Use.Length);
            text.Append('\n');
            html.Append("<table>");
            foreach (var (use, meaning) in lines.Skip(1))
            {
                text.Append($"\n{use.PadRight(width)}  {meaning}");
                html.Append(
                    $"<tr><td style=\"text-align:left\"><code>{HtmlText.Escape(use)}</code></td><td style=\"text-align:left\">{HtmlText.Escape(meaning)}</td></tr>"
                );
            }

            html.Append("</table>");
        }

        return MimeBundle.Of((MimeBundle.PlainText, text.ToString()), (MimeBundle.Html, html.ToString()));
    }

    private static string Described(RootCommand model, string head, string label)
    {
        var command = Command(model, head).Command;
        return command.Subcommands.FirstOrDefault(c => c.Name == label)?.Description
            ?? Words.Options(command).FirstOrDefault(o => o.Name == label)?.Description
            ?? "";
    }

    /// <summary>The verb that some words lead to, and the words.</summary>
    private static (Command Command, string[] Words) Command(RootCommand model, string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        Command command = model;
        foreach (var word in words)
        {
            command = command.Subcommands.FirstOrDefault(c => c.Name == word) ?? command;
        }

        return (command, words);
    }

    private static string Use(Symbol symbol) =>
        symbol switch
        {
            Option option => option.ValueType == typeof(bool) ? option.Name : $"{option.Name} {option.HelpName ?? "VALUE"}",
            Command command => string.Join(
                ' ',
                new[] { command is RootCommand ? "#!gaitprop VERB" : command.Name }.Concat(command.Arguments.Select(a => a.Name))
            ),
            _ => symbol.Name,
        };

    private static string Kind(CompletionItem item) =>
        item.Label.StartsWith('-') ? "option"
        : item.Kind == "Keyword" ? "function"
        : "value";

    /// <summary>Short forms of help, of which there are four, only stand in the way.</summary>
    private static bool IsWord(string label) =>
        !label.StartsWith('/') && !(label.StartsWith('-') && !label.StartsWith("--", StringComparison.Ordinal));
}
