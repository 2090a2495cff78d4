using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace GaitProp.Experiments;

/// <summary>Where fields of an experiment may be set: in a file, in one of its presets, for one rule, or by <c>--set</c>.</summary>
internal enum FilePart
{
    File,
    Preset,
    Rule,
    Setting,
}

/// <summary>What a file says beside the fields of an experiment.</summary>
internal sealed record FileFields
{
    [JsonPropertyName("$schema"), Description("The schema of this file.")]
    public string? Schema { get; init; }

    [Description("The file that this one adds to: its path from here, or a built-in experiment.")]
    public string? Extends { get; init; }

    [Description("The heading.")]
    public string? Title { get; init; }

    [Description("The rules in the order of the figure: a list, or what each of them has otherwise.")]
    public JsonNode? Rules { get; init; }

    [Description("The seeds of the runs, from 0 up: a list, or a range such as \"1..5\".")]
    public JsonNode? Seeds { get; init; }

    [Description(
        "The fields that 'gaitprop sweep' goes over, such as optimizer.lr: a list of values, or words such as \"1..5\", \"log(1e-5..1e-3,5)\" or \"linear(0..1,5)\"."
    )]
    public JsonNode? Sweep { get; init; }

    [Description(
        "Settings by name, chosen with --preset. Each is built on another one, its field preset, or else on the file's; paper and fast are built on nothing."
    )]
    public JsonObject? Presets { get; init; }
}

/// <summary>One experiment file, read and checked by itself; what it extends is not looked at.</summary>
internal sealed class ExperimentFile
{
    private readonly StrictJson _strict;
    private readonly JsonObject _root;

    /// <summary>Reads a file.</summary>
    /// <exception cref="GaitPropException">It is no JSON, or a field is unknown, of the wrong type, out of range or there
    /// twice.</exception>
    public ExperimentFile(ExperimentSource source)
    {
        Source = source;
        _strict = new StrictJson(source.Label);
        var json = Parsed(source);
        RefuseOldSpellings(json as JsonObject ?? []);
        _root = Check(_strict, json, "", FilePart.File);
        Rules = (_root["rules"] as JsonArray)?.Select(r => r!.GetValue<string>()).ToArray();
        Seeds = _root.ContainsKey("seeds") ? ReadSeeds(_root["seeds"]) : null;
        Sweep =
            !_root.ContainsKey("sweep") ? null
            : _root["sweep"] is JsonObject axes ? [.. axes.Select(a => SweepAxis.Read(_strict, a.Key, a.Value))]
            : throw _strict.Wrong(
                "sweep",
                "an object of fields and their values, such as { \"optimizer.lr\": [1e-4, 1e-3] }",
                _root["sweep"]
            );
    }

    /// <summary>Where it is from.</summary>
    public ExperimentSource Source { get; }

    /// <summary>The name, if it gives one.</summary>
    public string? Name => (string?)_root["name"];

    /// <summary>The title, if it gives one.</summary>
    public string? Title => (string?)_root["title"];

    /// <summary>What it extends.</summary>
    public string? Extends => (string?)_root["extends"];

    /// <summary>The preset that is used if none is chosen.</summary>
    public string? Preset => (string?)_root["preset"];

    /// <summary>Whether it chooses a network.</summary>
    public bool HasNetwork => _root.ContainsKey("network");

    /// <summary>The rules that it chooses, in place of those of what it extends.</summary>
    public IReadOnlyList<string>? Rules { get; }

    /// <summary>The rules that it sets something for; they join those of what it extends.</summary>
    public IEnumerable<string> AddedRules => (_root["rules"] as JsonObject)?.Select(r => r.Key) ?? [];

    /// <summary>Its seeds.</summary>
    public IReadOnlyList<int>? Seeds { get; }

    /// <summary>The fields that it sweeps.</summary>
    public IReadOnlyList<SweepAxis>? Sweep { get; }

    /// <summary>The presets that it sets something for.</summary>
    public IEnumerable<string> Presets => (_root["presets"] as JsonObject)?.Select(p => p.Key) ?? [];

    /// <summary>The fields of an experiment that a part may set.</summary>
    public static IReadOnlyList<string> Fields(FilePart part) =>
        [
            .. StrictJson
                .Fields(typeof(Experiment))
                .Keys.Where(n =>
                    n switch
                    {
                        "rule" => false,
                        "seed" => part == FilePart.Setting,
                        "name" => part is FilePart.File or FilePart.Setting,
                        "preset" => part != FilePart.Rule,
                        _ => true,
                    }
                ),
        ];

