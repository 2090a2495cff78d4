using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;

namespace GaitProp.Figures;

/// <summary>
/// What stands below a figure of trainings (<see cref="TrainingFigure"/>): on which images, in which network, with which settings and where
/// its lines were computed, how they are drawn, and what is missing. A method makes one sentence, or those of one kind.
/// </summary>
internal static class TrainingCaption
{
    /// <summary>
    /// Among so many kinds of lines what all but one of them share is said of them together. Of fewer each says it, which is read faster.
    /// </summary>
    private const int Many = 4;

    /// <summary>Writes the caption.</summary>
    /// <param name="groups">What the figure shows, a line each.</param>
    /// <param name="accuracy">The accuracy that it shows.</param>
    public static string Of(IReadOnlyList<RunGroup> groups, ShownAccuracy accuracy)
    {
        if (groups.Count == 0)
        {
            return "No runs.";
        }

        IReadOnlyList<RunRecord> runs = [.. groups.SelectMany(g => g.Runs)];
        return string.Join(
            " ",
            [
                .. Data(runs),
                Network(runs),
                Accuracy(runs, accuracy),
                .. Seeds(groups),
                .. Medians(groups),
                .. Settings(groups),
                .. WholeRetractions(groups),
                .. Machines(groups),
                .. Distance(groups),
                .. FormsOfOurs(runs),
                .. Undefined(runs),
                .. Unfinished(groups),
                .. WithoutTop5(groups, accuracy),
                .. Diverged(groups),
            ]
        );
    }

    /// <summary>The images, a sentence for each set of them.</summary>
    private static IEnumerable<string> Data(IReadOnlyList<RunRecord> runs)
    {
        return runs.Select(r => (Run: r, Data: Sized(r.Description.Data)))
            .DistinctBy(r => (r.Data.Name, r.Data.StandsInFor, r.Data.Train, r.Data.Test, r.Data.Validation, r.Data.Width))
            .Select(r => Sentence(r.Run, r.Data));

        // Runs of older versions do not say how large their images are; another run on the same images may.
        RunData Sized(RunData data) =>
            data is { Width: null, Checksum: { } sum }
                ? runs.Select(r => r.Description.Data).FirstOrDefault(d => d.Checksum == sum && d.Width is not null) ?? data
                : data;

        static string Sentence(RunRecord run, RunData data)
        {
            var standsIn = data.StandsInFor is { } published ? $" in place of {published}" : "";
            var images = data.ImagesOf(data.IsOfPhotos(run.Description.Experiment) ? "photos" : "images");
            var size = data.Width is { } width ? Text($" of {width} x {data.Height} pixels") : "";
            return Text($"Data: {data.Name}{standsIn} ({images}{size}, {ShownAccuracy.ClassesOf(run)} classes).");
        }
    }

    private static string Network(IReadOnlyList<RunRecord> runs)
    {
        var networks = runs.Select(r => r.Description.Experiment["network"]!.ToString()).Distinct();
        return $"Network: {string.Join(", ", networks)}; {Lengths(runs)}, batch {Values(runs, "batchSize")}, seed {Values(runs, "seed")}.";
    }

    /// <summary>What counts as right, and what one gets by chance, which of several numbers of classes is not the same.</summary>
    private static string Accuracy(IReadOnlyList<RunRecord> runs, ShownAccuracy accuracy)
    {
        int[] classes = [.. runs.Select(ShownAccuracy.ClassesOf).Distinct().Order()];
        var chance =
            classes.Length == 1
                ? Text($"{accuracy.Chance:0.##} %")
                : string.Join(" and ", classes.Select(c => Text($"{accuracy.ChanceAmong(c):0.##} % of {c} classes")));
        return $"Accuracy: {accuracy.Name}{(accuracy.IsInstead ? ", because a run has no record of top-5" : "")}; chance is {chance}.";
    }

