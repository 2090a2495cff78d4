using System.CommandLine;
using System.CommandLine.Parsing;
using GaitProp.Experiments;

namespace GaitProp.Kernel.Commands;

/// <summary>Understands the words of a command line, and says in one line which one it did not.</summary>
internal static class Words
{
    /// <summary>The word of an argument or option, if it is one of those known; else the error, with the closest known word.</summary>
    public static string? One(ArgumentResult result, string kind, IReadOnlyCollection<string> known)
    {
        var word = result.Tokens[0].Value;
        if (known.Contains(word))
        {
            return word;
        }

        result.AddError(Suggestion.Unknown(kind, word, known));
        return null;
    }

    /// <summary>A rule with what is added to it, as <see cref="RuleVariant"/> writes it; else the error.</summary>
    public static string? Variant(ArgumentResult result, string word)
    {
        try
        {
            return RuleVariant.Parse(word).ToString();
        }
        catch (GaitPropException e)
        {
            result.AddError(e.Message);
            return null;
        }
    }

    /// <summary>What is wrong with a command line, in one line; <see langword="null"/> if nothing is.</summary>
    public static string? Error(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return null;
        }

        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var advised = Options(command).Where(o => !o.Hidden).Select(o => o.Name);
            return unknown.StartsWith('-') ? Suggestion.Unknown("option", unknown, advised)
                : command.Subcommands.Count > 0 ? Suggestion.Unknown("verb", unknown, command.Subcommands.Select(c => c.Name))
                : $"'{unknown}' is one word too many for '{command.Name}'.";
        }

        return parsed.Errors[0].Message.ReplaceLineEndings(" ").Trim();
    }

    /// <summary>The verbs that lead to a command: <c>runs resume</c>.</summary>
    public static IEnumerable<string> Path(CommandResult result) =>
        result.Command is RootCommand ? [] : [.. result.Parent is CommandResult parent ? Path(parent) : [], result.Command.Name];

    /// <summary>The options that a command takes: its own, and those of the commands above it that hold for all below.</summary>
    public static IEnumerable<Option> Options(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(p => Options(p).Where(o => o.Recursive)));
}
