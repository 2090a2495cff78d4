using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>Some fields of an experiment, and who set them.</summary>
/// <param name="Label">Who, as errors say it; empty where the words of the error are enough.</param>
/// <param name="Fields">The fields, by their JSON names.</param>
internal sealed record ExperimentLayer(string Label, JsonObject Fields)
{
    /// <summary>Puts fields over each other, an object field by field; later ones win.</summary>
    /// <param name="start">The experiment that they change.</param>
    /// <param name="layers">The fields; of <c>ruleOptions</c> those are taken that the experiment's rule has.</param>
    /// <exception cref="GaitPropException">What comes of it is not possible; the message says who made it so.</exception>
    public static Experiment Merge(Experiment start, IReadOnlyList<ExperimentLayer> layers)
    {
        var options = StrictJson.RuleOptions(start.Rule).Keys.ToHashSet();
        Experiment? merged = null;
        if (Fails(layers.Count) is not { } wrong)
        {
            return merged!;
        }

        // Guilty is who turned an experiment that is possible into one that is not.
        var guilty = Enumerable.Range(1, layers.Count).LastOrDefault(n => Fails(n) is not null && Fails(n - 1) is null);
        throw guilty > 0 && layers[guilty - 1].Label is { Length: > 0 } label
            ? new GaitPropException($"{label}: {wrong.Message}", wrong)
            : wrong;

        GaitPropException? Fails(int count)
        {
            try
            {
                merged = Merged(count);
                return null;
            }
            catch (GaitPropException e)
            {
                return e;
            }
        }

        Experiment Merged(int count)
        {
            var json = ExperimentJson.ToJson(start);
            foreach (var (name, value) in layers.Take(count).SelectMany(l => l.Fields))
            {
                if (json[name] is not JsonObject below || value is not JsonObject above)
                {
                    json[name] = value?.DeepClone();
                    continue;
                }

                foreach (var (inner, chosen) in above.Where(v => name != "ruleOptions" || options.Contains(v.Key)))
                {
                    below[inner] = chosen?.DeepClone();
                }
            }

            var experiment = ExperimentJson.FromJson(json);
            experiment.Validate();
            return experiment;
        }
    }
}