    /// <summary>Checks a part of a file.</summary>
    /// <param name="strict">Tells what is wrong.</param>
    /// <param name="json">The part.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="part">Which it is.</param>
    /// <param name="rule">The rule that it is for; any if <see langword="null"/>.</param>
    public static JsonObject Check(StrictJson strict, JsonNode? json, string path, FilePart part, string? rule = null)
    {
        var own = StrictJson.Fields(typeof(FileFields));
        IEnumerable<string> more =
            part == FilePart.File ? own.Keys
            : part == FilePart.Preset || (part == FilePart.Setting && path.Length == 0) ? ["rules"]
            : [];
        var fields = StrictJson.Fields(typeof(Experiment));
        var read = strict.Object(json, path, [.. Fields(part), .. more]);
        foreach (var (name, value) in read)
        {
            var below = StrictJson.Join(path, name);
            switch (name)
            {
                case "preset":
                    strict.Text(value, below);
                    break;
                case "rules" when part == FilePart.File && value is JsonArray list:
                    CheckList(strict, list);
                    break;
                case "rules":
                    foreach (var (each, otherwise) in strict.Object(value, below, RuleCatalog.Names, "rule"))
                    {
                        Check(strict, otherwise, StrictJson.Join(below, each), part == FilePart.Setting ? part : FilePart.Rule, each);
                    }

                    break;
                case "presets":
                    foreach (var (preset, settings) in value as JsonObject ?? throw strict.Wrong(below, "an object { … }", value))
                    {
                        // What paper and fast mean is built on nothing.
                        if (
                            (string?)Check(strict, settings, StrictJson.Join(below, preset), FilePart.Preset)["preset"] is { } on
                            && on != preset
                            && Experiments.Presets.Names.Contains(preset)
                        )
                        {
                            throw strict.Error(
                                $"{below}.{preset}.preset is not possible: {preset} is built on nothing; take the field out."
                            );
                        }
                    }

                    break;
                case "seeds" or "sweep":
                    break;
                default:
                    strict.Check(value, fields.GetValueOrDefault(name) ?? own[name], below, rule);
                    break;
            }
        }

        return read;
    }

    /// <summary>The preset that one of its presets is built on, if it says so.</summary>
    public string? BuiltOn(string preset) => (string?)_root["presets"]?[preset]?["preset"];

    /// <summary>Checks that there are the presets that it names.</summary>
    public void CheckPresets(IReadOnlyList<string> known)
    {
        foreach (var (path, preset) in Presets.Select(p => ($"presets.{p}.preset", BuiltOn(p))).Prepend(("preset", Preset)))
        {
            if (preset is not null)
            {
                _strict.Word(preset, path, "preset", known);
            }
        }
    }

    /// <summary>What it sets for a rule, with what it has for <c>paper</c> or <c>fast</c>; least binding first.</summary>
    public IEnumerable<ExperimentLayer> Layers(string rule, string? root) =>
        [
            new(Source.Label, Fields(_root, FilePart.File)),
            .. root is null ? [] : OfPreset(root, rule),
            .. OfRule(_root, Source.Label, rule),
        ];

    /// <summary>What one of its presets sets for a rule; least binding first.</summary>
    public IEnumerable<ExperimentLayer> OfPreset(string preset, string rule) =>
        _root["presets"]?[preset] is JsonObject settings && $"{Source.Label}, presets.{preset}" is var label
            ? [new(label, Fields(settings, FilePart.Preset)), .. OfRule(settings, label, rule)]
            : [];

    private static IEnumerable<ExperimentLayer> OfRule(JsonObject part, string label, string rule) =>
        (part["rules"] as JsonObject)?[rule] is JsonObject otherwise ? [new($"{label}, rules.{rule}", otherwise)] : [];

