using GaitProp.Figures;

namespace GaitProp.Results;

/// <summary>Runs of one setting and one number of epochs, which differ in their seed alone.</summary>
/// <param name="Runs">The runs, one a seed, by seed.</param>
/// <param name="Title">What the row is called: the rule and its additions.</param>
internal sealed record ResultRow(IReadOnlyList<RunRecord> Runs, string Title)
{
    /// <summary>The experiment's name.</summary>
    public string Experiment => (string)Runs[0].Description.Experiment["name"]!;

    /// <summary>The rule's name.</summary>
    public string Rule => Runs[0].Rule;

    /// <summary>Epochs that the runs have done.</summary>
    public int Epochs => Runs[0].Epochs[^1].Epoch;

    /// <summary>The seeds.</summary>
    public IReadOnlyList<int> Seeds => [.. Runs.Select(r => r.Seed)];

    /// <summary>Training images.</summary>
    public int TrainImages => Runs[0].Description.Data.Train;

    /// <summary>The classes among which the network chooses.</summary>
    public int Classes => ShownAccuracy.ClassesOf(Runs[0]);

    /// <summary>The width of the images, pixels; <see langword="null"/> of older runs, which do not say it.</summary>
    public int? Pixels => Runs[0].Description.Data.Width;

    /// <summary>
    /// The set, its size and that of its images, where the experiment has rows on several sets that the paper's could be; else
    /// <see langword="null"/>.
    /// </summary>
    public string? Images { get; private init; }

    /// <summary>What counts as classified correctly: in all rows on the same images the same, as figures show it.</summary>
    public ShownAccuracy Accuracy
    {
        get => field ?? ShownAccuracy.Of(Runs, null);
        init;
    }

    /// <summary>Test accuracy at the last epoch, per cent, over the seeds.</summary>
    public StudentInterval Test => StudentInterval.Of([.. Runs.Select(r => Accuracy.Test(r.Epochs[^1]))]);

    /// <summary>Training accuracy at the last epoch, per cent, over the seeds.</summary>
    public StudentInterval Train => StudentInterval.Of([.. Runs.Select(r => Accuracy.Train(r.Epochs[^1]))]);

    /// <summary>
    /// Accuracy on the images held out at the last epoch, per cent, over the seeds; <see langword="null"/> where none were.
    /// </summary>
    public StudentInterval? Validation =>
        Runs.All(r => r.Epochs[^1].ValidationAccuracy is not null)
            ? StudentInterval.Of([.. Runs.Select(r => Accuracy.Validation(r.Epochs[^1]))])
            : null;

    /// <summary>The best mean test accuracy of an epoch, per cent, and the epoch.</summary>
    public (double Accuracy, int Epoch) Best =>
        Runs[0]
            .Epochs.Select(e => e.Epoch)
            .Select(epoch => (Accuracy: TestAt(epoch), Epoch: epoch))
            .Where(b => b.Accuracy is not null)
            .Select(b => (b.Accuracy!.Value, b.Epoch))
            .MaxBy(b => b.Value);

    /// <summary>Mean update angle of each layer over training and seeds, degrees; empty for BP.</summary>
    public IReadOnlyList<double?> Angles =>
        Runs.All(r => r.Steps.All(s => s.Angles.Count == 0))
            ? []
            : [.. Enumerable.Range(0, Runs[0].Description.Layers.Count).Select(l => TrainingFigure.LayerAngle(Runs, l)?.Mean)];

    /// <summary>
    /// At how many measurements, over training and seeds, the angle of each layer is undefined, and of how many; none of a layer that
    /// trains nothing. Empty for BP.
    /// </summary>
    public IReadOnlyList<(int Count, int Of)> UndefinedAngles =>
        [
            .. Runs[0]
                .Description.Layers.Take(Angles.Count)
                .Select(
                    (layer, l) =>
                    {
                        var measured = Runs.SelectMany(r => r.Steps).Where(s => s.Angles.Count > l).ToArray();
                        return (layer.Parameters == 0 ? 0 : measured.Count(s => s.Angles[l] is null), measured.Length);
                    }
                ),
        ];

    /// <summary>Rule, network, settings and data as one text: equal for rows that differ in their epochs alone.</summary>
    public string Setting { get; init; } = "";