    private static IEnumerable<string> Seeds(IReadOnlyList<RunGroup> groups) =>
        groups.Any(g => g.Runs.Count > 1) ? ["Lines of several seeds are their mean, bands one standard deviation."] : [];

    private static IEnumerable<string> Medians(IReadOnlyList<RunGroup> groups)
    {
        var words = Text(
            $"Angles over steps are medians in {AngleMedians.Parts} parts of the training where there are more than {AngleMedians.Many}, bands hold two thirds of them."
        );
        return groups.Any(g => AngleMedians.AreMany(g.Runs)) ? [words] : [];
    }

    /// <summary>
    /// What the lines were computed with: once what all of them share, once what all but one kind do, then of each kind what else it has.
    /// </summary>
    private static IEnumerable<string> Settings(IReadOnlyList<RunGroup> groups)
    {
        LineKind[] kinds =
        [
            .. groups
                .Select(g => (Group: g, Settings: SettingsOf(g.Runs[0])))
                .GroupBy(g => string.Join(", ", g.Settings))
                .Select(alike => new LineKind([.. alike.Select(g => g.Group)], alike.First().Settings)),
        ];
        var common = kinds
            .SelectMany(k => k.Settings)
            .Distinct()
            .Select(s => (Setting: s, Without: kinds.Where(k => !k.Settings.Contains(s)).ToArray()))
            .Where(s => s.Without.Length == 0 ? kinds.Length > 1 : s.Without is [{ SaysAll: true }] && kinds.Length >= Many)
            .ToArray();
        string[] said = [.. common.Select(c => c.Setting)];
        return
        [
            .. common
                .GroupBy(c => c.Without.SingleOrDefault(), c => c.Setting)
                .OrderBy(c => c.Key is not null)
                .Select(c => $"All lines{(c.Key is { } other ? $" but {other.Titles}" : "")}: {string.Join(", ", c)}."),
            .. kinds.Select((k, i) => $"{string.Join("; ", k.Groups.Select(g => g.Title + Extent(g, groups)))}: {Else(k, kinds.Take(i))}."),
        ];

        // A line of the same rule that has all settings but some of this one is named in the place of those that it shares.
        string Else(LineKind kind, IEnumerable<LineKind> before) =>
            before.Where(k => k.Settings.Except(said).Any() && kind.Extends(k)).MaxBy(k => k.Settings.Count) is { } plain
                ? $"as said of {plain.TitleOf(kind.Groups[0].Rule)}, and {string.Join(", ", kind.Settings.Except(plain.Settings))}"
            : kind.Settings.Except(said).ToArray() is { Length: > 0 } own ? string.Join(", ", own)
            : "as said";
    }

    /// <summary>How many seeds and epochs a line has, where that is not the same of all; else empty.</summary>
    private static string Extent(RunGroup group, IReadOnlyList<RunGroup> among)
    {
        var isOneLength = among.SelectMany(g => g.Runs).Select(Done).Distinct().Count() == 1 && group.Runs.All(r => Done(r) >= Planned(r));
        string[] parts =
        [
            .. group.Runs.Count > 1 ? (string[])[Text($"{group.Runs.Count} seeds")] : [],
            .. isOneLength ? (string[])[] : [Lengths(group.Runs)],
        ];
        return parts.Length == 0 ? "" : $" ({string.Join(", ", parts)})";
    }

    /// <summary>At which steps a line dips because of a retraction of all directions, of the first run that does.</summary>
    private static IEnumerable<string> WholeRetractions(IReadOnlyList<RunGroup> groups)
    {
        var runs = groups.Where(g => !AngleMedians.AreMany(g.Runs)).SelectMany(g => g.Runs);
        if (runs.Select(Dips).FirstOrDefault(d => d.Count > 0) is not { } dips)
        {
            return [];
        }

        var steps = $"{string.Join(", ", dips.Take(2))}{(dips.Count > 2 ? ", …" : "")}";
        return [$"{(dips.Count == 1 ? "Dip at step" : "Dips at steps")} {steps}: measured right after a whole retraction."];
    }

