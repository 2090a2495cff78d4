using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>Some fields of an experiment, and who set them.</summary>
/// <param name="Label">Who, as errors say it; empty where the words of the error are enough.</param>
/// <param name="Fields">The fields, by their JSON names.</param>
internal sealed record ExperimentLayer(string Label, JsonObject Fields)
{
    /// <summary>Checks a field's type. Fields that are not an experiment's are left alone.</summary>
    /// <param name="strict">Tells what is wrong.</param>
    /// <param name="name">The field's JSON name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="rule">The rule whose options <c>ruleOptions</c> are; any rule's if <see langword="null"/>.</param>
    public static void CheckField(StrictJson strict, string name, JsonNode? value, string path, string? rule)
    {
        var field = StrictJson.Fields(typeof(Experiment)).FirstOrDefault(p => p.Name == name);
        path = StrictJson.Join(path, name);
        switch (name)
        {
            case "rule":
                break;
            case "network":
                ExperimentJson.NetworkText(value, strict, path);
                break;
            case "data":
                strict.Word(value, path, name, DataSets.Names);
                break;
            case "preset":
                strict.Word(value, path, name, Presets.Names);
                break;
            case "ruleOptions":
                var options = StrictJson.RuleOptions(rule);
                foreach (var (option, chosen) in strict.Object(value, path, [.. options.Keys]))
                {
                    strict.Check(chosen, options[option], StrictJson.Join(path, option));
                }

                break;
            default:
                if (field is not null)
                {
                    strict.Check(value, field.PropertyType, path);
                }

                break;
        }
    }

    /// <summary>Sets the fields on an experiment. Of <c>ruleOptions</c> only those that its rule has.</summary>
    /// <param name="experiment">The experiment, changed in place.</param>
    /// <param name="options">The options that its rule has.</param>
    public void ApplyTo(JsonObject experiment, IReadOnlyCollection<string> options)
    {
        foreach (var (name, value) in Fields)
        {
            if (name is not "network" && experiment[name] is JsonObject below && value is JsonObject above)
            {
                foreach (var (inner, chosen) in above.Where(v => name is not "ruleOptions" || options.Contains(v.Key)))
                {
                    below[inner] = chosen?.DeepClone();
                }
            }
            else
            {
                experiment[name] = value?.DeepClone();
            }
        }
    }
}