    /// <summary>All runs of the setting and length, those among them that others of the same seed stand for.</summary>
    public IReadOnlyList<RunRecord> Tried { get; init; } = Runs;

    /// <summary>Runs of the same setting and of any length, whose times are its cost where its own runs were recorded without.</summary>
    public IReadOnlyList<RunRecord> Timed { get; init; } = [];

    /// <summary>
    /// Seconds that a step took (<see cref="RunRecord.SecondsPerStep"/>), and the machine; <see langword="null"/> where there are no times,
    /// or those of several places.
    /// </summary>
    public (double Seconds, string Machine)? Cost
    {
        get
        {
            var timed = Runs.All(r => r.Timings.Count > 0) ? Runs : Timed;
            if (timed.Select(r => r.Description.Environment.ToString()).Distinct().ToArray() is not [var machine])
            {
                return null;
            }

            return (timed.Average(r => r.SecondsPerStep!.Value), machine);
        }
    }

    /// <summary>How the runs ended where it was not after the last epoch that was planned, in a word.</summary>
    public string? State =>
        Runs.Any(r => r.Description.Status == RunStatus.Diverged) ? "diverged"
        : Runs.Any(r => r.Description.Status != RunStatus.Finished) ? "unfinished"
        : null;

    /// <summary>How training images were changed at random, in words; <see langword="null"/> if they were not.</summary>
    public string? Changes => RunChoices.OfImages(Runs[0].Description.Experiment);

    /// <summary>How it was computed: preset, precision, form and inverse; and on which images, if they are not the paper's.</summary>
    public string Computed
    {
        get
        {
            var e = Runs[0].Description.Experiment;
            var options = e["ruleOptions"];
            return string.Join(
                ", ",
                (
                    (string?[])
                        [
                            (string?)e["preset"],
                            (string?)e["precision"],
                            (string?)options?["form"],
                            (string?)options?["inverse"],
                            Images,
                            Changes is { } changes && !Title.Contains(changes, StringComparison.Ordinal) ? changes : null,
                            .. ForeignSetting.Of(e).Where(f => f.Field != "data").Select(f => f.ToString()),
                            Runs[0].Description.Origin is { } origin ? $"from the weights of {origin.Run}" : null,
                            IsOnPublishedData ? null : $"on {Runs[0].Description.Data.Name}",
                            Accuracy.Metric == AccuracyMetric.Top5 || Accuracy.IsInstead ? $"accuracy {Accuracy.Name}" : null,
                        ]
                ).OfType<string>()
            );
        }
    }

    /// <summary>Whether it can be held against the paper's words as far as its images go; rows of no panel's experiment can.</summary>
    public bool IsOnPublishedData => !PaperPanel.All.ContainsKey(Experiment) || IsOnItsImages(Runs[0]);

    /// <summary>Whether it is the rule as published (<see cref="PlainRun"/>).</summary>
    public bool IsPlain => PlainRun.Is(Runs[0]);

    /// <summary>Whether it is the rule as published, but for choices that runs of every rule can make: those of another row.</summary>
    /// <param name="other">The other row.</param>
    public bool IsPlainAs(ResultRow other) => PlainRun.Is(Runs[0], RunChoices.OfEveryRule(other.Runs[0].Description.Experiment));

    /// <summary>Mean test accuracy after an epoch, per cent; <see langword="null"/> if a seed has none.</summary>
    public double? TestAt(int epoch) =>
        Runs.Select(r => r.Epochs.FirstOrDefault(e => e.Epoch == epoch)).ToArray() is var found && found.All(e => e is not null)
            ? found.Average(e => Accuracy.Test(e!))
            : null;

    /// <summary>The row with its runs of some of its seeds alone.</summary>
    /// <param name="seeds">At least one of its seeds.</param>
    public ResultRow Only(IReadOnlyCollection<int> seeds) => this with { Runs = [.. Runs.Where(r => seeds.Contains(r.Seed))] };

    /// <summary>The last epoch after which every seed of this row and of others was tested, up to this row's last.</summary>
    /// <param name="others">The others.</param>
    /// <returns><see langword="null"/> where there is none but the beginning.</returns>
    public int? LastEpochWith(params IReadOnlyList<ResultRow> others) =>
        Runs[0]
            .Epochs.Select(e => e.Epoch)
            .Where(epoch => epoch > 0 && TestAt(epoch) is not null && others.All(o => o.TestAt(epoch) is not null))
            .Cast<int?>()
            .Max();