    /// <summary>What computed the runs, a sentence a machine; of several each says whose runs are from it.</summary>
    private static IEnumerable<string> Machines(IReadOnlyList<RunGroup> groups)
    {
        var machines = groups
            .SelectMany(g =>
                g.Runs.Select(r => Text($"Machine: {r.Description.Environment}; GaitProp {r.Description.Environment.Version}"))
                    .Distinct()
                    .Select(machine => (Machine: machine, g.Title))
            )
            .GroupBy(m => m.Machine, m => m.Title)
            .ToArray();
        return machines.Select(m => machines.Length == 1 ? $"{m.Key}." : $"{m.Key} ({string.Join("; ", m)}).");
    }

    /// <summary>
    /// How far inverses that are not exact turned an update. The literal form has the exact inverse, and its distance is that to the
    /// displacement form: what subtraction loses.
    /// </summary>
    private static IEnumerable<string> Distance(IReadOnlyList<RunGroup> groups)
    {
        var inverting = groups.Where(g => g.Runs.Any(r => Form(r) is not null && !r.IsLiteral)).ToArray();
        if (inverting.SelectMany(g => g.Runs).SelectMany(r => r.Steps).Max(s => s.LargestDistance) is not { } distance)
        {
            return [];
        }

        var aside = groups.Any(g => g.Runs.Any(r => r.IsLiteral)) ? ", literal forms aside" : "";
        var degrees = distance < 0.0005 ? "below 0.001" : Text($"{distance:0.000}");
        var without = inverting.Where(g => g.Runs.All(r => r.Steps.All(s => s.LargestDistance is null))).Select(g => g.Title).ToArray();
        var missing = without.Length == 0 ? "" : $" (not recorded for {string.Join("; ", without)})";
        return
        [
            $"Largest distance of an update from the same rule's with the exact inverse in float64{aside}: {degrees} degrees{missing}.",
        ];
    }

    /// <summary>That GAIT's line is not of the published form, and what the other one is for.</summary>
    private static IEnumerable<string> FormsOfOurs(IReadOnlyList<RunRecord> runs) =>
        runs.Where(r => r.Rule == "gait")
            .Select(Form)
            .Distinct()
            .Where(form => form is "displacement" or "limit")
            .Select(form =>
                $"GAIT's {form} form is ours: it does not subtract targets, and so keeps GAIT's gradient where the published, literal form loses it."
            );

    private static IEnumerable<string> Undefined(IReadOnlyList<RunRecord> runs)
    {
        var undefined = runs.Sum(r =>
            r.Steps.Sum(s =>
                s.Angles.Index().Count(a => a.Item is null && r.Description.Layers.ElementAtOrDefault(a.Index) is not { Parameters: 0 })
            )
        );
        return undefined > 0 ? [Text($"{undefined} angles of zero or non-finite updates are undefined and left out.")] : [];
    }

    private static IEnumerable<string> Unfinished(IReadOnlyList<RunGroup> groups) =>
        groups
            .SelectMany(g => g.Runs, (g, r) => (g.Title, Run: r))
            .Where(r => r.Run.Description.Status != RunStatus.Finished)
            .Select(r =>
                r.Run.Description.Status == RunStatus.Running
                    ? Text($"{r.Title} is under way, or was killed, after {Done(r.Run)} of {Count(Planned(r.Run), "epoch")}.")
                    : $"{r.Title} stopped early: {(r.Run.Description.Error ?? r.Run.Description.Status.ToString().ToLowerInvariant()).TrimEnd('.')}."
            );

    private static IEnumerable<string> WithoutTop5(IReadOnlyList<RunGroup> groups, ShownAccuracy accuracy) =>
        groups
            .Where(g => accuracy.Metric == AccuracyMetric.Top5 && g.Runs.Any(r => r.Epochs.All(e => e.TestTop5 is null)))
            .Select(g => $"{g.Title} has no record of top-5.");

