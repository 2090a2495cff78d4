using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Tests.Faults;
using GaitProp.Runs;
using GaitProp.Storage;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class ReproduceCommandTests : IDisposable
{
    /// <summary>The classes of the photos of <see cref="Making"/>: of so many top-5 says something.</summary>
    private const int Classes = 10;

    private static readonly Lazy<string> Prepared = new(PreparedOnce, LazyThreadSafetyMode.PublicationOnly);
    private static readonly Lazy<string> Once = new(MadeOnce, LazyThreadSafetyMode.PublicationOnly);
    private static readonly Lazy<(string Folder, string[] First, byte[] Drawn)> Twice = new(
        MadeTwice,
        LazyThreadSafetyMode.PublicationOnly
    );

    private readonly GaitPropProcess _gaitprop = new();

    public void Dispose() => _gaitprop.Dispose();

    [Fact]
    public void Figure_4_is_drawn_with_a_table_from_the_embedded_set_and_says_so_everywhere()
    {
        var finished = _gaitprop.Run("reproduce", "fig4", "--profile", "smoke", "--rules", "bp,ngait", "--epochs", "1");

        Assert.Equal(0, finished.ExitCode);
        Assert.Empty(finished.Error);
        foreach (var file in (string[])["fig4.html", "fig4.png", "fig4.csv"])
        {
            Assert.True(new FileInfo(_gaitprop["figures", file]).Length > 500, file);
            Assert.Contains(_gaitprop["figures", file], finished.Output, StringComparison.Ordinal);
        }

        Assert.Contains("stands in for CIFAR-10", finished.Output, StringComparison.Ordinal);
        Assert.Contains(
            "Preset smoke takes the first 5,120 of 10,000 training images and the first 1,000 of 2,000 test images. With all of them:\ngaitprop compare synthetic-shallow --preset smoke --set trainImages=null --set testImages=null --data embedded --rules bp,ngait --epochs 1 --save fig4.png",
            finished.Output,
            StringComparison.Ordinal
        );
        Assert.Matches(
            $"(?m)^The command took [0-9]+:[0-9]{{2}} in all[.]\n{Regex.Escape(_gaitprop["figures", "fig4.html"])}$",
            finished.Output
        );
        Assert.Matches(@"itself:\s+gaitprop\s+data\s+fetch\s+cifar10", finished.Output);
        Assert.Matches(@"(?m)^normalised GAIT +\d+\.\d\d +\d+\.\d\d( +\S+){4} +\d+\.\d$", finished.Output);
        var page = File.ReadAllText(_gaitprop["figures", "fig4.html"]);
        Assert.Contains("in place of CIFAR-10", page, StringComparison.Ordinal);

        // It opens without a network: no script, style or image of another host.
        Assert.Empty(Regex.Matches(page, "<(script|link|img)[^>\\n]+(src|href)=\"https?:").Select(m => m.Value));
        Assert.Equal(2, Runs().Count());
        foreach (var run in Runs())
        {
            using var description = JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "run.json")));
            Assert.Equal("finished", description.RootElement.GetProperty("status").GetString());
            Assert.Equal("CIFAR-10", description.RootElement.GetProperty("data").GetProperty("standsInFor").GetString());
        }
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Two_runs_of_one_seed_write_the_same_metrics_to_the_byte_and_another_seed_writes_others()
    {
        var ofOneSeed = RunsIn(Path.Combine(Twice.Value.Folder, "runs"))
            .Where(r => Path.GetFileName(r).StartsWith("ngait-s1-", StringComparison.Ordinal))
            .Select(Metrics)
            .ToArray();
        Assert.Equal(2, ofOneSeed.Length);
        Assert.NotEmpty(ofOneSeed[0]);
        Assert.Equal(ofOneSeed[0], ofOneSeed[1]);

        Assert.Equal(0, _gaitprop.Run([.. Making("ngait"), "--seed", "6"]).ExitCode);
        Assert.NotEqual(ofOneSeed[0], Metrics(Assert.Single(Runs())));
    }

    [Fact]
    public void Control_C_stops_within_a_step_marks_the_run_and_exits_130()
    {
        var process = _gaitprop.Start("reproduce", "fig4", "--preset", "smoke", "--data", "embedded", "--epochs", "500", "--rules", "bp");
        WaitFor(() =>
            Runs().Any(r => File.Exists(Path.Combine(r, "metrics.jsonl")) && File.ReadAllLines(Path.Combine(r, "metrics.jsonl")).Length > 2)
        );
        GaitPropProcess.PressControlC(process);
        var finished = GaitPropProcess.Finish(process);

        Assert.Equal(130, finished.ExitCode);
        Assert.Contains("Interrupted", finished.OneErrorLine(), StringComparison.Ordinal);
        var run = Assert.Single(Runs());
        Assert.Contains("\"status\": \"interrupted\"", File.ReadAllText(Path.Combine(run, "run.json")), StringComparison.Ordinal);
        Assert.All(File.ReadAllLines(Path.Combine(run, "metrics.jsonl")), line => JsonDocument.Parse(line).Dispose());
        Assert.False(File.Exists(_gaitprop["figures", "fig4.png"]));
    }

    /// <summary>The run is there, and nothing is drawn yet: nothing is trained.</summary>
    [Fact]
    public void The_accuracy_that_a_figure_shows_can_be_chosen()
    {
        var run = RunRecord.Read(CopyRunOfBp(Once.Value));

        var drawn = _gaitprop.Run([.. Making("bp"), "--metric", "top5"]);

        Assert.Equal((0, ""), (drawn.ExitCode, drawn.Error));
        Assert.Single(Runs());

        // A run of BP has no angles, so panel B is the accuracy on test images.
        Assert.Equal(
            run.Epochs.Select(e => 100 * e.TestTop5!.Value),
            File.ReadAllLines(_gaitprop["figures", "fig6.csv"])
                .Where(l => l.StartsWith("fig6,B,BP,bp,", StringComparison.Ordinal))
                .Select(l => double.Parse(l.Split(',')[6], CultureInfo.InvariantCulture))
        );
    }

    [Fact]
    public void Figure_2_shows_a_picture_of_ones_own()
    {
        Photos(_gaitprop, 1);

        var finished = _gaitprop.Run("reproduce", "fig2", "--image", Path.Combine("photos", "class0", "0.png"));

        Assert.True(finished.ExitCode == 0, finished.Error);
        Assert.Contains("Picture: 0.png, 48 x 32 pixels.", File.ReadAllText(_gaitprop["figures", "fig2.html"]), StringComparison.Ordinal);
    }

    /// <summary>The second time over, runs of the first are there, done, and the figure is drawn: they are that figure's.</summary>
    [Fact]
    public void Stopped_when_it_is_made_anew_it_takes_no_run_of_the_figure_before()
    {
        Copy(Once.Value, "runs");
        Copy(Once.Value, "figures");
        var first = Assert.Single(Of("bp"));
        var drawn = File.ReadAllBytes(_gaitprop["figures", "fig6.runs.json"]);
        Assert.Equal(0, _gaitprop.Run(Making("bp")).ExitCode);
        var bp = Path.Combine(Assert.Single(Of("bp"), r => r != first), "run.json");

        // As a kill leaves it between two runs: BP has one that the figure does not show, FA's is that of the figure. When files were
        // written says nothing: store and figures may be copies.
        File.WriteAllBytes(_gaitprop["figures", "fig6.runs.json"], drawn);
        foreach (var run in Runs())
        {
            File.SetLastWriteTimeUtc(Path.Combine(run, "run.json"), DateTime.UtcNow);
        }

        GoesOn(runsOfFa: 2);

        // And in the middle of BP's.
        File.WriteAllText(
            bp,
            File.ReadAllText(bp).Replace("\"status\": \"finished\"", "\"status\": \"interrupted\"", StringComparison.Ordinal)
        );
        GoesOn(runsOfFa: 3);

        IEnumerable<string> Of(string rule) => Runs().Where(r => Path.GetFileName(r).StartsWith($"{rule}-", StringComparison.Ordinal));

        void GoesOn(int runsOfFa)
        {
            var finished = _gaitprop.Run(Making("bp,fa"));
            Assert.Equal((0, ""), (finished.ExitCode, finished.Error));
            Assert.Contains("The figure was stopped before its end; going on with it.", finished.Output, StringComparison.Ordinal);
            Assert.Equal((2, runsOfFa), (Of("bp").Count(), Of("fa").Count()));
        }
    }

    /// <summary>Which runs a figure shows stands beside it; when its files were written says nothing: they may be copies.</summary>
    [Fact]
    public void A_figure_says_which_runs_it_shows_and_is_drawn_from_them_again_where_it_does_not()
    {
        var run = Path.GetFileName(CopyRunOfBp(Once.Value));
        Copy(Path.Combine(Once.Value, "bp"), "figures");
        var record = _gaitprop["figures", "fig6.runs.json"];
        Assert.Equal([$"imagenet/{run}"], JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(record))!);

        foreach (var content in (string?[])[null, "[", "[\"imagenet/bp-s1-20200101-000000\"]"])
        {
            File.Delete(record);
            if (content is not null)
            {
                File.WriteAllText(record, content);
            }

            var again = _gaitprop.Run(Making("bp"));
            Assert.Equal((0, ""), (again.ExitCode, again.Error));
            Assert.Contains("no figure here is known to show them; drawing it.", again.Output, StringComparison.Ordinal);
            Assert.Single(Runs());
        }

        foreach (var file in Directory.GetFiles(_gaitprop["figures"]))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        }

        var anew = _gaitprop.Run(Making("bp"));
        Assert.Equal((0, ""), (anew.ExitCode, anew.Error));
        Assert.DoesNotContain("drawing it", anew.Output, StringComparison.Ordinal);
        Assert.Equal(2, Runs().Count());
    }

    /// <summary>A figure has one name for every preset, seed, data set and choice of rules.</summary>
    [Fact]
    public void Stopped_it_goes_on_also_after_another_seed_was_drawn()
    {
        // As a kill leaves it between two runs: BP's is done, FA's has not begun, and nothing is drawn.
        CopyRunOfBp(Once.Value);
        Directory.Move(_gaitprop["runs"], _gaitprop["my runs"]);
        var bp = Assert.Single(RunsIn("my runs"));
        var other = _gaitprop.Run([.. Making("bp"), "--runs", "my runs", "--seed", "2"]);
        Assert.Equal((0, ""), (other.ExitCode, other.Error));
        Assert.Contains(" --rules bp --epochs 1 --seeds 2 --runs \"my runs\" --save fig6.png", other.Output, StringComparison.Ordinal);

        var finished = _gaitprop.Run([.. Making("bp,fa"), "--runs", "my runs"]);

        Assert.Equal((0, ""), (finished.ExitCode, finished.Error));
        Assert.Contains("The figure was stopped before its end; going on with it.", finished.Output, StringComparison.Ordinal);
        Assert.Contains(bp, RunsIn("my runs"));
        Assert.Equal(["bp-s1", "bp-s2", "fa-s1"], RunsIn("my runs").Select(r => Path.GetFileName(r)[..5]).Order(StringComparer.Ordinal));
    }

    /// <summary>The other one is in its first run, or has done that and is in the second.</summary>
    [Theory]
    [InlineData("bp")]
    [InlineData("fa")]
    public void While_another_process_makes_the_figure_nothing_is_trained_beside_it(string rule)
    {
        Copy(Once.Value, "runs");
        if (rule == "bp")
        {
            Directory.Delete(Assert.Single(Runs(), r => Path.GetFileName(r).StartsWith("fa-", StringComparison.Ordinal)), recursive: true);
        }

        var runs = Runs().Order(StringComparer.Ordinal).ToArray();
        var current = Assert.Single(runs, r => Path.GetFileName(r).StartsWith($"{rule}-", StringComparison.Ordinal));
        var file = Path.Combine(current, "run.json");
        File.WriteAllText(
            file,
            File.ReadAllText(file).Replace("\"status\": \"finished\"", "\"status\": \"running\"", StringComparison.Ordinal)
        );
        using var held = RunLock.Take(current);

        var finished = _gaitprop.Run(Making("bp,fa"));

        Assert.Equal(1, finished.ExitCode);
        Assert.Equal(
            $"another process is at work on imagenet, {rule} seed 1, in {_gaitprop["runs"]}: wait for it, or name another folder with --runs.",
            finished.OneErrorLine()
        );
        Assert.DoesNotContain("was stopped", finished.Output, StringComparison.Ordinal);
        Assert.Equal(runs, Runs().Order(StringComparer.Ordinal));
    }

    /// <summary>The other one has begun at the same moment: it has claimed its first run, and there is no folder of that yet.</summary>
    [Fact]
    public void Nor_is_it_while_the_other_one_has_but_claimed_its_first_run()
    {
        var first = CopyRunOfBp(Once.Value);
        Copy(Path.Combine(Once.Value, "bp"), "figures");
        var identity = RunRecord.ReadDescription(first).Identity!;
        using var claimed = FileLock.TryTake($"{CellClaim.Stem(_gaitprop["runs"], "imagenet", identity)}.lock");
        Assert.NotNull(claimed);

        // Anew, and from nothing.
        IsLeftToTheOther();
        Assert.Equal([first], Runs());
        Directory.Delete(first, recursive: true);
        IsLeftToTheOther();
        Assert.Empty(Runs());

        void IsLeftToTheOther()
        {
            var finished = _gaitprop.Run(Making("bp"));
            Assert.Equal(1, finished.ExitCode);
            Assert.StartsWith("another process is at work on imagenet, bp seed 1, in ", finished.OneErrorLine(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [Trait("Size", "Exhaustive")]
    [InlineData(0)]
    [InlineData(1)]
    public void Stopped_when_it_is_made_anew_it_goes_on_with_the_run_that_was_stopped(int at)
    {
        string[] rules = ["bp", "fa", "ngait"];
        var (folder, first, drawn) = Twice.Value;
        Copy(folder, "runs");
        Copy(folder, "figures");
        var anew = Runs().Where(r => !first.Contains(Path.GetFileName(r)));
        var second = anew.OrderBy(r => Array.IndexOf(rules, Path.GetFileName(r).Split('-')[0])).ToArray();

        // As a kill leaves it in the middle of one of them: that one has no end, those after it are not there, and the figure is the first.
        File.WriteAllBytes(_gaitprop["figures", "fig6.runs.json"], drawn);
        File.WriteAllText(
            Path.Combine(second[at], "run.json"),
            File.ReadAllText(Path.Combine(second[at], "run.json"))
                .Replace("\"status\": \"finished\"", "\"status\": \"interrupted\"", StringComparison.Ordinal)
        );
        foreach (var later in second.Skip(at + 1))
        {
            Directory.Delete(later, recursive: true);
        }

        var finished = _gaitprop.Run(Making("bp,fa,ngait"));

        Assert.Equal((0, ""), (finished.ExitCode, finished.Error));
        Assert.Contains("The figure was stopped before its end; going on with it.", finished.Output, StringComparison.Ordinal);
        Assert.Equal(6, Runs().Count());
        Assert.All(
            Runs(),
            r => Assert.Contains("\"status\": \"finished\"", File.ReadAllText(Path.Combine(r, "run.json")), StringComparison.Ordinal)
        );
        Assert.Contains("\"resumed\": [\n", File.ReadAllText(Path.Combine(second[at], "run.json")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Stopped_between_two_runs_it_goes_on_with_the_next()
    {
        // As a kill leaves it right after the first run's end, before anything is drawn.
        var done = CopyRunOfBp(Twice.Value.Folder);
        var finished = _gaitprop.Run(Making("bp,fa"));

        Assert.Equal((0, ""), (finished.ExitCode, finished.Error));
        Assert.Contains(done, Runs());
        Assert.Equal(2, Runs().Count());
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Stopped_before_it_was_drawn_it_is_drawn_and_nothing_is_trained_again()
    {
        var run = CopyRunOfBp(Twice.Value.Folder);
        var table = _gaitprop["figures", "fig6.csv"];
        var record = _gaitprop["figures", "fig6.runs.json"];
        string? numbers = null;

        // As a kill leaves it among the last moments: without the figure, with a part of it, or with one that does not say what it shows.
        Drawn();
        var first = File.ReadAllBytes(record);
        File.Delete(table);
        Drawn();
        File.Delete(record);
        Drawn();

        // Once it is drawn, a figure is made anew, whenever its files were written.
        foreach (var file in Directory.GetFiles(_gaitprop["figures"]))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        }

        Assert.Equal(0, _gaitprop.Run(Making("bp")).ExitCode);
        Assert.Equal(2, Runs().Count());
        Assert.Equal(numbers, File.ReadAllText(table));

        // And that one too, if it was stopped there.
        File.WriteAllBytes(record, first);
        Drawn(runs: 2);

        void Drawn(int runs = 1)
        {
            var finished = _gaitprop.Run(Making("bp"));
            Assert.Equal((0, ""), (finished.ExitCode, finished.Error));
            Assert.Contains(
                "The figure's runs are done, and no figure here is known to show them; drawing it.",
                finished.Output,
                StringComparison.Ordinal
            );
            Assert.Contains(run, Runs());
            Assert.Equal(runs, Runs().Count());
            numbers ??= File.ReadAllText(table);
            Assert.Equal(numbers, File.ReadAllText(table));
        }
    }

    [Fact]
    public void A_folder_without_data_a_file_as_folder_and_a_damaged_set_are_one_line_and_write_nothing()
    {
        Directory.CreateDirectory(_gaitprop["empty"]);
        Directory.CreateDirectory(_gaitprop["damaged", "cifar-10-batches-bin"]);
        File.WriteAllBytes(_gaitprop["damaged", "cifar-10-batches-bin", "data_batch_1.bin"], new byte[5000]);
        File.WriteAllText(_gaitprop["file"], "");
        var cases = new (string[] Args, string Expected)[]
        {
            (["--data", "empty"], "holds no CIFAR-10"),
            (["--data", "damaged"], "data_batch_1.bin"),
            (["--data", "nowhere"], "does not exist"),
            (["--data", "embedded", "--out", "file"], "is a file, not a folder"),
            (["--data", "embedded", "--runs", "file"], "is a file, not a folder"),
        };
        foreach (var (args, expected) in cases)
        {
            var finished = _gaitprop.Run(["reproduce", "fig4", "--preset", "smoke", .. args]);

            Assert.Equal(1, finished.ExitCode);
            Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
            Assert.Empty(Runs());
        }
    }

    [Fact]
    public void Figure_6_is_drawn_from_photos_with_the_angles_of_all_eight_layers_and_learns()
    {
        Photos(_gaitprop, 40);
        Assert.Equal(0, _gaitprop.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "prepared", "--size", "32").ExitCode);

        // Of four classes top-5 says nothing: that is found before anything is trained.
        var refused = _gaitprop.Run("reproduce", "fig6", "--profile", "smoke", "--data", "prepared", "--metric", "top5");
        Assert.Equal((1, "top-5 of 4 classes is always right: show --metric top1."), (refused.ExitCode, refused.OneErrorLine()));
        Assert.Empty(Runs());

        var finished = _gaitprop.Run("reproduce", "fig6", "--profile", "smoke", "--epochs", "10", "--data", "prepared");

        Assert.Equal((0, ""), (finished.ExitCode, finished.Error));
        Assert.DoesNotContain("takes the first", finished.Output, StringComparison.Ordinal);
        Assert.Contains(
            "36 training and 4 test photos of 32 x 32 pixels, 4 classes",
            File.ReadAllText(_gaitprop["figures", "fig6.html"]),
            StringComparison.Ordinal
        );
        foreach (var run in Runs())
        {
            var lines = File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
            var rule = Path.GetFileName(run).Split('-')[0];
            var learned = lines.Last(l => l.GetProperty("kind").GetString() == "epoch").GetProperty("trainAccuracy").GetDouble();
            Assert.True(rule is "fa" || learned > 0.75, $"{rule}: {learned}");
            var angles = lines
                .Where(l => l.TryGetProperty("angles", out var a) && a.GetArrayLength() > 0)
                .Select(l => l.GetProperty("angles").EnumerateArray().Select(a => a.GetDouble()).ToArray())
                .ToArray();
            Assert.Equal(rule is "bp", angles.Length == 0);
            Assert.All(angles, a => Assert.Equal(8, a.Length));
            Assert.True(rule is not "ngait" || angles.All(a => a.Max() < 1), rule);
        }

        Assert.Equal(3, Runs().Count());
    }

    [Fact]
    public void Figure_6_starts_from_photos_as_they_are_downloaded_and_prepares_them_once()
    {
        Photos(_gaitprop, 16);
        string[] words = ["reproduce", "fig6", "--profile", "smoke", "--rules", "bp", "--epochs", "1", "--data", "photos"];

        var first = _gaitprop.Run(words);
        var second = _gaitprop.Run(words);

        Assert.Equal((0, ""), (first.ExitCode, first.Error));
        Assert.Contains("they are prepared once", first.Output, StringComparison.Ordinal);
        Assert.Contains("images of 224 x 224 in", first.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (second.ExitCode, second.Error));
        Assert.DoesNotContain(
            "prepared",
            second.Output.Replace(_gaitprop["cache"], "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "photos of 224 x 224 pixels, 4 classes",
            File.ReadAllText(_gaitprop["figures", "fig6.html"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Figure_6_without_photos_is_one_line_that_says_how_to_prepare_them()
    {
        var finished = _gaitprop.Run("reproduce", "fig6");

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("gaitprop data prepare imagenet --from ROOT --to DIR", finished.OneErrorLine(), StringComparison.Ordinal);
        Assert.Empty(Runs());
    }

    /// <summary>The words that make a figure in a second: figure 6 of a few small photos, of which it leaves some out.</summary>
    private static string[] Making(string rules) =>
        ["reproduce", "fig6", "--preset", "smoke", "--data", Prepared.Value, "--epochs", "1", "--rules", rules];

    /// <summary>Prepares photos for all tests; where they are.</summary>
    private static string PreparedOnce()
    {
        var program = new GaitPropProcess();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => program.Dispose();
        Photos(program, 8 * Classes, Classes);
        Trial.Succeeds(program.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "prepared", "--size", "32"));
        return program["prepared"];
    }

    /// <summary>
    /// Makes the figure of BP, in <c>bp/figures</c>, and with the same run that of BP and FA, for all tests: each has a copy. Where they
    /// are.
    /// </summary>
    private static string MadeOnce()
    {
        var program = new GaitPropProcess();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => program.Dispose();
        Assert.Equal(0, program.Run([.. Making("bp"), "--out", Path.Combine("bp", "figures")]).ExitCode);
        Assert.Equal(0, program.Run(Making("bp,fa")).ExitCode);
        return program.Folder;
    }

    /// <summary>
    /// Makes a figure and makes it anew, for all tests: each has a copy. Where that is, the names of the first runs, and what said that the
    /// figure shows these.
    /// </summary>
    private static (string Folder, string[] First, byte[] Drawn) MadeTwice()
    {
        var program = new GaitPropProcess();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => program.Dispose();
        Assert.Equal(0, program.Run(Making("bp,fa,ngait")).ExitCode);
        var first = Directory.GetFiles(program["runs"], "run.json", SearchOption.AllDirectories);
        var drawn = File.ReadAllBytes(program["figures", "fig6.runs.json"]);
        Assert.Equal(0, program.Run(Making("bp,fa,ngait")).ExitCode);
        return (program.Folder, [.. first.Select(f => Path.GetFileName(Path.GetDirectoryName(f)!))], drawn);
    }

    /// <summary>Copies a folder that another test has left into this one's.</summary>
    private void Copy(string from, string part) => Trial.Copy(Path.Combine(from, part), _gaitprop[part]);

    /// <summary>Copies BP's first run alone; where it is here.</summary>
    private string CopyRunOfBp(string from)
    {
        var runs = Path.Combine("runs", "imagenet");
        var run = Path.GetFileName(Directory.GetDirectories(Path.Combine(from, runs), "bp-*").Order(StringComparer.Ordinal).First());
        Copy(from, Path.Combine(runs, ".cells"));
        Copy(from, Path.Combine(runs, run));
        return _gaitprop[runs, run];
    }

    /// <summary>Classes, of which four differ in their colour: what has to be learned is easy, all else is as with photos.</summary>
    private static void Photos(GaitPropProcess program, int count, int classes = 4)
    {
        for (var i = 0; i < count; i++)
        {
            using var noise = NetVips.Image.Gaussnoise(48, 32, sigma: 20, seed: i);
            using var photo = (noise + new double[] { 60 + (i % 2 * 120), 60 + (i / 2 % 2 * 120), 60 })
                .Cast(NetVips.Enums.BandFormat.Uchar)
                .Copy(interpretation: NetVips.Enums.Interpretation.Srgb);
            Directory.CreateDirectory(program["photos", $"class{i % classes}"]);
            File.WriteAllBytes(program["photos", $"class{i % classes}", $"{i}.png"], photo.PngsaveBuffer());
        }
    }

    private IEnumerable<string> Runs() => RunsIn("runs");

    private IEnumerable<string> RunsIn(string folder) =>
        Directory.Exists(_gaitprop[folder])
            ? Directory.EnumerateFiles(_gaitprop[folder], "run.json", SearchOption.AllDirectories).Select(f => Path.GetDirectoryName(f)!)
            : [];

    private static string Metrics(string run) => File.ReadAllText(Path.Combine(run, "metrics.jsonl"));

    private static void WaitFor(Func<bool> condition)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < TimeSpan.FromMinutes(5), "nothing happens");
            Thread.Sleep(50);
        }
    }
}
