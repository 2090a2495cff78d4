using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>One experiment file, read and checked by itself; what it extends is not looked at.</summary>
internal sealed class ExperimentFile
{
    /// <summary>What a file may say beside the fields of an experiment.</summary>
    private static readonly string[] OwnFields = ["$schema", "extends", "title", "rule", "rules", "sameAs", "seeds", "sweep", "profile", "presets", "profiles"];

    private readonly StrictJson _strict;
    private readonly JsonObject _root;

    /// <summary>Reads a file.</summary>
    /// <exception cref="GaitPropException">It is no JSON, or a field is unknown or of the wrong type.</exception>
    public ExperimentFile(ExperimentSource source)
    {
        Source = source;
        _strict = new StrictJson(source.Label);
        _root = _strict.Object(Parsed(source), "", [.. OverrideFields(Part.File), .. OwnFields]);
        foreach (var field in (string[])["$schema", "extends", "title", "profile"])
        {
            if (_root.ContainsKey(field))
            {
                _strict.Text(_root[field], field);
            }
        }

        CheckOverrides(_root, "", null);
        CheckRules(_root, "", allowList: true);
        CheckNamed("presets", Presets.Names, Part.Preset);
        CheckNamed("profiles", null, Part.Profile);
        if (_root.ContainsKey("sameAs"))
        {
            foreach (var (rule, like) in _strict.Object(_root["sameAs"], "sameAs", RuleCatalog.Names, "rule"))
            {
                SameAs[rule] = _strict.Word(like, $"sameAs.{rule}", "rule", RuleCatalog.Names);
            }
        }

        if (_root.ContainsKey("rule"))
        {
            if (_root.ContainsKey("rules"))
            {
                throw _strict.Error("rule and rules cannot stand together: leave one of them out.");
            }

            Rules = [_strict.Word(_root["rule"], "rule", "rule", RuleCatalog.Names)];
        }
        else if (_root["rules"] is JsonArray list)
        {
            Rules = [.. list.Select(r => r!.GetValue<string>())];
        }

        Sweep = _root.ContainsKey("sweep") ? ReadSweep(_root["sweep"]) : null;
        Seeds = _root.ContainsKey("seeds") ? ReadSeeds(_root["seeds"]) : null;
    }

    /// <summary>The parts of a file that set fields of an experiment.</summary>
    public enum Part
    {
        /// <summary>The file itself.</summary>
        File,

        /// <summary>What one rule has otherwise.</summary>
        Rule,

        /// <summary>What a preset has otherwise.</summary>
        Preset,

        /// <summary>What a profile has otherwise.</summary>
        Profile,
    }

    /// <summary>Where it is from.</summary>
    public ExperimentSource Source { get; }

    /// <summary>The name, if it gives one.</summary>
    public string? Name => (string?)_root["name"];

    /// <summary>The title, if it gives one.</summary>
    public string? Title => (string?)_root["title"];

    /// <summary>What it extends.</summary>
    public string? Extends => (string?)_root["extends"];

    /// <summary>The profile that is used if none is chosen.</summary>
    public string? DefaultProfile => (string?)_root["profile"];

    /// <summary>Whether it chooses a network.</summary>
    public bool HasNetwork => _root.ContainsKey("network");

    /// <summary>The rules that it chooses, in place of those of what it extends.</summary>
    public IReadOnlyList<string>? Rules { get; }

    /// <summary>The rules that it sets something for; they join those of what it extends.</summary>
    public IEnumerable<string> AddedRules => (_root["rules"] as JsonObject)?.Select(r => r.Key) ?? [];

    /// <summary>Rules that are set as another one is.</summary>
    public Dictionary<string, string> SameAs { get; } = new(StringComparer.Ordinal);

    /// <summary>Its seeds.</summary>
    public IReadOnlyList<int>? Seeds { get; }

    /// <summary>The fields that it sweeps.</summary>
    public IReadOnlyList<SweepAxis>? Sweep { get; }

    /// <summary>The profiles that it sets something for.</summary>
    public IEnumerable<string> Profiles => (_root["profiles"] as JsonObject)?.Select(p => p.Key) ?? [];

    /// <summary>The fields of an experiment that a part of a file may set.</summary>
    public static IReadOnlyCollection<string> OverrideFields(Part part) =>
        [.. StrictJson.Fields(typeof(Experiment)).Select(p => p.Name).Where(n => n switch
        {
            "rule" or "seed" => false,
            "name" => part == Part.File,
            "preset" => part is Part.File or Part.Profile,
            _ => true,
        })];

    /// <summary>The preset that the file, or one of its profiles, chooses.</summary>
    public string? Preset(string? profile) => (string?)(profile is null ? _root : _root["profiles"]?[profile])?["preset"];

    /// <summary>What the file sets for a rule under a preset, without profiles; least binding first.</summary>
    public IEnumerable<ExperimentLayer> Layers(string preset, IReadOnlyList<string> rules)
    {
        yield return new(Source.Label, Fields(_root, Part.File));
        foreach (var layer in Named("presets", preset, Part.Preset, rules).Concat(RuleLayers(_root, Source.Label, rules)))
        {
            yield return layer;
        }
    }

    /// <summary>What a profile sets for a rule; least binding first.</summary>
    public IEnumerable<ExperimentLayer> ProfileLayers(string profile, IReadOnlyList<string> rules) => Named("profiles", profile, Part.Profile, rules);

