using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace GaitProp;

/// <summary>
/// The types of layer that plans can name: every record with a <see cref="LayerKindAttribute"/> in this assembly, and what users register.
/// </summary>
public static partial class LayerCatalog
{
    private static readonly Lock Gate = new();
    private static readonly SortedDictionary<string, Entry> Entries = new(StringComparer.Ordinal);

    static LayerCatalog()
    {
        foreach (var type in typeof(LayerCatalog).Assembly.GetTypes().Where(t => t.IsDefined(typeof(LayerKindAttribute), inherit: false)))
        {
            Register(type);
        }
    }

    /// <summary>The names of all types of layer, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(e => e.Kind.Name)];

    /// <summary>Adds a type of layer, or replaces the one of that name (a cell that is run again).</summary>
    /// <typeparam name="TDefinition">The record of its plan, with a <see cref="LayerKindAttribute"/> and one public constructor, whose
    /// parameters are whole numbers.</typeparam>
    /// <exception cref="GaitPropException">The record is not such a one.</exception>
    public static void Register<TDefinition>()
        where TDefinition : LayerDefinition => Register(typeof(TDefinition));

    /// <summary>The pattern of the kit's own layers, for schemas.</summary>
    internal static string Pattern => $"^({string.Join('|', Own.Select(e => e.Pattern))})( gain (none|scalar|row))?$";

    /// <summary>Layers in one line: at each comma after which a word begins, a layer does.</summary>
    internal static string[] Split(string layers) => [.. Between().Split(layers).Select(l => l.Trim())];

    internal static LayerDefinition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (words, gain) = (text.Trim(), (UnitGain?)null);
        if (Gained().Match(words) is { Success: true } gained)
        {
            gain = Enum.Parse<UnitGain>(gained.Groups["gain"].Value, ignoreCase: true);
            words = gained.Groups["layer"].Value;
        }