    /// <summary>Of several rows the one that speaks for them.</summary>
    /// <param name="rows">At least one.</param>
    public static ResultRow SpokesmanOf(IEnumerable<ResultRow> rows) =>
        Standing.Spokesman(rows, r => new Standing(r.State is null, r.IsPlain, r.Seeds.Count, r.Epochs));

    /// <summary>
    /// The rows of some runs: by experiment in the paper's order, by rule, the longest first. Runs without an epoch are left out, but for
    /// those that diverged before one was measured.
    /// </summary>
    /// <param name="runs">The runs. Of several of one setting, length and seed the last counts that is finished.</param>
    /// <param name="timed">Runs of any length for the cost of rows that were recorded without times; none if
    /// <see langword="null"/>.</param>
    public static IReadOnlyList<ResultRow> Of(IReadOnlyList<RunRecord> runs, IReadOnlyList<RunRecord>? timed = null)
    {
        var times = (timed ?? []).Where(r => r.Timings.Count > 0).ToLookup(RunGroup.SettingOf);
        var experiments = PaperPanel.All.Keys.ToList();
        string[] rules = ["bp", "ngait", "gait", "fa"];
        return
        [
            .. runs.Where(r => r.Epochs is [.., var last] && (last.Epoch > 0 || r.Description.Status == RunStatus.Diverged))
                .GroupBy(r => (string)r.Description.Experiment["name"]!)
                .OrderBy(e => Place(experiments, e.Key))
                .ThenBy(e => e.Key, StringComparer.Ordinal)
                .SelectMany(experiment =>
                {
                    var all = experiment.OrderBy(r => r.Description.Started).ToArray();
                    var accuracies = all.GroupBy(r => r.Description.Data.Checksum ?? "")
                        .ToDictionary(images => images.Key, images => ShownAccuracy.Of([.. images], null));
                    var sets = all.Where(IsOnItsImages).Select(r => r.Description.Data.Checksum).Distinct().Count();
                    return all.GroupBy(r => (r.Epochs[^1].Epoch, Setting: RunGroup.SettingOf(r)))
                        .Select(setting => new ResultRow(
                            [
                                .. setting
                                    .GroupBy(r => r.Seed)
                                    .Select(seed => seed.MaxBy(r => (r.Description.Status == RunStatus.Finished, r.Description.Started))!)
                                    .OrderBy(r => r.Seed),
                            ],
                            RunTitles.Of(setting.First(), all, overSeeds: true, withEpochs: false)
                        )
                        {
                            Setting = setting.Key.Setting,
                            Accuracy = accuracies[setting.First().Description.Data.Checksum ?? ""],
                            Images = sets > 1 && IsOnItsImages(setting.First()) ? SetOf(setting.First(), all) : null,
                            Tried = [.. setting],
                            Timed = [.. times[setting.Key.Setting]],
                        })
                        .OrderBy(r => Place(rules, r.Rule))
                        .ThenBy(r => r.Rule, StringComparer.Ordinal)
                        .ThenBy(r => !r.IsPlain)
                        .ThenByDescending(r => r.Epochs)
                        .ThenBy(r => r.Title, StringComparer.Ordinal)
                        .ThenBy(r => r.Computed, StringComparer.Ordinal);
                }),
        ];
    }

    private static bool IsOnItsImages(RunRecord run) =>
        PaperPanel.All.GetValueOrDefault((string)run.Description.Experiment["name"]!)?.IsOnItsImages(run.Description) is true;

    private static string SetOf(RunRecord run, IReadOnlyList<RunRecord> all)
    {
        // Older runs do not say how large their images are; others on the same images may.
        var data = run.Description.Data;
        var known = all.Select(r => r.Description.Data).FirstOrDefault(d => d.Checksum == data.Checksum && d.Width is not null);
        return Text(
            $"{data.Train} images of {data.Name}{(known?.Width is { } width ? Text($", {width} pixels wide") : "")}, {ShownAccuracy.ClassesOf(run)} classes"
        );
    }

    private static int Place(IList<string> order, string word) => order.IndexOf(word) is >= 0 and var place ? place : int.MaxValue;
}
