using System.CommandLine;
using GaitProp.Kernel.Jupyter.Commands;

namespace GaitProp.Kernel.Interactive;

/// <summary>Walks the command model for a host that parses lines itself: every verb, option, alias and completion, and nothing that is written down twice.</summary>
internal static class HostDirectives
{
    /// <summary>The directive of a command model.</summary>
    /// <param name="name">The directive's word.</param>
    /// <param name="model">Makes the model; completions look at the disk, so each makes its own.</param>
    public static HostDirective Of(string name, Func<RootCommand> model)
    {
        var root = model();
        return new HostDirective(name, root.Description ?? "", [.. Options(root, "", model), Unnamed(root, "", model)], [.. root.Subcommands.Where(c => !c.Hidden).SelectMany(c => Verbs(c, model))]);
    }

    /// <summary>A verb under each of its names.</summary>
    private static IEnumerable<HostDirective> Verbs(Command verb, Func<RootCommand> model) =>
        verb.Aliases.Prepend(verb.Name).Select(name => new HostDirective(
            name, Described(verb), [.. All(verb, verb.Name, model).DistinctBy(p => p.Name), Unnamed(verb, verb.Name, model)], []));

    /// <summary>The options of a verb and of the verbs below it, which the host cannot tell apart.</summary>
    private static IEnumerable<HostParameter> All(Command verb, string path, Func<RootCommand> model) =>
        Options(verb, path, model).Concat(verb.Subcommands.Where(c => !c.Hidden).SelectMany(c => All(c, $"{path} {c.Name}", model)));

    private static IEnumerable<HostParameter> Options(Command verb, string path, Func<RootCommand> model) =>
        from option in verb.Options
        where !option.Hidden
        from name in option.Aliases.Prepend(option.Name)
        where name.StartsWith('-')
        select new HostParameter(name, option.Description ?? "", option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool), () => Values(model, $"{path} {option.Name} "));

    private static HostParameter Unnamed(Command verb, string path, Func<RootCommand> model) =>
        new("", string.Join(' ', verb.Arguments.Select(a => a.Description ?? a.Name)), IsFlag: false, () => Values(model, $"{path} "));

    private static string Described(Command verb) => verb.Subcommands.Count == 0
        ? $"{verb.Description}"
        : $"{verb.Description} {string.Join(' ', verb.Subcommands.Where(c => !c.Hidden).Select(c => $"{c.Name}: {c.Description}"))}";

    private static IReadOnlyList<string> Values(Func<RootCommand> model, string line)
    {
        var words = line.TrimStart();
        return [.. CommandWords.Complete(model(), words, words.Length).Entries.Where(e => !e.Text.StartsWith('-')).Select(e => e.Text)];
    }
}
