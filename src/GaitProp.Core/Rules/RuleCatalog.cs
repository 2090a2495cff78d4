using System.Reflection;

namespace GaitProp;

/// <summary>
/// The learning rules there are: every class with a <see cref="RuleAttribute"/> in this assembly, and what users register.
/// </summary>
public static class RuleCatalog
{
    private static readonly Lock Gate = new();
    private static readonly SortedDictionary<string, RuleEntry> Entries = new(StringComparer.Ordinal);

    static RuleCatalog()
    {
        foreach (var type in typeof(RuleCatalog).Assembly.GetTypes().Where(t => t.IsDefined(typeof(RuleAttribute), inherit: false)))
        {
            Register(type);
        }
    }

    /// <summary>The names of all rules, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names
    {
        get
        {
            lock (Gate)
            {
                return [.. Entries.Keys];
            }
        }
    }

    /// <summary>Adds a rule, or replaces the one of that name (a cell that is run again).</summary>
    /// <typeparam name="TRule">A class with a <see cref="RuleAttribute"/> and a constructor that takes its options, or nothing if it has
    /// none.</typeparam>
    /// <exception cref="GaitPropException">The class is not such a one, or its name is not possible.</exception>
    public static void Register<TRule>()
        where TRule : LearningRule => Register(typeof(TRule));

    /// <summary>The name in figures.</summary>
    /// <param name="name">The name on the command line.</param>
    /// <exception cref="GaitPropException">There is no such rule.</exception>
    public static string Title(string name) => Find(name).Attribute.Title;

    /// <summary>The class of a rule.</summary>
    /// <param name="name">The name on the command line.</param>
    /// <exception cref="GaitPropException">There is no such rule.</exception>
    internal static Type TypeOf(string name) => Find(name).Type;

    /// <summary>The type of a rule's options.</summary>
    /// <param name="name">The name on the command line.</param>
    /// <exception cref="GaitPropException">There is no such rule.</exception>
    internal static Type OptionsType(string name) => Find(name).Attribute.OptionsType;

    /// <summary>A rule's options with their defaults.</summary>
    /// <param name="name">The name on the command line.</param>
    /// <exception cref="GaitPropException">There is no such rule.</exception>
    public static RuleOptions DefaultOptions(string name) => (RuleOptions)Made(OptionsType(name));

    /// <summary>Makes a rule.</summary>
    /// <param name="name">The name on the command line.</param>
    /// <param name="options">Its options; the defaults if <see langword="null"/>.</param>
    /// <exception cref="GaitPropException">There is no such rule, or an option is not possible.</exception>
    public static LearningRule Create(string name, RuleOptions? options = null)
    {
        var wanted = OptionsType(name);
        options ??= DefaultOptions(name);
        if (!wanted.IsInstanceOfType(options))
        {
            throw new GaitPropException(
                $"rule {name} takes {wanted.Name}, not {options.GetType().Name}: RuleCatalog.DefaultOptions(\"{name}\") makes some."
            );
        }

        options.Validate();
        var type = Find(name).Type;
        return (LearningRule)(options is NoOptions && type.GetConstructor(Type.EmptyTypes) is not null ? Made(type) : Made(type, options));
    }

    /// <summary>What a constructor makes; what that throws is thrown as it is.</summary>
    private static object Made(Type type, params object[] arguments) =>
        Activator.CreateInstance(
            type,
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.DoNotWrapExceptions,
            binder: null,
            arguments,
            culture: null
        )!;

    private static void Register(Type type)
    {
        var attribute =
            type.GetCustomAttribute<RuleAttribute>()
            ?? throw new GaitPropException(
                $"{type.Name} is not a learning rule: put [Rule(\"name\", \"title\")] on the class, or [Rule(\"name\", \"title\", typeof(Options))]."
            );
        Check(type, attribute);
        lock (Gate)
        {
            Entries[attribute.Name] = new RuleEntry(type, attribute);
        }
    }

    /// <summary>Whether <see cref="Create"/> will be able to make it.</summary>
    private static void Check(Type type, RuleAttribute attribute)
    {
        if (!RegisteredName.Fits(attribute.Name))
        {
            throw new GaitPropException(
                $"{type.Name} cannot be a learning rule of the name '{attribute.Name}': a name {RegisteredName.Rule}."
            );
        }

        var options = attribute.OptionsType;
        if (!options.IsSubclassOf(typeof(RuleOptions)) || options.IsAbstract || options.GetConstructor(Type.EmptyTypes) is null)
        {
            throw new GaitPropException(
                $"{type.Name} cannot be a learning rule with the options {options.Name}: make them a record that derives from RuleOptions and needs no arguments."
            );
        }

        var isMade = type.GetConstructors()
            .Select(c => c.GetParameters())
            .Any(p => p is [var only] ? only.ParameterType.IsAssignableFrom(options) : p.Length == 0 && options == typeof(NoOptions));
        if (type.IsAbstract || !isMade)
        {
            throw new GaitPropException(
                $"{type.Name} cannot be a learning rule: make it a class with a public constructor that takes {(options == typeof(NoOptions) ? "nothing" : $"its options, {options.Name}")}."
            );
        }
    }

    private static RuleEntry Find(string name)
    {
        lock (Gate)
        {
            return Entries.TryGetValue(name, out var entry)
                ? entry
                : throw new GaitPropException(Suggestion.Unknown("rule", name, Entries.Keys));
        }
    }

    private sealed record RuleEntry(Type Type, RuleAttribute Attribute);
}