        var parts = words.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        var name = KindIn(words);
        var entry = Find(name);
        var layer =
            entry?.Read(parts.Length == 2 ? parts[1].Trim() : "", text)
            ?? throw new GaitPropException($"the layer '{text}' cannot be read: {Cure(name, entry)}.");
        return gain is null || layer.TakesGain
            ? layer with
            {
                Gain = gain,
            }
            : throw new GaitPropException($"the layer '{text}' is not possible: {entry!.Kind.Name} has no gains.");
    }

    /// <summary>The name of a layer's type in its text: <c>conv</c> of <c>Conv 3x3/2 48</c>.</summary>
    /// <param name="text">The layer, as a plan has it.</param>
    internal static string KindIn(string text) =>
        text.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries) is [var kind, ..] ? kind.ToLowerInvariant() : "";

    /// <summary>The name of a type of layer.</summary>
    /// <param name="definition">The record of its plan.</param>
    internal static string NameOf(Type definition) => KindOf(definition).Name;

    internal static string Words(LayerDefinition layer)
    {
        var (kind, type) = (KindOf(layer.GetType()), layer.GetType());
        var numbers = Parameters(type)
            .Select(p => (Value: type.GetProperty(p.Name!)?.GetValue(layer), Default: p.IsOptional ? p.DefaultValue : null))
            .ToList();
        while (numbers is [.., var last] && Equals(last.Value, last.Default))
        {
            numbers.RemoveAt(numbers.Count - 1);
        }

        return Text($"{kind.Name} {string.Join(',', numbers.Select(n => n.Value))}").TrimEnd();
    }

    private static IReadOnlyList<Entry> All
    {
        get
        {
            lock (Gate)
            {
                return [.. Entries.Values];
            }
        }
    }

    /// <summary>The kit's own.</summary>
    private static IEnumerable<Entry> Own => All.Where(e => e.Type.Assembly == typeof(LayerCatalog).Assembly);

    private static Entry? Find(string name)
    {
        lock (Gate)
        {
            return Entries.GetValueOrDefault(name);
        }
    }

    /// <summary>What to write in place of a layer that cannot be read.</summary>
    private static string Cure(string name, Entry? entry) =>
        entry is not null ? $"write '{entry.Syntax}'"
        : name.Length == 0 ? $"write {Spellings()}"
        : $"{Suggestion.Unknown("layer", name, Names)} Write {Spellings()}";

    private static string Spellings() =>
        $"{string.Join(", ", All.Select(e => $"'{e.Syntax}'"))}, such as 'conv 3x3/2 48', and after dense or conv 'gain row' or 'gain scalar' if it shall have gains";

    private static void Register(Type type)
    {
        var kind = KindOf(type);
        if (!Name().IsMatch(kind.Name))
        {
            throw new GaitPropException($"{type.Name} cannot be a layer of the name '{kind.Name}': a name is lower-case letters.");
        }

        if (Parameters(type).FirstOrDefault(p => p.ParameterType != typeof(int)) is { } other)
        {
            throw new GaitPropException($"{type.Name} is not the plan of a layer: its parameter {other.Name} is no whole number (int).");
        }

        lock (Gate)
        {
            Entries[kind.Name] = new Entry(type, kind);
        }
    }

    private static LayerKindAttribute KindOf(Type type) =>
        type.GetCustomAttribute<LayerKindAttribute>()
        ?? throw new GaitPropException($"{type.Name} is not the plan of a layer: put [LayerKind(\"name\", \"NUMBERS\")] on the record.");

    private static ParameterInfo[] Parameters(Type type) =>
        type.GetConstructors() is [var constructor]
            ? constructor.GetParameters()
            : throw new GaitPropException($"{type.Name} is not the plan of a layer: it must have one public constructor.");

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex Name();

    [GeneratedRegex(@",(?=\s*(?:[^\s\d]|$))")]
    private static partial Regex Between();

    [GeneratedRegex(@"^(?<layer>.*\S)\s+gain\s+(?<gain>none|scalar|row)$", RegexOptions.IgnoreCase)]
    private static partial Regex Gained();

    private sealed record Entry(Type Type, LayerKindAttribute Kind)
    {
        private readonly ParameterInfo[] _parameters = Parameters(Type);

        private readonly Regex? _spelling = Kind.Pattern is null
            ? null
            : new Regex($"^(?:{Kind.Pattern})$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

        public string Syntax => $"{Kind.Name} {Kind.Syntax}".TrimEnd();

        /// <summary>The layers in the spellings that are read, as a schema's regular expression, which knows no names of groups.</summary>
        public string Pattern
        {
            get
            {
                var numbers =
                    string.Concat(_parameters.Select((p, i) => $"{(p.IsOptional ? "(" : "")}{(i == 0 ? " " : ",")}\\d+"))
                    + string.Concat(_parameters.Where(p => p.IsOptional).Select(_ => ")?"));
                return Kind.Pattern is null
                    ? Kind.Name + numbers
                    : $"{Kind.Name}({numbers}| {Regex.Replace(Regex.Replace(Kind.Pattern, @"\\k<\w+>", @"\d+"), @"\?<\w+>", "")})";
            }
        }

        /// <summary>The layer, or <see langword="null"/> where the numbers are not those of its kind.</summary>
        public LayerDefinition? Read(string numbers, string whole)
        {
            var written = _spelling?.Match(numbers);
            var listed = numbers.Length == 0 ? [] : numbers.Split(',', StringSplitOptions.TrimEntries);
            if (
                written is not { Success: true }
                && (
                    listed.Length > _parameters.Length
                    || listed.Any(n => n.Length == 0 || !n.All(char.IsAsciiDigit))
                    || _parameters.Skip(listed.Length).Any(p => !p.IsOptional)
                )
            )
            {
                return null;
            }

            object?[] arguments =
            [
                .. _parameters.Select(
                    (parameter, i) =>
                    {
                        var name = parameter.Name!.ToLowerInvariant();
                        var text =
                            written is { Success: true } ? written.Groups[name].Value
                            : i < listed.Length ? listed[i]
                            : "";
                        return text.Length == 0
                            ? parameter.IsOptional
                                ? parameter.DefaultValue
                                : 1
                            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
                                ? (object)value
                                : throw new GaitPropException(
                                    $"the layer '{whole}' is not possible: {name} must be 1 or more{(value == 0 && text.Length > 9 ? $", and {int.MaxValue} or less" : "")}."
                                );
                    }
                ),
            ];
            try
            {
                return (LayerDefinition)Activator.CreateInstance(Type, arguments)!;
            }
            catch (TargetInvocationException e) when (e.InnerException is GaitPropException cause)
            {
                throw cause;
            }
            catch (TargetInvocationException e) when (e.InnerException is { } cause && Type.Assembly != typeof(LayerCatalog).Assembly)
            {
                throw new GaitPropException(
                    $"the layer '{whole}' is not possible: {Type.Name} failed: {cause.GetBaseException().GetType().Name}: {OneLine.Of(cause)}.",
                    cause
                );
            }
        }
    }
}
