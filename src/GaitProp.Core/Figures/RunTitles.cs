using System.Globalization;
using System.Text.Json.Nodes;
using GaitProp.Figures;

namespace GaitProp;

/// <summary>What runs are called beside each other: the rule, and as much else as tells them apart.</summary>
public static class RunTitles
{
    /// <summary>
    /// The title of one of several runs: <c>normalised GAIT</c>, or <c>normalised GAIT, fast, seed 2</c> where presets and seeds differ.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="among">All that it stands beside.</param>
    /// <param name="overSeeds">Whether runs that differ in their seed alone are shown as one, so that seeds are no part of titles.</param>
    public static string Of(RunRecord run, IReadOnlyList<RunRecord> among, bool overSeeds = false) =>
        Of(run, among, overSeeds, withEpochs: true);

    /// <summary>
    /// The title where, without <paramref name="withEpochs"/>, something beside it says how many epochs a run was planned for.
    /// </summary>
    internal static string Of(RunRecord run, IReadOnlyList<RunRecord> among, bool overSeeds, bool withEpochs)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(among);
        var parts = new List<string> { Title(run) };
        var twins = among.Where(r => r.Rule == run.Rule && Title(r) == Title(run)).ToArray();
        var chosen = Differ(twins, Choices);
        Tell(r => Field(r, "preset"), preset => preset);

        // A preset has a constraint of its own; only beside a run of the same preset does one have to be named. To a rule that inverts
        // layers the constraint belongs, to another one it is an addition.
        var constraints = twins.Select(Constraint).Where(c => c is not "none").Distinct().Count();
        Tell(
            Constraint,
            constraint =>
                (ForeignSetting.Inverts(run.Rule), constraint) switch
                {
                    (true, "none") => "no constraint",
                    (true, _) => constraints > 1 ? constraint : null,
                    (false, "none") => null,
                    _ => constraint,
                }
        );
        if (Differ(among, Gain))
        {
            Tell(Gain, gains => gains, always: true);
        }

        if (chosen)
        {
            Tell(Choices, choices => choices.Length > 0 ? choices : null, always: true);
        }

        Tell(ImageChoices, changes => changes);
        if (Differ(among, Origin))
        {
            Tell(Origin, _ => Text($"from the weights of {run.Description.Origin!.Run}, step {run.Description.Origin.Step}"), always: true);
        }

        // These are told by the last words of the title.
        twins =
        [
            .. twins.Where(r =>
                r.Description.Data.Name == run.Description.Data.Name
                && (r.Description.Recorded is null) == (run.Description.Recorded is null)
            ),
        ];
        Tell(r => r.Description.Code, code => $"code {code[..6]}");
        Tell(r => r.Description.Experiment["ruleOptions"]?["form"]?.ToString(), form => form);
        Tell(r => r.Description.Experiment["ruleOptions"]?["inverse"]?.ToString(), inverse => $"inverse {inverse}");
        Tell(r => Field(r, "precision"), precision => precision);
        Tell(r => Field(r, "angleEvery"), every => every == "1" ? "angles every step" : $"angles every {every} steps");
        Tell(r => Field(r, "evaluateEvery"), every => every == "1" ? "accuracy every epoch" : $"accuracy every {every} epochs");
        Tell(r => Field(r, "auxiliary"), auxiliary => $"{auxiliary} auxiliary units");
        Tell(r => r.Description.Experiment["orthogonality"]?["rank"]?.ToString(), rank => $"rank {rank}");
        Tell(r => r.Description.Experiment["orthogonality"]?["every"]?.ToString(), every => $"all directions every {every}");
        Tell(
            r => r.Description.Experiment["optimizer"]?["lr"]?.ToString(),
            rate => $"learning rate {Power(double.Parse(rate, CultureInfo.InvariantCulture))}"
        );
        if (withEpochs)
        {
            Tell(r => Field(r, "epochs"), epochs => Count(Number(epochs), "epoch"));
        }

        if (!overSeeds && Differ(twins, r => Field(r, "seed")))
        {
            parts.Add($"seed {Field(run, "seed")}");
        }

        if (Differ(among, r => r.Description.Data.Name))
        {
            parts.Add(run.Description.Data.Name);
        }

        if (run.Description.Recorded is not null && among.Any(r => r.Description.Recorded is null))
        {
            parts.Add("recorded");
        }

        var title = string.Join(", ", parts);
        return !overSeeds && twins.Count(r => Same(r, run)) > 1 ? $"{title}, {Stamp(run)}" : title;

