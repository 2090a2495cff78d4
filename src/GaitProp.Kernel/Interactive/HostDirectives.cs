using System.CommandLine;
using Microsoft.DotNet.Interactive.Directives;

namespace GaitProp.Kernel.Interactive;

/// <summary>
/// Walks the command model for a host that parses lines itself: every verb, option and alias, and nothing that is written down twice. The
/// line is then read once more, by the command model; what could stand in it says <see cref="HostAssistance"/>.
/// </summary>
internal static class HostDirectives
{
    /// <summary>The directive of a command model.</summary>
    /// <param name="name">The directive's word.</param>
    /// <param name="root">The model.</param>
    public static KernelActionDirective Of(string name, RootCommand root)
    {
        var directive = Directive(name, root.Description, Options(root));
        foreach (var verb in root.Subcommands.Where(c => !c.Hidden))
        {
            foreach (var word in verb.Aliases.Prepend(verb.Name))
            {
                directive.Subcommands.Add(Directive(word, Described(verb), All(verb)));
            }
        }

        return directive;
    }

    private static KernelActionDirective Directive(string name, string? description, IEnumerable<KernelDirectiveParameter> parameters)
    {
        var directive = new KernelActionDirective(name, description);
        foreach (var parameter in parameters.DistinctBy(p => p.Name))
        {
            directive.Parameters.Add(parameter);
        }

        // What stands without a name. The host knows one level of verbs: those below a verb stand here too.
        directive.Parameters.Add(new KernelDirectiveParameter("") { AllowImplicitName = true, MaxOccurrences = int.MaxValue });
        return directive;
    }

    /// <summary>The options of a verb and of the verbs below it, which the host cannot tell apart.</summary>
    private static IEnumerable<KernelDirectiveParameter> All(Command verb) =>
        Options(verb).Concat(verb.Subcommands.Where(c => !c.Hidden).SelectMany(All));

    private static IEnumerable<KernelDirectiveParameter> Options(Command verb) =>
        from option in verb.Options
        where !option.Hidden
        from name in option.Aliases.Prepend(option.Name)
        where name.StartsWith('-')
        select new KernelDirectiveParameter(name, option.Description)
        {
            Flag = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool),
            MaxOccurrences = int.MaxValue,
        };

    private static string Described(Command verb) =>
        verb.Subcommands.Count == 0
            ? $"{verb.Description}"
            : $"{verb.Description} {string.Join(' ', verb.Subcommands.Where(c => !c.Hidden).Select(c => $"{c.Name}: {c.Description}"))}";
}
