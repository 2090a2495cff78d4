using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Figures;

namespace GaitProp;

/// <summary>
/// The four panels in which the paper shows a network's training (figures 4, 5 and 6): A the update angle of each layer, B the mean angle
/// of all layers but the output over steps, C and D the accuracy on training and test images. Runs without angles, such as BP alone, have
/// the latter two. Long runs have a fifth panel of ours, how far each rule is ahead of BP (<see cref="LeadPanel"/>).
/// </summary>
internal static class TrainingFigure
{
    /// <summary>Draws up the figure of some runs of one experiment.</summary>
    /// <param name="name">The figure's name: <c>fig4</c>.</param>
    /// <param name="title">Its heading.</param>
    /// <param name="runs">The runs, one a rule, in the order of the legend.</param>
    /// <param name="overSeeds">Whether runs that differ in their seed alone are drawn as one, mean and standard deviation.</param>
    /// <param name="metric">The accuracy of panels C and D; by default top-5 where there are more than ten classes, as in the paper, else
    /// top-1.</param>
    /// <exception cref="GaitPropException">Top-5 is asked for where it says nothing, or no run has recorded it.</exception>
    internal static Figure Of(
        string name,
        string title,
        IReadOnlyList<RunRecord> runs,
        bool overSeeds = false,
        AccuracyMetric? metric = null
    )
    {
        var accuracy = ShownAccuracy.Of(runs, metric);
        var groups = overSeeds ? RunGroup.OverSeeds(runs) : RunGroup.Each(runs);
        var measured = groups.Where(g => g.Runs.Any(r => r.Steps.Any(s => s.Angles.Count > 0))).ToArray();

        // What was recorded lies behind what one has made oneself.
        var mixed = groups.Select(g => g.IsRecorded).Distinct().Count() > 1;
        IReadOnlyList<RunLayer> layers = runs.Count == 0 ? [] : runs.MaxBy(r => r.Description.Layers.Count)!.Description.Layers;
        Series[] byLayer = [.. measured.Select(AnglesByLayer)];
        Series[] overSteps =
        [
            .. measured.Select(g =>
                AngleMedians.AreMany(g.Runs) ? Medians(g) : Curve(g, r => r.Steps.Select(s => ((double)s.Step, s.MeanAngle ?? double.NaN)))
            ),
        ];
        Panel[] angles =
            measured.Length == 0
                ? []
                :
                [
                    new Panel(
                        "A",
                        "Update angle by layer",
                        new Axis(
                            "layer (median; bars hold two thirds of the steps)",
                            [.. layers.Select((_, l) => (l + 1).ToString(CultureInfo.InvariantCulture))]
                        ),
                        Axis.OfAngles("angle to BP (degrees)").DownTo(byLayer),
                        byLayer,
                        PanelKind.Points
                    ),
                    new Panel(
                        "B",
                        "Update angle of hidden layers",
                        new Axis("step"),
                        Axis.OfAngles("mean angle to BP (degrees)").DownTo(overSteps),
                        overSteps,
                        PanelKind.Lines
                    ),
                ];
        Panel[] panels =
        [
            .. angles,
            new Panel(
                "",
                $"Training accuracy, {accuracy.Name}",
                new Axis("epoch"),
                FromChance(),
                [.. groups.Select(g => Curve(g, r => r.Epochs.Select(e => ((double)e.Epoch, accuracy.Train(e)))))],
                PanelKind.Lines
            ),
            new Panel(
                "",
                $"Test accuracy, {accuracy.Name}",
                new Axis("epoch"),
                FromChance(),
                [.. groups.Select(g => Curve(g, r => r.Epochs.Select(e => ((double)e.Epoch, accuracy.Test(e)))))],
                PanelKind.Lines
            ),
            .. LeadPanel.Of(groups, accuracy, IsPale) is { } lead ? (Panel[])[lead] : [],
        ];
        return new Figure(
            name,
            title,
            Caption(groups, accuracy),
            [.. panels.Select((panel, i) => panel.With(((char)('A' + i)).ToString()))]
        );

        bool IsPale(RunGroup group) => mixed && group.IsRecorded;

        Axis FromChance() => new(Text($"{accuracy.Name} accuracy (%)")) { From = accuracy.Chance };

        Series AnglesByLayer(RunGroup group)
        {
            var layers = group.Runs[0].Description.Layers.Select((_, l) => Spread.TwoThirds(AnglesOf(group.Runs, l))).ToArray();
            return new Series(group.Rule, group.Title, [.. layers.Select((_, l) => (double)l)], [.. layers.Select(l => l.Median)])
            {
                Low = [.. layers.Select(l => l.Low)],
                High = [.. layers.Select(l => l.High)],
                Pale = IsPale(group),
            };
        }

        Series Medians(RunGroup group)
        {
            var parts = AngleMedians.Of(group.Runs);
            return new Series(group.Rule, group.Title, [.. parts.Select(p => p.Step)], [.. parts.Select(p => p.Median)])
            {
                Low = [.. parts.Select(p => p.Low)],
                High = [.. parts.Select(p => p.High)],
                Pale = IsPale(group),
            };
        }

        Series Curve(RunGroup group, Func<RunRecord, IEnumerable<(double X, double Y)>> points)
        {
            var first = points(group.Runs[0]).ToArray();
            if (group.Runs.Count == 1)
            {
                return new Series(group.Rule, group.Title, [.. first.Select(p => p.X)], [.. first.Select(p => p.Y)])
                {
                    Pale = IsPale(group),
                };
            }

            // Where all seeds have a value.
            var all = group.Runs.Select(r => points(r).DistinctBy(p => p.X).ToDictionary(p => p.X, p => p.Y)).ToArray();
            var shared = first.Select(p => p.X).Where(x => all.All(run => run.ContainsKey(x))).ToArray();
            var values = shared.Select(x => Spread.MeanAndDeviation([.. all.Select(run => run[x])], isSample: true)).ToArray();
            return new Series(group.Rule, group.Title, shared, [.. values.Select(v => v.Mean)], [.. values.Select(v => v.Deviation)])
            {
                Pale = IsPale(group),
            };
        }
    }