    private static IEnumerable<string> Diverged(IReadOnlyList<RunGroup> groups) =>
        groups.SelectMany(
            g => g.Diverged,
            (g, r) => Text($"{g.Title} is without seed {r.Seed}, which diverged after {Count(Done(r), "epoch")}.")
        );

    /// <summary>
    /// The steps at which the mean angle dips because it was measured right after a retraction of all directions, as that before was not.
    /// None where it does not fall by half at each of them. That retractions are more often at first does not count.
    /// </summary>
    private static IReadOnlyList<long> Dips(RunRecord run)
    {
        if (
            run.Description.Experiment["orthogonality"] is not JsonObject orthogonality
            || (string?)orthogonality["kind"] != "retraction"
            || StepsBetween(orthogonality) is not (> 0 and var every)
        )
        {
            return [];
        }

        // A step's angle is that before its own update, so after as many updates as its number says.
        var measured = run.Steps.Where(s => s.MeanAngle is not null).ToArray();
        var after = measured.Zip(measured.Skip(1)).Where(s => s.Second.Step % every == 0 && s.First.Step % every != 0).ToArray();
        return after.All(s => s.Second.MeanAngle < s.First.MeanAngle / 2) ? [.. after.Select(s => s.Second.Step)] : [];
    }

    private static int Done(RunRecord run) => run.Epochs.Count == 0 ? 0 : run.Epochs[^1].Epoch;

    private static int Planned(RunRecord run) => (int)run.Description.Experiment["epochs"]!;

    /// <summary>How many epochs: <c>30 epochs</c>, <c>5 to 30 epochs</c>, or of one length <c>5 of 15 epochs</c>.</summary>
    private static string Lengths(IReadOnlyList<RunRecord> runs)
    {
        var (least, most) = (runs.Min(Done), runs.Max(Done));
        return least < most ? Text($"{least} to {Count(most, "epoch")}")
            : runs.Select(Planned).Distinct().ToArray() is [var planned] && planned > most ? Text($"{most} of {Count(planned, "epoch")}")
            : Count(most, "epoch");
    }

    private static string Values(IReadOnlyList<RunRecord> runs, string key) =>
        string.Join("/", runs.Select(r => r.Description.Experiment[key]?.ToString() ?? "not recorded").Distinct());

    private static string? Form(RunRecord run) => (string?)run.Description.Experiment["ruleOptions"]?["form"];

    /// <summary>The arithmetic of a run, a few words a setting.</summary>
    private static IReadOnlyList<string> SettingsOf(RunRecord run)
    {
        var e = run.Description.Experiment;

        // What a run that was written by hand or by another version does not say is not said here either.
        var options = e["ruleOptions"] as JsonObject ?? [];
        List<string> parts = [Text($"preset {e["preset"]}"), .. e["precision"] is { } precision ? (string[])[$"{precision}"] : []];
        if (options["form"] is { } form)
        {
            parts.Add(Text($"{form} form"));
            parts.Add(Text($"inverse {options["inverse"]}"));
            parts.Add(Text($"{e["auxiliary"]} auxiliary units"));
        }

        parts.AddRange(OwnNumbers(run, options));
        if ((string?)e["gain"] is { } gain and not "none")
        {
            var each = gain == "row" ? "unit" : "layer";
            parts.Add(
                (double?)e["optimizer"]?["gainLr"] is { } size
                    ? Text($"a gain for each {each} (step size {size})")
                    : $"a gain for each {each}"
            );
        }

        parts.Add(Constraint(e["orthogonality"] as JsonObject ?? [], (string?)options["inverse"]));
        if ((double?)(e["optimizer"] as JsonObject)?["lr"] is { } rate)
        {
            parts.Add(LearningRate(run, rate));
        }

        return
        [
            .. parts,
            .. RunChoices.All(e),
            .. run.Description.Origin is { } origin ? (string[])[$"from the weights of {origin.Run}"] : [],
        ];
    }

