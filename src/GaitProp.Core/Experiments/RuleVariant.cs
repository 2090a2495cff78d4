using System.Text.Json.Nodes;

namespace GaitProp.Experiments;

/// <summary>
/// A rule and what is added to it, as comparisons name it: <c>bp+constraint</c>, <c>ngait+gain</c>, <c>gait+displacement</c>. So a figure
/// can show a rule more than once.
/// </summary>
/// <param name="Rule">The rule's name.</param>
/// <param name="Additions">What is added, each one of <see cref="Known"/>.</param>
internal sealed record RuleVariant(string Rule, IReadOnlyList<string> Additions)
{
    private const string Constraint = "constraint",
        Displacement = "displacement",
        Gain = "gain";

    /// <summary>
    /// What can be added to a rule: the orthogonality <c>constraint</c> that the preset puts on normalised GAIT, the <c>displacement</c>
    /// form with all that the preset <c>fast</c> computes it with, a <c>gain</c> for each unit.
    /// </summary>
    public static IReadOnlyList<string> Known { get; } = [Constraint, Displacement, Gain];

    /// <summary>Reads a name.</summary>
    /// <param name="name">The rule, and what is added, each after a plus.</param>
    /// <exception cref="GaitPropException">There is no such rule or addition, or it stands there twice.</exception>
    public static RuleVariant Parse(string name)
    {
        var parts = name.Split('+', StringSplitOptions.TrimEntries);
        var (rule, additions) = (parts[0], parts.Skip(1).ToArray());
        if (!RuleCatalog.Names.Contains(rule))
        {
            throw new GaitPropException(Suggestion.Unknown("rule", rule, RuleCatalog.Names));
        }

        foreach (var addition in additions)
        {
            if (!Known.Contains(addition))
            {
                throw new GaitPropException($"{name}: {Suggestion.Unknown("addition", addition, Known)}");
            }
        }

        if (additions.Distinct().Count() < additions.Length)
        {
            throw new GaitPropException($"{name}: an addition stands there twice: take one of them out.");
        }

        return additions.Contains(Displacement) && RuleNeeds.Options(rule) is not TargetOptions
            ? throw new GaitPropException($"{name}: {rule} has no forms; 'displacement' is for gait and ngait.")
            : new RuleVariant(rule, additions);
    }

    /// <summary>The name, as <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Join('+', [Rule, .. Additions]);

    /// <summary>What the additions set, before anything that is chosen on the command line.</summary>
    /// <param name="preset">The preset that the experiment is in.</param>
    internal IEnumerable<ExperimentLayer> Layers(string preset) =>
        Additions.Select(addition => new ExperimentLayer(
            $"rule {this}",
            addition switch
            {
                Gain => new JsonObject { ["gain"] = "row" },
                Constraint => new JsonObject
                {
                    ["orthogonality"] = Only(ExperimentJson.ToJson(Presets.Meaning("ngait", preset))["orthogonality"]!, "kind"),
                },
                _ => Displaced(ExperimentJson.ToJson(Presets.Meaning(Rule, "fast"))),
            }
        ));

    private static JsonObject Displaced(JsonObject fast) =>
        new()
        {
            ["precision"] = fast["precision"]!.DeepClone(),
            ["auxiliary"] = fast["auxiliary"]!.DeepClone(),
            ["ruleOptions"] = Only(fast["ruleOptions"]!, "form", "inverse"),
            ["orthogonality"] = Only(fast["orthogonality"]!, "kind"),
        };

    private static JsonObject Only(JsonNode from, params string[] fields) =>
        new(fields.Select(f => KeyValuePair.Create(f, from[f]?.DeepClone())));
}