    /// <summary>Mean and standard deviation of a layer's update angles over the steps where they are defined, degrees.</summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer, from 0.</param>
    /// <returns><see langword="null"/> if no angle is defined.</returns>
    internal static (double Mean, double Deviation)? LayerAngle(RunRecord run, int layer) => LayerAngle([run], layer);

    /// <summary>
    /// Mean and largest distance of a layer's updates from the same rule's with the exact inverse, degrees, and the share of steps in which
    /// a bare transpose stood in for the inverse; <see langword="null"/> what was not measured.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="layer">The layer, from 0.</param>
    internal static (double? Mean, double? Largest, double? Transposes) LayerExactness(RunRecord run, int layer)
    {
        var distances = run.Steps.Where(s => s.Distances.Count > layer).Select(s => s.Distances[layer]).ToArray();
        var transposes = run.Steps.Where(s => s.Transposes.Count > layer).Select(s => (double?)s.Transposes[layer]);
        return (distances.Average(), distances.Max(), transposes.Average());
    }

    internal static (double Mean, double Deviation)? LayerAngle(IReadOnlyList<RunRecord> runs, int layer)
    {
        var angles = AnglesOf(runs, layer);
        return angles.Length == 0 ? null : Spread.MeanAndDeviation(angles);
    }

    /// <summary>A layer's update angles at the steps where they are defined, degrees.</summary>
    private static double[] AnglesOf(IReadOnlyList<RunRecord> runs, int layer) =>
        [.. runs.SelectMany(r => r.Steps).Where(s => s.Angles.Count > layer).Select(s => s.Angles[layer]).OfType<double>()];