    /// <summary>The rule's own numbers, where they are not the published ones.</summary>
    private static IEnumerable<string> OwnNumbers(RunRecord run, JsonObject options)
    {
        // A run may be of a rule that only its author's notebook knows.
        if (!RuleCatalog.Names.Contains(run.Rule))
        {
            return [];
        }

        var published = RuleNeeds.Options(run.Rule);
        var usual = JsonSerializer.SerializeToNode(published, published.GetType(), ExperimentJson.Options)!;
        return ((string[])["eta", "gamma", "normalisation"])
            .Where(name => options[name] is { } value && $"{value}" != $"{usual[name]}")
            .Select(name => Text($"{name} {options[name]}"));
    }

    private static string Constraint(JsonObject orthogonality, string? inverse) =>
        (string?)orthogonality["kind"] switch
        {
            "penalty" => Text($"orthogonality penalty λ = {orthogonality["lambda"]}"),
            "retraction"
                when inverse?.StartsWith("folded", StringComparison.Ordinal) == true
                    && ((int?)orthogonality["rank"] ?? new OrthogonalityOptions().Rank) > 0 =>
                $"retraction of the folded directions at every step and of all directions {Every(orthogonality)}",
            "retraction" when (int?)orthogonality["rank"] is > 0 and var rank => Text(
                $"retraction of {rank} directions at every step and of all {Every(orthogonality)}"
            ),
            "retraction" => $"retraction {Every(orthogonality)}",
            _ => "no orthogonality constraint",
        };

    private static string LearningRate(RunRecord run, double rate)
    {
        var network = (string)run.Description.Experiment["network"]!;
        var preset = (string)run.Description.Experiment["preset"]!;
        var factor =
            Architectures.Names.Contains(network) && RuleCatalog.Names.Contains(run.Rule)
                ? rate / Presets.Experiment(network, run.Rule, preset).Optimizer.LearningRate
                : 1;
        return Text($"learning rate {rate:0.##e-0}{(Math.Abs(factor - 1) < 1e-9 ? "" : Text($" ({factor:0.##} times the published)"))}");
    }

    /// <summary>How often all directions are retracted (<see cref="OrthogonalityOptions.Every"/>).</summary>
    private static string Every(JsonObject orthogonality)
    {
        var every = StepsBetween(orthogonality);
        return every == 1 ? "at every step" : Text($"every {every} steps{(every % 2 == 0 ? " (more often at first)" : "")}");
    }

    /// <summary>Steps from one retraction of all directions to the next (<see cref="OrthogonalityOptions.Every"/>).</summary>
    private static int StepsBetween(JsonObject orthogonality) => (int?)orthogonality["every"] ?? new OrthogonalityOptions().Every;

    /// <summary>Lines with the same settings, in one sentence.</summary>
    private sealed record LineKind(IReadOnlyList<RunGroup> Groups, IReadOnlyList<string> Settings)
    {
        /// <summary>What they are called, in a sentence that names nothing else.</summary>
        public string Titles => string.Join(" and ", Groups.Select(g => g.Title));

        /// <summary>Whether their run says what every run of today says: what another does not say may be the same.</summary>
        public bool SaysAll =>
            Groups[0].Runs[0].Description.Experiment is var e
            && e["precision"] is not null
            && (e["optimizer"] as JsonObject)?["lr"] is not null;

        /// <summary>What the line of a rule among them is called.</summary>
        public string TitleOf(string rule) => Groups.First(g => g.Rule == rule).Title;

        /// <summary>Whether these have all settings of others, and others have a line of each of their rules.</summary>
        public bool Extends(LineKind others) =>
            others.Settings.All(s => Settings.Contains(s)) && Groups.All(g => others.Groups.Any(o => o.Rule == g.Rule));
    }
}
