using System.Text.Json;
using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// One <c>--set path.to.field=value</c>: <c>optimizer.lr=1e-4</c>, or for one rule alone <c>rules.fa.optimizer.lr=1e-4</c>. The value is JSON, or text
/// where it is not.
/// </summary>
internal static class ExperimentSetting
{
    /// <summary>Reads a setting as it is for a rule; <see langword="null"/> if it is for another rule alone.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="said">The option that it came by, as errors name it.</param>
    /// <exception cref="GaitPropException">It has no '=', the field is unknown, or the value is of the wrong type.</exception>
    public static ExperimentLayer? Parse(string setting, string rule, string said = "--set")
    {
        var label = $"{said} {setting}";
        var strict = new StrictJson(label);
        if (setting.IndexOf('=', StringComparison.Ordinal) is var equals && equals < 1)
        {
            throw strict.Error("write it as path.to.field=value, such as optimizer.lr=1e-4.");
        }

        string[] path = setting[..equals].Trim().Split('.');
        var (forRule, above) = (rule, "");
        var option = path[0] switch
        {
            "title" => "title cannot be set: it is the file's.",
            "seeds" => "use --seeds, such as --seeds 1..3.",
            "profile" => "use --profile.",
            "rule" or "rules" when path.Length == 1 => "use --rules, such as --rules bp,fa; for one rule, --rule.",
            _ => null,
        };
        if (option is not null)
        {
            throw strict.Error(option);
        }

        if (path[0] == "rules")
        {
            if (path.Length < 3)
            {
                throw strict.Error("write it as rules.RULE.field=value, such as rules.fa.optimizer.lr=1e-4.");
            }

            (forRule, above) = (strict.Word(path[1], "rules", "rule", RuleCatalog.Names), $"rules.{path[1]}");
            path = path[2..];
        }

        var fields = StrictJson.Fields(typeof(Experiment)).Where(p => p.Name != "rule").ToDictionary(p => p.Name, p => p.PropertyType);
        var type = Field(fields, path[0], above);
        if (path.Length == 2)
        {
            var below = path[0] == "ruleOptions" ? StrictJson.RuleOptions(forRule)
                : path[0] is "optimizer" or "orthogonality" ? StrictJson.Fields(type).ToDictionary(p => p.Name, p => p.PropertyType)
                : throw strict.Error($"{path[0]} has no fields: write {path[0]}=value.");
            type = Field(below, path[1], StrictJson.Join(above, path[0]));
        }
        else if (path.Length > 2)
        {
            throw strict.Error($"{string.Join('.', path[..2])} has no fields: write {string.Join('.', path[..2])}=value.");
        }

        var value = Value(setting[(equals + 1)..].Trim(), type);
        var whole = path.Length == 2 ? new JsonObject { [path[1]] = value } : value;
        ExperimentLayer.CheckField(strict, path[0], whole, above, forRule);
        return forRule == rule ? new(label, new JsonObject { [path[0]] = whole }) : null;

        Type Field(IReadOnlyDictionary<string, Type> known, string name, string where) =>
            known.TryGetValue(name, out var found) ? found : throw strict.Unknown(where, "field", name, known.Keys);
    }

    private static JsonNode? Value(string text, Type type)
    {
        // A text field takes any word as it is, even one that could be read as a number.
        if (type == typeof(string) && !text.StartsWith('"') && !text.StartsWith('[') && !text.StartsWith('{'))
        {
            return JsonValue.Create(text);
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