    private IEnumerable<ExperimentLayer> Named(string field, string name, Part part, IReadOnlyList<string> rules)
    {
        if (_root[field]?[name] is not JsonObject overrides)
        {
            return [];
        }

        var label = $"{Source.Label}, {field}.{name}";
        return [new(label, Fields(overrides, part)), .. RuleLayers(overrides, label, rules)];
    }

    private static IEnumerable<ExperimentLayer> RuleLayers(JsonObject part, string label, IReadOnlyList<string> rules) =>
        from rule in rules
        let overrides = (part["rules"] as JsonObject)?[rule] as JsonObject
        where overrides is not null
        select new ExperimentLayer($"{label}, rules.{rule}", overrides);

    private static JsonObject Fields(JsonObject part, Part kind)
    {
        var fields = OverrideFields(kind);
        return new JsonObject(part.Where(p => fields.Contains(p.Key) && p.Key is not ("name" or "preset")).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
    }

    private static JsonNode? Parsed(ExperimentSource source)
    {
        try
        {
            return WholeJson.Parse(source.Text, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            var reason = e.Message.Split([" LineNumber:", " Path:"], StringSplitOptions.None)[0].ReplaceLineEndings(" ").TrimEnd('.');
            if (e.LineNumber is not { } line)
            {
                // Of a field that stands there twice only the name is told.
                throw new GaitPropException(reason.Split('\'') is [_, var twice, ..] ? $"{source.Label}: the field '{twice}' stands there twice: take one of them out." : $"{source.Label}: {reason}.", e);
            }

            // The position counts bytes from 0; people count characters from 1.
            var bytes = Encoding.UTF8.GetBytes(source.Text.Split('\n').ElementAtOrDefault((int)line) ?? "");
            var column = Encoding.UTF8.GetCharCount(bytes, 0, (int)Math.Min(e.BytePositionInLine ?? 0, bytes.Length)) + 1;
            throw new GaitPropException(string.Create(CultureInfo.InvariantCulture, $"{source.Label}, line {line + 1}, column {column}: {reason}."), e);
        }
    }

    private void CheckNamed(string field, IReadOnlyList<string>? known, Part part)
    {
        if (!_root.ContainsKey(field))
        {
            return;
        }

        var named = _root[field] as JsonObject ?? throw _strict.Wrong(field, "an object { … }", _root[field]);
        _strict.Object(named, field, known ?? [.. named.Select(p => p.Key)], "preset");
        foreach (var (name, value) in named)
        {
            var path = StrictJson.Join(field, name);
            var overrides = _strict.Object(value, path, [.. OverrideFields(part), "rules"]);
            CheckOverrides(overrides, path, null);
            CheckRules(overrides, path, allowList: false);
        }
    }

    private void CheckRules(JsonObject part, string path, bool allowList)
    {
        path = StrictJson.Join(path, "rules");
        if (allowList && part["rules"] is JsonArray list)
        {
            foreach (var (i, rule) in list.Index())
            {
                var where = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
                _strict.Tried(where, () => RuleVariant.Parse(_strict.Text(rule, where)));
            }

            if (list.Select(r => (string)r!).CountBy(r => r).FirstOrDefault(r => r.Value > 1).Key is { } twice)
            {
                throw _strict.Error($"{path} names '{twice}' more than once: take one of them out.");
            }
        }
        else if (part.ContainsKey("rules"))
        {
            foreach (var (rule, value) in _strict.Object(part["rules"], path, RuleCatalog.Names, "rule"))
            {
                var below = StrictJson.Join(path, rule);
                CheckOverrides(_strict.Object(value, below, OverrideFields(Part.Rule)), below, rule);
            }
        }
    }

    private void CheckOverrides(JsonObject part, string path, string? rule)
    {
        foreach (var (name, value) in part)
        {
            ExperimentLayer.CheckField(_strict, name, value, path, rule);
        }
    }

    private SweepAxis[] ReadSweep(JsonNode? json) => json is JsonObject axes
        ? [.. axes.Select(a => SweepAxis.Read(_strict, a.Key, a.Value))]
        : throw _strict.Wrong("sweep", "an object of fields and their values, such as { \"optimizer.lr\": [1e-4, 1e-3] }", json);

    private int[] ReadSeeds(JsonNode? json)
    {
        const string expected = "a list of whole numbers from 0 up such as [1, 2, 3], or a range such as \"1..5\"";
        int[] seeds;
        switch (json)
        {
            case JsonArray list:
                seeds = [.. list.Select(s => s?.GetValueKind() == JsonValueKind.Number && s.AsValue().TryGetValue<int>(out var seed) ? seed : -1)];
                break;
            case JsonValue value when value.TryGetValue<int>(out var one):
                seeds = [one];
                break;
            case JsonValue value when value.TryGetValue<string>(out var text) && SeedList.Parse(text) is { } listed:
                seeds = listed;
                break;
            default:
                throw _strict.Wrong("seeds", expected, json);
        }

        return seeds.Length > 0 && seeds.All(s => s >= 0) && seeds.Distinct().Count() == seeds.Length
            ? seeds
            : throw _strict.Error($"seeds must be {expected}, each once, not {json!.ToJsonString(ExperimentJson.Line)}.");
    }
}