        // What tells the run from those that have had the same title so far; the others need not be told apart from any further.
        void Tell(Func<RunRecord, string?> property, Func<string, string?> word, bool always = false)
        {
            var own = property(run);
            if ((always || Differ(twins, property)) && own is not null && word(own) is { } part)
            {
                parts.Add(part);
            }

            twins = [.. twins.Where(r => property(r) == own)];
        }
    }

    /// <summary>When a run was started, as its name says it; the whole name of a run that somebody has called otherwise.</summary>
    private static string Stamp(RunRecord run)
    {
        // The folder, not what the run itself says: a copy says the same as the original.
        var name = Path.GetFileName(run.Folder);
        var stem = $"{run.Rule}-s{Field(run, "seed")}-";
        return name.StartsWith(stem, StringComparison.Ordinal) ? name[stem.Length..] : name;
    }

    /// <summary>
    /// The title of a run that stands alone: <c>cifar-shallow: normalised GAIT, preset fast, seed 1</c>. What its preset does not say of
    /// its rule is named before it: <c>cifar-shallow: BP, retraction, preset fast, seed 1</c>.
    /// </summary>
    /// <param name="experiment">Its experiment, as <c>run.json</c> has it.</param>
    internal static string Whole(JsonNode experiment) =>
        $"{experiment["name"]}: {OfRule(experiment)}, preset {experiment["preset"]}, seed {experiment["seed"]}";

    /// <summary>The rule with what the preset does not say of it: <c>BP, retraction</c>.</summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    internal static string OfRule(JsonNode experiment)
    {
        var rule = (string?)experiment["rule"];
        var isKnown = rule is not null && RuleCatalog.Names.Contains(rule);
        string[] parts =
        [
            isKnown ? RuleCatalog.Title(rule!) : $"{rule}",
            .. isKnown ? Unusual(rule!, (string?)experiment["orthogonality"]?["kind"] ?? "none") : [],
            .. Gains(experiment) is { } gains ? (string[])[gains] : [],
            .. RunChoices.All(experiment),
            .. ForeignSetting.Of(experiment).Where(f => f.Field != "orthogonality.kind").Select(f => f.ToString()),
        ];
        return string.Join(", ", parts);
    }

    /// <summary>Gains in words, and their step size if it is not the usual one; <see langword="null"/> where there are none.</summary>
    /// <param name="experiment">The run's experiment, as <c>run.json</c> has it.</param>
    internal static string? Gains(JsonNode experiment)
    {
        var steps = (double?)experiment["optimizer"]?["gainLr"] is { } size ? $" with step size {Power(size)}" : "";
        return (string?)experiment["gain"] switch
        {
            null or "none" => null,
            "row" => $"gains{steps}",
            var gain => $"{gain} gains{steps}",
        };
    }

    private static string Power(double size) => size.ToString("0.##e-0", CultureInfo.InvariantCulture);

    /// <summary>
    /// Rules that invert layers keep their weights orthogonal by every preset, others do not by any: what is otherwise is told.
    /// </summary>
    private static string[] Unusual(string rule, string constraint) =>
        (ForeignSetting.Inverts(rule), constraint) switch
        {
            (true, "none") => ["no constraint"],
            (false, not "none") => [constraint],
            _ => [],
        };

    private static bool Differ(IEnumerable<RunRecord> runs, Func<RunRecord, string?> property) =>
        runs.Select(property).Distinct().Count() > 1;

    private static bool Same(RunRecord one, RunRecord other) =>
        Field(one, "preset") == Field(other, "preset")
        && Field(one, "seed") == Field(other, "seed")
        && Constraint(one) == Constraint(other)
        && Gain(one) == Gain(other)
        && Choices(one) == Choices(other)
        && ImageChoices(one) == ImageChoices(other)
        && Origin(one) == Origin(other)
        && Title(one) == Title(other)
        && one.Description.Data.Name == other.Description.Data.Name
        && (one.Description.Recorded is null) == (other.Description.Recorded is null);

    private static string? Field(RunRecord run, string name) => run.Description.Experiment[name]?.ToString();

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);

    private static string? Constraint(RunRecord run) => run.Description.Experiment["orthogonality"]?["kind"]?.ToString();

    private static string Choices(RunRecord run) => string.Join(", ", RunChoices.Of(run.Description.Experiment));

    private static string? ImageChoices(RunRecord run) => RunChoices.OfImages(run.Description.Experiment);

    private static string? Origin(RunRecord run) => run.Description.Origin?.Sha256;

    private static string? Gain(RunRecord run) => Gains(run.Description.Experiment);

    /// <summary>
    /// The rule's title. GAIT is the published one, the literal form; the displacement form repairs it where that collapses, and says so. A
    /// run may be of a rule that only its author's notebook knows.
    /// </summary>
    private static string Title(RunRecord run) =>
        run.Rule == "gait" && (string?)run.Description.Experiment["ruleOptions"]?["form"] is not (null or "literal") and var form
            ? $"{RuleCatalog.Title(run.Rule)}, {form}"
        : RuleCatalog.Names.Contains(run.Rule) ? RuleCatalog.Title(run.Rule)
        : run.Rule;
}