    private static JsonObject Fields(JsonObject json, FilePart part) =>
        new(
            json.Where(p => p.Key is not ("name" or "preset") && Fields(part).Contains(p.Key))
                .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))
        );

    private static JsonNode? Parsed(ExperimentSource source)
    {
        try
        {
            return WholeJson.Parse(
                source.Text,
                new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
            );
        }
        catch (JsonException e)
        {
            var reason = e.Message.Split([" LineNumber:", " Path:"], StringSplitOptions.None)[0].ReplaceLineEndings(" ").TrimEnd('.');
            if (e.LineNumber is not { } line)
            {
                throw new GaitPropException(
                    Twice(source.Text) is var (field, at)
                        ? Text($"{source.Label}, line {at}: the field '{field}' stands there twice: take one of them out.")
                        : $"{source.Label}: {reason}.",
                    e
                );
            }

            // The position counts bytes from 0; people count characters from 1.
            var bytes = Encoding.UTF8.GetBytes(source.Text.Split('\n').ElementAtOrDefault((int)line) ?? "");
            var column = Encoding.UTF8.GetCharCount(bytes, 0, (int)Math.Min(e.BytePositionInLine ?? 0, bytes.Length)) + 1;
            throw new GaitPropException(Text($"{source.Label}, line {line + 1}, column {column}: {reason}."), e);
        }
    }

    /// <summary>The first field that its object has already, and its line.</summary>
    private static (string Field, int Line)? Twice(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        var objects = new Stack<HashSet<string>>();
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                objects.Push([]);
            }
            else if (reader.TokenType == JsonTokenType.EndObject)
            {
                objects.Pop();
            }
            else if (
                reader.TokenType == JsonTokenType.PropertyName
                && Encoding.UTF8.GetString(reader.ValueSpan) is var name
                && !objects.Peek().Add(name)
            )
            {
                return (name, 1 + bytes.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n'));
            }
        }

        return null;
    }

    private static void CheckList(StrictJson strict, JsonArray rules)
    {
        foreach (var (i, rule) in rules.Index())
        {
            var where = Text($"rules[{i}]");
            strict.Tried(where, () => RuleVariant.Parse(strict.Text(rule, where)));
        }

        if (rules.Select(r => (string)r!).CountBy(r => r).FirstOrDefault(r => r.Value > 1).Key is { } twice)
        {
            throw strict.Error($"rules names '{twice}' more than once: take one of them out.");
        }
    }

    /// <summary>Fields of earlier versions: the error is how they are written now.</summary>
    private void RefuseOldSpellings(JsonObject root)
    {
        foreach (var (name, value) in root)
        {
            var now = name switch
            {
                "rule" => $"\"rules\": [{Json(value)}]",
                "profile" => $"\"preset\": {Json(value)}{(root.ContainsKey("preset") ? " in place of the other \"preset\"" : "")}",
                "profiles" => value is JsonObject && root.ContainsKey("presets")
                    ? $"into \"presets\" what stands in it: {Json(value)[1..^1]}"
                    : $"\"presets\": {Json(value)}",
                "sameAs" =>
                    $"what each rule has itself, in \"rules\" or a preset: {string.Join(", ", (value as JsonObject ?? []).Select(l => $"\"{l.Key}\": {Like(l.Value)}"))}",
                _ => null,
            };
            if (now is not null)
            {
                throw _strict.Error($"'{name}' is a field of an earlier version: write {now}.");
            }
        }

        static string Json(JsonNode? node) => node?.ToJsonString(ExperimentJson.Line) ?? "null";

        // What the other rule has may stand in several places; what this file extends is not read yet.
        string Like(JsonNode? rule)
        {
            var like = rule?.ToString() ?? "null";
            string[] elsewhere =
            [
                .. (root["presets"] as JsonObject ?? [])
                    .Where(p => (p.Value as JsonObject)?["rules"] is JsonObject rules && rules.ContainsKey(like))
                    .Select(p => $"presets.{p.Key}"),
                .. root["extends"] is JsonValue value && value.TryGetValue<string>(out var extended) ? [extended] : (string[])[],
            ];
            var copied = elsewhere.Length == 0 ? null : $"what {like} has in {string.Join(" and ", elsewhere)}";
            return (root["rules"] as JsonObject)?[like] is JsonObject settings
                ? $"{Json(settings)}{(copied is null ? "" : $" and {copied}")}"
                : copied ?? $"nothing, as {like} has nothing of its own";
        }
    }

    private int[] ReadSeeds(JsonNode? json)
    {
        const string expected = "a list of whole numbers from 0 up such as [1, 2, 3], or a range such as \"1..5\"";
        var seeds =
            json switch
            {
                JsonArray list =>
                [
                    .. list.Select(s =>
                        s?.GetValueKind() == JsonValueKind.Number && s.AsValue().TryGetValue<int>(out var seed) ? seed : -1
                    ),
                ],
                JsonValue value when value.TryGetValue<int>(out var one) => [one],
                JsonValue value when value.TryGetValue<string>(out var text) => SeedList.Parse(text),
                _ => null,
            } ?? throw _strict.Wrong("seeds", expected, json);
        return seeds.Length > 0 && seeds.All(s => s >= 0) && seeds.Distinct().Count() == seeds.Length
            ? seeds
            : throw _strict.Error($"seeds must be {expected}, each once, not {json!.ToJsonString(ExperimentJson.Line)}.");
    }
}
