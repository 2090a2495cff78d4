using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// One <c>--set path.to.field=value</c>: <c>optimizer.lr=1e-4</c>, or for one rule alone <c>rules.fa.optimizer.lr=1e-4</c>. The value is
/// JSON, or text where it is not.
/// </summary>
/// <param name="Preset">The preset, if it is that.</param>
/// <param name="Layer">The field otherwise.</param>
internal sealed record ExperimentSetting(string? Preset, ExperimentLayer Layer)
{
    /// <summary>Reads a setting as it is for a rule; <see langword="null"/> if it is for another rule alone.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="said">The option that it came by, as errors name it.</param>
    /// <exception cref="GaitPropException">It has no '=', the field is unknown, or the value is of the wrong type or out of
    /// range.</exception>
    public static ExperimentSetting? Parse(string setting, string rule, string said = "--set")
    {
        var label = $"{said} {setting}";
        var strict = new StrictJson(label);
        if (setting.IndexOf('=', StringComparison.Ordinal) is var equals && equals < 1)
        {
            throw strict.Error("write a field, '=' and its value, such as --set optimizer.lr=1e-4.");
        }

        var (path, text) = (setting[..equals].Trim().Split('.'), setting[(equals + 1)..].Trim());
        var better = path switch
        {
            ["title"] => "title cannot be set: it is the file's.",
            ["seeds"] => Seeds(text),
            ["profile"] => $"it is called preset now: write --set {CommandWord.Quoted($"preset={text}")}.",
            ["rule"] or ["rules"] => "a verb has an option for it: train takes --rule bp; compare, sweep and angles take --rules bp,fa.",
            ["rules", _] => $"write a field of the rule, such as --set rules.{path[1]}.optimizer.lr=1e-4.",
            ["optimizer" or "orthogonality" or "ruleOptions"]
            or ["rules", _, "optimizer" or "orthogonality" or "ruleOptions"] when !text.StartsWith('{') =>
                $"it has fields: write one of them, such as --set {CommandWord.Quoted($"{string.Join('.', path)}.{Example(path[^1], path is ["rules", var other, _] ? other : rule)}")}.",
            ["ruleOptions", var option]
                when !StrictJson.RuleOptions(rule).ContainsKey(option)
                    && RuleCatalog.Names.FirstOrDefault(r => StrictJson.RuleOptions(r).ContainsKey(option)) is { } owner =>
                $"{rule} has no option '{option}'; for {owner}, which has it, write --set {CommandWord.Quoted($"rules.{owner}.{setting}")}.",
            _ => null,
        };
        if (better is not null)
        {
            throw strict.Error(better);
        }

        JsonNode? json = path.Reverse().Aggregate(Value(strict, text, path, rule), (value, field) => new JsonObject { [field] = value });
        var read = ExperimentFile.Check(strict, json, "", FilePart.Setting, rule);
        var fields =
            path[0] == "rules"
                ? path[1] == rule
                    ? (JsonObject)read["rules"]![rule]!
                    : null
                : read;
        return fields is null ? null : new((string?)fields["preset"], new(label, path[0] == "preset" ? [] : fields));
    }

    /// <summary>What says the same in place of <c>seeds</c>: a field that every verb takes, or an option that some have.</summary>
    private static string Seeds(string text)
    {
        var words = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('[' or ']' or '"')));
        return SeedList.Parse(words) switch
        {
            null => "seeds are numbers from 0 up: for one run write --set seed=1.",
            [var one] => Text($"write --set seed={one}."),
            var several => Text($"compare and sweep take --seeds {words}; for one run write --set seed={several[0]}."),
        };
    }

    /// <summary>A field of those that have fields, with a value.</summary>
    private static string Example(string field, string rule) =>
        field == "optimizer" ? "lr=1e-4"
        : field == "orthogonality" ? "kind=none"
        : RuleCatalog.Names.Contains(rule)
        && ExperimentJson.ToJson(Presets.Meaning(rule, Presets.Default))["ruleOptions"]!.AsObject().FirstOrDefault()
            is { Key: { } option, Value: { } value }
            ? $"{option}={value}"
        : "NAME=VALUE";

    /// <summary>JSON, or text. A field of text takes any word as it is, even one that could be read as a number.</summary>
    private static JsonNode? Value(StrictJson strict, string text, string[] path, string rule)
    {
        var field = path is [.., "ruleOptions", var option]
            ? StrictJson.RuleOptions(path[0] == "rules" ? null : rule).GetValueOrDefault(option)
            : StrictJson.Fields(typeof(Experiment)).GetValueOrDefault(path[0] == "rules" ? path[^1] : path[0]);
        var isStructure = text is ['"' or '[' or '{', ..];
        try
        {
            return field?.PropertyType == typeof(string) && !isStructure ? JsonValue.Create(text) : WholeJson.Parse(text);
        }
        catch (JsonException e)
        {
            return isStructure
                ? throw strict.Error(
                    $"the value is no JSON: {e.Message.Split([" LineNumber:", " Path:"], StringSplitOptions.None)[0].TrimEnd('.')}."
                )
                : JsonValue.Create(text);
        }
    }
}
