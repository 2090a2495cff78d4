using System.Globalization;
using GaitProp.Figures;
using GaitProp.Kernel.Charts;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class FigureCommandTests : IDisposable
{
    /// <summary>Runs that were trained once, for all tests, by what was asked for.</summary>
    private static readonly Dictionary<string, string> Trained = [];

    /// <summary>Where they are: in one store, so that no two of them have one name.</summary>
    private static readonly Lazy<GaitPropProcess> Trainings = new(() =>
    {
        var program = new GaitPropProcess();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => program.Dispose();
        return program;
    });

    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Fact]
    public void Recorded_runs_and_ones_own_are_drawn_together_and_nothing_is_trained()
    {
        foreach (var seed in (string[])["2", "1"])
        {
            Copy("there", "ngait", seed);
        }

        var recorded = _gaitprop.Run("runs", "record", "--runs", "there", "--to", "recorded");
        Assert.Equal(0, recorded.ExitCode);
        Assert.Contains("| 1 of 1 |", File.ReadAllText(_gaitprop["recorded", "README.md"]), StringComparison.Ordinal);
        Copy("runs", "bp", "1");

        // Another one of the same setting and seed: a copy would be drawn once.
        Put("runs", Train("ngait", "1"));

        var drawn = _gaitprop.Run("figure", "fig4", "--save", "drawn.csv");

        Assert.Equal(0, drawn.ExitCode);
        Assert.Empty(drawn.Error);
        var lines = File.ReadAllLines(_gaitprop["drawn.csv"]).Where(l => l.StartsWith("fig4,D,", StringComparison.Ordinal)).ToArray();

        // Epochs 0 and 1 of BP, of normalised GAIT, and of the mean over the recorded seeds.
        Assert.Equal(2, lines.Count(l => l.StartsWith("fig4,D,BP,", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(l => l.StartsWith("fig4,D,normalised GAIT,", StringComparison.Ordinal)));
        Assert.Equal(2, lines.Count(l => l.StartsWith("fig4,D,\"normalised GAIT, recorded\"", StringComparison.Ordinal)));
        Assert.Equal(6, lines.Length);

        var one = _gaitprop.Run("figure", "fig4", "--runs", "recorded", "--rules", "ngait", "--preset", "fast", "--save", "one.png");
        Assert.Equal(0, one.ExitCode);
        Assert.Matches("(?s)seed 1.*seed 2", one.Output);
        Assert.True(new FileInfo(_gaitprop["one.png"]).Length > 5000);
    }

    /// <summary>What is not in the picture is said: a copy of a run, and a run that was stopped beside those that ended.</summary>
    [Fact]
    public void A_copy_of_a_run_is_drawn_once_and_what_no_line_holds_is_listed()
    {
        foreach (var seed in (string[])["1", "2"])
        {
            Copy("runs", "ngait", seed);
        }

        Assert.Equal(0, _gaitprop.Run("runs", "record", "--runs", "runs", "--to", "recorded").ExitCode);
        var stopped = Directory.GetFiles(_gaitprop["runs"], "run.json", SearchOption.AllDirectories).Single(f => f.Contains("-s2-"));
        File.WriteAllText(stopped, File.ReadAllText(stopped).Replace("\"finished\"", "\"interrupted\"", StringComparison.Ordinal));

        var drawn = _gaitprop.Run("figure", "fig4", "--save", "drawn.csv");

        Assert.Equal((0, ""), (drawn.ExitCode, drawn.Error));
        Assert.Single(
            File.ReadAllLines(_gaitprop["drawn.csv"]),
            l => l.StartsWith("fig4,D,normalised GAIT,ngait,1,", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("recorded\"", File.ReadAllText(_gaitprop["drawn.csv"]), StringComparison.Ordinal);
        Assert.Contains(": it is the same run as one that is shown", drawn.Output, StringComparison.Ordinal);
        Assert.Matches("Left out: synthetic-shallow/ngait-s2-[0-9-]+: the line of its setting is of the finished runs", drawn.Output);
    }

    [Fact]
    public void Where_there_is_nothing_to_record_it_says_so_and_writes_nothing()
    {
        Directory.CreateDirectory(_gaitprop["empty"]);

        var recorded = _gaitprop.Run("runs", "record", "--runs", "empty", "--to", "nowhere");

        Assert.Equal(1, recorded.ExitCode);
        Assert.StartsWith(
            "there is no run with an epoch in",
            Assert.Single(recorded.Error.TrimEnd().Split('\n')),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_gaitprop["nowhere"]));
    }

    [Fact]
    public void Runs_that_are_not_the_figures_are_left_out_and_listed_and_the_accuracy_can_be_chosen()
    {
        Copy("runs", "bp", "1");
        Copy("runs", "bp", "2", "--set", "trainImages=128");
        Copy("runs", "bp", "2", "--set", "optimizer.lr=0.0123");
        Copy("runs", "bp", "3", "--set", "network=[\"dense 12\", \"dense 10\"]");

        var drawn = _gaitprop.Run("figure", "fig4", "--save", "f.csv", "--metric", "top5");

        Assert.Equal((0, ""), (drawn.ExitCode, drawn.Error));
        var left = drawn.Output.Split('\n').Where(l => l.StartsWith("Left out: synthetic-shallow/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, left.Length);
        Assert.Contains(left, l => l.EndsWith(": it was trained on 128 images, the figure's runs on 256", StringComparison.Ordinal));
        Assert.Contains(left, l => l.Contains(": optimizer.lr is 0.0123, the figure's ", StringComparison.Ordinal));
        Assert.Contains(
            left,
            l =>
                l.EndsWith(
                    ": its network is dense 12, dense 10, the figure's dense 512, dense 512, dense 512, dense 10",
                    StringComparison.Ordinal
                )
        );
        var run = RunRecord.Read(Directory.GetDirectories(_gaitprop["runs", "synthetic-shallow"], "bp-s1-*").Single());
        Assert.Equal(run.Epochs.Select(e => 100 * e.TestTop5!.Value), Numbers());
        Assert.Equal(0, _gaitprop.Run("figure", "fig4", "--save", "f.csv").ExitCode);
        Assert.Equal(run.Epochs.Select(e => 100 * e.TestAccuracy), Numbers());

        // A run of BP has no angles, so panel B is the accuracy on test images.
        double[] Numbers() =>
            [
                .. File.ReadAllLines(_gaitprop["f.csv"])
                    .Where(l => l.StartsWith("fig4,B,BP,", StringComparison.Ordinal))
                    .Select(l => double.Parse(l.Split(',')[6], CultureInfo.InvariantCulture)),
            ];
    }

    /// <summary>The runs are those beside the notebooks; a line is the mean over those that the figure takes of one setting.</summary>
    [Fact]
    public void The_accuracy_of_ten_classes_is_top_1_unless_top_5_is_asked_for()
    {
        var store = new RunStore(Path.Combine(Repository.Folder, "notebooks", "recorded")).List();
        foreach (var (figure, epochs) in ((string, int)[])[("fig5", 200), ("fig6", 40)])
        {
            var runs = FigureSelection.Of(figure, store, (epochs, epochs)).Shown;
            var groups = RunGroup.OverSeeds(runs).Where(g => g.Rule == "fa").ToArray();
            var (first, five) = (Means(e => e.TestAccuracy), Means(e => e.TestTop5!.Value));
            Assert.NotEmpty(groups);
            Assert.All(first.Zip(five), means => Assert.True(means.First < means.Second));

            Assert.Equal(first, Shown(null));
            Assert.Equal(first, Shown(AccuracyMetric.Top1));
            Assert.Equal(five, Shown(AccuracyMetric.Top5));

            double[] Means(Func<EpochMetrics, double> accuracy) =>
                [.. groups.Select(g => Math.Round(100 * g.Runs.Average(r => accuracy(r.Epochs[^1])), 6))];

            double[] Shown(AccuracyMetric? metric) =>
                [
                    .. new RunComparison(figure, "title", runs) { OverSeeds = true, Metric = metric }
                        .Figure.Panels.Single(p => p.Letter == "D")
                        .Series.Where(s => s.Rule == "fa")
                        .Select(s => Math.Round(s.Y[^1], 6)),
                ];
        }
    }

    [Fact]
    public void The_accuracy_of_a_thousand_classes_is_top_5_unless_top_1_is_asked_for()
    {
        var store = new RunStore(Path.Combine(Repository.Folder, "notebooks", "recorded-224")).List();
        var runs = FigureSelection.Of("fig6", store, epochs: null).Shown;
        var usual = Drawn(null);

        Assert.Equal(usual, Drawn(AccuracyMetric.Top5));
        Assert.NotEqual(usual, Drawn(AccuracyMetric.Top1));

        string Drawn(AccuracyMetric? metric) =>
            FigureCsv.Write(new RunComparison("fig6", "title", runs) { OverSeeds = true, Metric = metric }.Figure);
    }

    [Fact]
    public void Where_no_run_can_be_shown_every_reason_is_said_with_the_number_of_its_runs()
    {
        Copy("runs", "bp", "1");
        Copy("runs", "bp", "2", "--set", "optimizer.lr=0.0123");
        Copy("runs", "bp", "3", "--set", "optimizer.lr=0.0123");

        // As a run is left that was stopped in its first epoch.
        var stopped = Directory.GetFiles(_gaitprop["runs"], "run.json", SearchOption.AllDirectories).Single(f => f.Contains("-s1-"));
        File.WriteAllText(stopped, File.ReadAllText(stopped).Replace("\"finished\"", "\"interrupted\"", StringComparison.Ordinal));
        var metrics = Path.Combine(Path.GetDirectoryName(stopped)!, "metrics.jsonl");
        File.WriteAllLines(metrics, File.ReadAllLines(metrics)[..1]);

        var error = _gaitprop.Run("figure", "fig4").OneErrorLine();
        Assert.Matches("2 runs such as synthetic-shallow/bp-s[23]-[0-9-]+: optimizer[.]lr is 0[.]0123, the figure's ", error);
        Assert.Matches("synthetic-shallow/bp-s1-[0-9-]+: no epoch of it has ended", error);
        Assert.Matches(
            "3 runs such as synthetic-shallow/bp-s[0-9-]+: of another rule or preset than --rules and --preset ask for",
            _gaitprop.Run("figure", "fig4", "--rules", "ngait").OneErrorLine()
        );
    }

    [Fact]
    public void Up_to_a_dozen_runs_that_are_left_out_are_named_and_more_are_counted_unless_they_are_asked_for()
    {
        Copy("runs", "bp", "1");
        Copy("runs", "bp", "2", "--set", "optimizer.lr=0.0123");
        var odd = Directory.GetDirectories(_gaitprop["runs", "synthetic-shallow"]).Single(f => f.Contains("-s2-"));
        var names = new List<string> { Path.GetFileName(odd) };
        for (var copy = 10; copy <= 20; copy++)
        {
            Again(copy);
        }

        var dozen = Drawn();
        Assert.All(names, name => Assert.Contains($"synthetic-shallow/{name}", dozen, StringComparison.Ordinal));
        Assert.DoesNotContain("--left-out", dozen, StringComparison.Ordinal);

        Again(21);
        var more = Drawn();
        Assert.Matches("Left out: 13 runs such as synthetic-shallow/bp-s2-[0-9-]+: optimizer[.]lr is 0[.]0123, ", more);
        Assert.Contains("--left-out names each run that is left out.", more, StringComparison.Ordinal);

        var all = Drawn("--left-out");
        Assert.All(names, name => Assert.Contains($"synthetic-shallow/{name}", all, StringComparison.Ordinal));
        Assert.DoesNotContain("--left-out", all, StringComparison.Ordinal);

        void Again(int number)
        {
            var name = $"bp-s2-20200101-0000{number}";
            names.Add(name);
            Directory.CreateDirectory(_gaitprop["runs", "synthetic-shallow", name]);
            foreach (var file in (string[])["run.json", "metrics.jsonl"])
            {
                File.WriteAllText(
                    _gaitprop["runs", "synthetic-shallow", name, file],
                    File.ReadAllText(Path.Combine(odd, file)).Replace(names[0], name, StringComparison.Ordinal)
                );
            }
        }

        string Drawn(params string[] words)
        {
            var drawn = _gaitprop.Run(["figure", "fig4", "--save", "f.csv", .. words]);
            Assert.Equal((0, ""), (drawn.ExitCode, drawn.Error));
            return System.Text.RegularExpressions.Regex.Replace(drawn.Output, @"\s+", " ");
        }
    }

    /// <summary>A folder that somebody renamed, one that is not there, and a run that cannot be read.</summary>
    [Fact]
    public void Runs_are_known_by_what_they_say_and_what_is_not_there_is_said()
    {
        Copy("runs", "bp", "1");
        Directory.Move(_gaitprop["runs", "synthetic-shallow"], _gaitprop["runs", "backup"]);
        Assert.Equal((0, ""), _gaitprop.Run("figure", "fig4", "--save", "f.csv") is var drawn ? (drawn.ExitCode, drawn.Error) : default);

        Assert.StartsWith(
            $"there is no folder of runs at {_gaitprop["typo"]}: ",
            _gaitprop.Run("figure", "fig4", "--runs", "runs", "--runs", "typo").OneErrorLine(),
            StringComparison.Ordinal
        );

        Copy("runs", "fa", "1");
        var damaged = Path.Combine(Directory.GetDirectories(_gaitprop["runs", "synthetic-shallow"]).Single(), "run.json");
        File.WriteAllText(damaged, "{");
        foreach (
            var words in (string[][])
                [
                    ["table", "--runs", "runs"],
                    ["record", "--runs", "runs", "--to", "recorded"],
                ]
        )
        {
            var finished = _gaitprop.Run(["runs", .. words]);
            Assert.Equal(0, finished.ExitCode);
            Assert.Matches("^left out synthetic-shallow/fa-s1-[0-9-]+: run.json is damaged", finished.OneErrorLine());
        }
    }

    [Fact]
    public void Runs_of_so_many_epochs_are_drawn_alone()
    {
        Copy("runs", "bp", "1");
        Copy("runs", "ngait", "1", "--epochs", "4");

        Assert.Equal(0, _gaitprop.Run("figure", "fig4", "--epochs", "4", "--save", "long.csv").ExitCode);
        var rows = File.ReadAllLines(_gaitprop["long.csv"]);
        Assert.Contains(rows, l => l.StartsWith("fig4,D,normalised GAIT,", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, l => l.StartsWith("fig4,D,BP,", StringComparison.Ordinal));

        Assert.Equal(0, _gaitprop.Run("figure", "fig4", "--epochs", "1..1", "--save", "short.csv").ExitCode);
        Assert.All(
            File.ReadAllLines(_gaitprop["short.csv"]).Skip(1),
            l => Assert.Contains(",BP,bp,", l, StringComparison.Ordinal) // no angles, so accuracy is panel A
        );

        Assert.Matches(
            "^there are no runs of 2 to 3 epochs for fig4 in .+: another --epochs draws those of other lengths, ",
            _gaitprop.Run("figure", "fig4", "--epochs", "2..3").OneErrorLine()
        );
        Assert.Matches(
            "^there are no runs of at least 3 epochs for fig5 in .+: 'gaitprop reproduce fig5' makes some, ",
            _gaitprop.Run("figure", "fig5", "--runs", "runs", "--epochs", "3").OneErrorLine()
        );
        foreach (var wrong in (string[])["0", "2..1", "1..", "1..2..3", "many", "-1"])
        {
            Assert.Contains(
                $"--epochs {wrong} is not possible: write a whole number from 1 up, or two of them such as 1..30.",
                _gaitprop.Run("figure", "fig4", "--epochs", wrong).OneErrorLine(),
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public void Of_recorded_runs_of_one_setting_the_longest_is_drawn_and_much_shorter_ones_are_pointed_at()
    {
        Copy("there", "ngait", "1");
        Copy("there", "ngait", "1", "--epochs", "4");
        Copy("there", "bp", "1");
        Assert.Equal(0, _gaitprop.Run("runs", "record", "--runs", "there", "--to", "recorded").ExitCode);

        var drawn = _gaitprop.Run("figure", "fig4", "--save", "f.csv");

        Assert.Equal((0, ""), (drawn.ExitCode, drawn.Error));
        Assert.Contains(": runs of another length speak for the same setting", drawn.Output, StringComparison.Ordinal);
        Assert.Contains("--epochs 1..1 draws them alone.", drawn.Output, StringComparison.Ordinal);
        Assert.Equal(
            5,
            File.ReadAllLines(_gaitprop["f.csv"]).Count(l => l.StartsWith("fig4,D,normalised GAIT,", StringComparison.Ordinal))
        );

        var one = _gaitprop.Run("figure", "fig4", "--epochs", "1..1", "--save", "f.csv");
        Assert.Contains(": of another length than --epochs asks for", one.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_runs_there_is_one_line_that_says_what_to_do()
    {
        Directory.CreateDirectory(_gaitprop["empty"]);

        Assert.Contains("name a folder with --runs", _gaitprop.Run("figure", "fig4").OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains(
            "'gaitprop reproduce fig5' makes some",
            _gaitprop.Run("figure", "fig5", "--runs", "empty").OneErrorLine(),
            StringComparison.Ordinal
        );
        Assert.Contains("Did you mean", _gaitprop.Run("figure", "fig44").OneErrorLine(), StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_2_and_3_are_drawn_without_data()
    {
        foreach (var name in (string[])["fig2", "fig3"])
        {
            var drawn = _gaitprop.Run("reproduce", name);
            Assert.Equal(0, drawn.ExitCode);

            // Nothing was trained: it is its files, and says no time.
            Assert.EndsWith(_gaitprop["figures", $"{name}.csv"], drawn.Output.TrimEnd(), StringComparison.Ordinal);
            Assert.DoesNotContain("The command took", drawn.Output, StringComparison.Ordinal);
            Assert.True(new FileInfo(_gaitprop["figures", $"{name}.png"]).Length > 20_000);
            Assert.True(File.ReadAllLines(_gaitprop["figures", $"{name}.csv"]).Length > 8);
        }

        Assert.Contains("fig2 only", _gaitprop.Run("reproduce", "fig3", "--image", "x.png").OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains(
            "there is no picture x.png",
            _gaitprop.Run("reproduce", "fig2", "--image", "x.png").OneErrorLine(),
            StringComparison.Ordinal
        );
    }

    /// <summary>Puts a run that was trained once into a store of this test.</summary>
    private void Copy(string store, string rule, string seed, params string[] more)
    {
        var key = string.Join(' ', [rule, seed, .. more]);
        if (!Trained.TryGetValue(key, out var run))
        {
            Trained[key] = run = Train(rule, seed, more);
        }

        Put(store, run);
    }

    /// <summary>Copies a run, without its checkpoints, into a store of this test.</summary>
    private void Put(string store, string run)
    {
        var copy = Directory.CreateDirectory(_gaitprop[store, "synthetic-shallow", Path.GetFileName(run)]).FullName;
        foreach (var file in Directory.GetFiles(run))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }
    }

    /// <summary>Trains a run; where it is.</summary>
    private static string Train(string rule, string seed, params string[] more)
    {
        var program = Trainings.Value;
        var before = Runs();
        var trained = program.Run([
            "train",
            "synthetic-shallow",
            "--rule",
            rule,
            "--seed",
            seed,
            .. more.Contains("--epochs") ? (string[])[] : ["--epochs", "1"],
            "--set",
            "trainImages=256",
            "--set",
            "testImages=128",
            .. more,
        ]);
        Assert.True(trained.ExitCode == 0, trained.Error);
        return Runs().Except(before).Single();

        string[] Runs() =>
            Directory.Exists(program["runs"])
                ? [.. Directory.GetFiles(program["runs"], "run.json", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!)]
                : [];
    }
}