    private static string Caption(IReadOnlyList<RunGroup> groups, ShownAccuracy accuracy)
    {
        if (groups.Count == 0)
        {
            return "No runs.";
        }

        RunRecord[] runs = [.. groups.SelectMany(g => g.Runs)];
        var sentences = new List<string>();

        // Runs of older versions do not say how large their images are; another run on the same images may.
        RunData Sized(RunData data) =>
            data is { Width: null, Checksum: { } sum }
                ? runs.Select(r => r.Description.Data).FirstOrDefault(d => d.Checksum == sum && d.Width is not null) ?? data
                : data;

        foreach (
            var (run, data) in runs.Select(r => (Run: r, Data: Sized(r.Description.Data)))
                .DistinctBy(r => (r.Data.Name, r.Data.StandsInFor, r.Data.Train, r.Data.Test, r.Data.Validation, r.Data.Width))
        )
        {
            var images = data.IsOfPhotos(run.Description.Experiment) ? "photos" : "images";
            var size = data.Width is { } width ? Text($" of {width} x {data.Height} pixels") : "";
            sentences.Add(
                Text(
                    $"Data: {data.Name}{(data.StandsInFor is { } published ? $" in place of {published}" : "")} ({data.ImagesOf(images)}{size}, {ShownAccuracy.ClassesOf(run)} classes)."
                )
            );
        }

        sentences.Add(
            Text(
                $"Network: {string.Join(", ", runs.Select(r => r.Description.Experiment["network"]!.ToString()).Distinct())}; {Lengths(runs)}, batch {Values(runs, "batchSize", "").Trim()}, {Values(runs, "seed", "seed")}."
            )
        );
        sentences.Add(
            Text($"Accuracy: {accuracy.Name}{(accuracy.IsInstead ? ", because a run has no record of top-5" : "")}; chance is {Chance()}.")
        );
        if (groups.Any(g => g.Runs.Count > 1))
        {
            sentences.Add("Lines of several seeds are their mean, bands one standard deviation.");
        }

        if (groups.Any(g => AngleMedians.AreMany(g.Runs)))
        {
            sentences.Add(
                Text(
                    $"Angles over steps are medians in {AngleMedians.Parts} parts of the training where there are more than {AngleMedians.Many}, bands hold two thirds of them."
                )
            );
        }

        sentences.Add(
            string.Join(
                " ",
                groups
                    .GroupBy(g => Settings(g.Runs[0]))
                    .Select(g => Text($"{string.Join("; ", g.Select(r => r.Title + Extent(r)))}: {g.Key}."))
            )
        );
        if (
            groups.Where(g => !AngleMedians.AreMany(g.Runs)).SelectMany(g => g.Runs).Select(Dips).FirstOrDefault(d => d.Count > 0) is
            { } dips
        )
        {
            sentences.Add(
                Text(
                    $"{(dips.Count == 1 ? "Dip at step" : "Dips at steps")} {string.Join(", ", dips.Take(2))}{(dips.Count > 2 ? ", …" : "")}: measured right after a whole retraction."
                )
            );
        }

        sentences.AddRange(Machines(groups));

        // The literal form has the exact inverse, and its distance is that to the displacement form: what subtraction loses.
        var inverting = groups.Where(g => g.Runs.Any(r => Form(r) is not null && !IsLiteral(r))).ToArray();
        if (inverting.SelectMany(g => g.Runs).SelectMany(r => r.Steps).Max(s => s.LargestDistance) is { } distance)
        {
            var without = inverting.Where(g => g.Runs.All(r => r.Steps.All(s => s.LargestDistance is null))).Select(g => g.Title).ToArray();
            sentences.Add(
                Text(
                    $"Largest distance of an update from the same rule's with the exact inverse in float64{(groups.Any(g => g.Runs.Any(IsLiteral)) ? ", literal forms aside" : "")}: {(distance < 0.0005 ? "below 0.001" : Text($"{distance:0.000}"))} degrees{(without.Length == 0 ? "" : Text($" (not recorded for {string.Join("; ", without)})"))}."
                )
            );
        }

        if (groups.Any(g => g.Title.StartsWith("GAIT, displacement", StringComparison.Ordinal)))
        {
            sentences.Add(
                "GAIT, displacement: the form of ours that does not subtract targets, which keeps GAIT's gradient where the published, literal form loses it."
            );
        }

        var undefined = runs.Sum(r =>
            r.Steps.Sum(s =>
                s.Angles.Index().Count(a => a.Item is null && r.Description.Layers.ElementAtOrDefault(a.Index) is not { Parameters: 0 })
            )
        );
        if (undefined > 0)
        {
            sentences.Add(Text($"{undefined} angles of zero or non-finite updates are undefined and left out."));
        }

        sentences.AddRange(
            groups
                .SelectMany(g => g.Runs, (g, r) => (g.Title, Run: r))
                .Where(r => r.Run.Description.Status != RunStatus.Finished)
                .Select(r =>
                    r.Run.Description.Status == RunStatus.Running
                        ? Text($"{r.Title} is under way, or was killed, after {Done(r.Run)} of {Count(Planned(r.Run), "epoch")}.")
                        : $"{r.Title} stopped early: {(r.Run.Description.Error ?? r.Run.Description.Status.ToString().ToLowerInvariant()).TrimEnd('.')}."
                )
        );
        if (accuracy.Metric == AccuracyMetric.Top5)
        {
            sentences.AddRange(
                groups.Where(g => g.Runs.Any(r => r.Epochs.All(e => e.TestTop5 is null))).Select(g => $"{g.Title} has no record of top-5.")
            );
        }

        sentences.AddRange(
            groups.SelectMany(
                g => g.Diverged,
                (g, r) => Text($"{g.Title} is without seed {r.Seed}, which diverged after {Count(Done(r), "epoch")}.")
            )
        );
        return string.Join(" ", sentences);

        string Chance()
        {
            int[] classes = [.. runs.Select(ShownAccuracy.ClassesOf).Distinct().Order()];
            return classes.Length == 1
                ? Text($"{accuracy.Chance:0.##} %")
                : string.Join(" and ", classes.Select(c => Text($"{accuracy.ChanceAmong(c):0.##} % of {c} classes")));
        }

        string Extent(RunGroup group)
        {
            string[] parts =
            [
                .. group.Runs.Count > 1 ? (string[])[Text($"{group.Runs.Count} seeds")] : [],
                .. runs.Select(Done).Distinct().Count() > 1 || group.Runs.Any(r => Done(r) < Planned(r))
                    ? (string[])[Lengths(group.Runs)]
                    : [],
            ];
            return parts.Length == 0 ? "" : $" ({string.Join(", ", parts)})";
        }
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

    private static string? Form(RunRecord run) => (string?)run.Description.Experiment["ruleOptions"]?["form"];

    private static bool IsLiteral(RunRecord run) => Form(run) == "literal";

    /// <summary>The arithmetic of a run in a few words; runs that share it share a sentence.</summary>
    private static string Settings(RunRecord run)
    {
        var e = run.Description.Experiment;

        // What a run that was written by hand or by another version does not say is not said here either.
        var options = e["ruleOptions"] as JsonObject ?? [];
        var orthogonality = e["orthogonality"] as JsonObject ?? [];
        List<string> parts = [Text($"preset {e["preset"]}"), .. e["precision"] is { } precision ? (string[])[$"{precision}"] : []];
        if (options["form"] is { } form)
        {
            parts.Add(Text($"{form} form"));
            parts.Add(Text($"inverse {options["inverse"]}"));
            parts.Add(Text($"{e["auxiliary"]} auxiliary units"));
        }

        // The rule's own numbers, where they are not the published ones.
        if (RuleCatalog.Names.Contains(run.Rule) && RuleCatalog.DefaultOptions(run.Rule) is var published)
        {
            var usual = JsonSerializer.SerializeToNode(published, published.GetType(), ExperimentJson.Options)!;
            parts.AddRange(
                ((string[])["eta", "gamma", "normalisation"])
                    .Where(name => options[name] is { } value && $"{value}" != $"{usual[name]}")
                    .Select(name => Text($"{name} {options[name]}"))
            );
        }

        if ((string?)e["gain"] is { } gain and not "none")
        {
            parts.Add(gain == "row" ? "a gain for each unit" : "a gain for each layer");
        }

        parts.Add(
            (string?)orthogonality["kind"] switch
            {
                "penalty" => Text($"orthogonality penalty λ = {orthogonality["lambda"]}"),
                "retraction"
                    when ((string?)options["inverse"])?.StartsWith("folded", StringComparison.Ordinal) == true
                        && ((int?)orthogonality["rank"] ?? new OrthogonalityOptions().Rank) > 0 => Text(
                    $"retraction of the folded directions at every step, of all directions {Every(orthogonality)}"
                ),
                "retraction" when (int?)orthogonality["rank"] is > 0 and var rank => Text(
                    $"retraction of {rank} directions at every step, of all {Every(orthogonality)}"
                ),
                "retraction" => $"retraction {Every(orthogonality)}",
                _ => "no orthogonality constraint",
            }
        );
        var rate = (double?)(e["optimizer"] as JsonObject)?["lr"];
        var network = (string)e["network"]!;
        // A run may be of a rule that only its author's notebook knows.
        var factor =
            rate is { } own && Architectures.Names.Contains(network) && RuleCatalog.Names.Contains(run.Rule)
                ? own / Presets.Experiment(network, run.Rule, (string)e["preset"]!).Optimizer.LearningRate
                : 1;
        if (rate is not null)
        {
            parts.Add(
                Text($"learning rate {rate:0.##e-0}{(Math.Abs(factor - 1) < 1e-9 ? "" : Text($" ({factor:0.##} times the published)"))}")
            );
        }

        return string.Join(
            ", ",
            [.. parts, .. RunChoices.All(e), .. run.Description.Origin is { } origin ? (string[])[$"from the weights of {origin.Run}"] : []]
        );
    }

    private static string Values(IReadOnlyList<RunRecord> runs, string key, string label) =>
        Text($"{label} {string.Join("/", runs.Select(r => r.Description.Experiment[key]?.ToString() ?? "not recorded").Distinct())}");

    /// <summary>How often all directions are retracted (<see cref="OrthogonalityOptions.Every"/>).</summary>
    private static string Every(JsonNode orthogonality)
    {
        var every = StepsBetween(orthogonality);
        return every == 1 ? "at every step" : Text($"every {every} steps{(every % 2 == 0 ? ", more often at first" : "")}");
    }

    /// <summary>Steps from one retraction of all directions to the next (<see cref="OrthogonalityOptions.Every"/>).</summary>
    private static int StepsBetween(JsonNode orthogonality) => (int?)orthogonality["every"] ?? new OrthogonalityOptions().Every;
}
