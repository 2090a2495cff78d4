using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Kernel.Tests.Faults;
using GaitProp.Storage;

namespace GaitProp.Kernel.Tests.Commands;

public sealed partial class EvaluateCommandTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_run_a_checkpoint_and_recorded_weights_are_evaluated_to_the_numbers_of_the_run()
    {
        var run = _trial.Copied("runs", "--epochs", "1");
        var last = JsonNode.Parse(File.ReadLines(Path.Combine(run, "metrics.jsonl")).Last())!;
        var expected = Numbers(last, "test");

        var finished = _trial.Program.Run("evaluate", "last", "--save", "confusion.csv");
        Trial.Succeeds(finished);
        Assert.Contains(expected, finished.Output, StringComparison.Ordinal);
        Assert.Contains("500 test images of", finished.Output, StringComparison.Ordinal);
        Assert.Contains("after 1 of 1 epoch; float32", finished.Output, StringComparison.Ordinal);
        var rows = Rows(finished.Output);
        Assert.Equal(10, rows.Length);
        Assert.Equal(500, rows.Sum(r => r[1..].Sum()));
        Assert.All(rows, r => Assert.Equal(r[0], r[1..].Sum()));
        Assert.Equal((double)last["testAccuracy"]!, rows.Select((r, c) => r[c + 1]).Sum() / 500.0, 12);
        Assert.Equal(101, File.ReadAllLines(_trial.Program["confusion.csv"]).Length);

        Assert.Contains(Numbers(last, "train"), Succeeds("evaluate", Path.GetFileName(run), "--split", "train"), StringComparison.Ordinal);
        Assert.Contains(expected, Succeeds("evaluate", Trial.Checkpoints(run)[0]), StringComparison.Ordinal);
        Assert.Contains("2000 test images of", Succeeds("evaluate", "last", "--all"), StringComparison.Ordinal);

        // Weights of before its end are not those of a finished run.
        var whole = Trial.Checkpoints(run)[0];
        File.Move(whole, _trial.Program["aside"]);
        var short_ = _trial.Program.Run("runs", "record", "last", "--weights", "--to", "short");
        Assert.Equal(1, short_.ExitCode);
        Assert.Matches(
            "^no weights were kept of .+: the run has finished, and its last whole checkpoint is of step ",
            short_.OneErrorLine()
        );
        Assert.Empty(Directory.GetFiles(_trial.Program["short"], "*.safetensors", SearchOption.AllDirectories));
        File.Move(_trial.Program["aside"], whole);

        // What is recorded is small, and says what it costs.
        var recorded = Succeeds("runs", "record", "last", "--weights", "--to", "recorded");
        var folder = Assert.Single(_trial.Runs("recorded"));
        var weights = Path.Combine(folder, "weights.safetensors");
        Assert.Contains(Path.GetRelativePath(_trial.Program.Folder, weights), recorded, StringComparison.Ordinal);
        Assert.Matches(
            "kept as float16, [0-9.]+ MB; that costs -?0[.]0[0-9] points of test accuracy|kept as float32, [0-9.]+ MB; float16 would change test accuracy by [0-9.]+ points",
            recorded
        );
        Assert.Contains("; weights of step 47 kept, ", File.ReadAllText(_trial.Program["recorded", "README.md"]), StringComparison.Ordinal);
        var moved = _trial.Program["moved.safetensors"];
        File.Copy(weights, moved);
        Directory.Delete(_trial.Program["runs"], recursive: true);
        foreach (
            var words in (string[][])
                [
                    [folder],
                    ["last", "--runs", "recorded"],
                    [moved],
                ]
        )
        {
            Assert.InRange(Math.Abs(Top1(Succeeds(["evaluate", .. words])) - (100 * (double)last["testAccuracy"]!)), 0, 0.1);
        }

        // A training begins with them, too: with the accuracy that the run ended with, but for an image that rounding may tip.
        var begun = _trial.TrainToEnd("next", "--epochs", "1", "--set", "trainImages=64", "--from", moved);
        Trial.Succeeds(begun);
        Assert.Contains(
            $"It begins with the weights of small/{Path.GetFileName(run)}, step 47, after 1 of 1 epoch: ",
            begun.Output,
            StringComparison.Ordinal
        );
        var first = JsonNode.Parse(File.ReadLines(Path.Combine(_trial.Run("next")!, "metrics.jsonl")).First())!;
        Assert.Equal((double)last["testAccuracy"]!, (double)first["testAccuracy"]!, 0.0021);
    }

    [Fact]
    public void Of_several_runs_those_that_have_weights_or_times_keep_them_and_recorded_weights_to_the_byte()
    {
        var whole = _trial.Copied("runs", "--epochs", "1");
        var run = Path.GetFileName(whole);
        var bare = Path.GetFileName(CopiedRun.Into(_trial.Program["runs"]));

        var recorded = _trial.Program.Run("runs", "record", "--weights", "--to", "recorded");

        Assert.Equal(1, recorded.ExitCode);
        Assert.Equal(
            $"no weights were kept of cifar-shallow/{bare}: run {bare} has no checkpoint yet: it has not begun, or its checkpoints were removed.",
            recorded.OneErrorLine()
        );
        var weights = _trial.Program["recorded", "small", run, "weights.safetensors"];
        Assert.Equal([weights], Directory.GetFiles(_trial.Program["recorded"], "*.safetensors", SearchOption.AllDirectories));
        Assert.True(File.Exists(_trial.Program["recorded", "cifar-shallow", bare, "run.json"]));
        Assert.Contains(
            ": as they were kept before, float",
            Succeeds("runs", "record", run, "--runs", "recorded", "--weights", "--to", "again"),
            StringComparison.Ordinal
        );
        Assert.Equal(File.ReadAllBytes(weights), File.ReadAllBytes(_trial.Program["again", "small", run, "weights.safetensors"]));

        // Times are kept where that is asked for and there are some.
        Assert.Empty(Directory.GetFiles(_trial.Program["recorded"], "timing.jsonl", SearchOption.AllDirectories));
        Succeeds("runs", "record", run, "--timing", "--to", "timed");
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole, "timing.jsonl")),
            File.ReadAllBytes(_trial.Program["timed", "small", run, "timing.jsonl"])
        );
        Answers(
            $"run small/{run} cannot be recorded with its times: it has none, as a run that was recorded without; leave out --timing.",
            "runs",
            "record",
            run,
            "--runs",
            "recorded",
            "--timing",
            "--to",
            "never"
        );
    }

    /// <summary>What rounding costs is measured on the run's images, where they are to be had.</summary>
    [Fact]
    public void Weights_are_rounded_only_where_the_images_of_the_run_are_found()
    {
        Photos();
        Trial.Succeeds(_trial.Program.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "prepared", "--size", "32"));
        Trial.Succeeds(_trial.TrainToEnd("runs", "--epochs", "1", "--set", "data=imagenet", "--data", "prepared"));
        Directory.Move(_trial.Program["prepared"], _trial.Program["moved"]);

        Assert.Matches(
            "kept as float32, [0-9.]+ MB; what float16 costs could not be measured: ",
            Succeeds("runs", "record", "last", "--weights", "--to", "unmeasured")
        );
        var measured = Succeeds("runs", "record", "last", "--weights", "--data", "moved", "--to", "measured");
        Assert.Contains(" on 4 images", measured, StringComparison.Ordinal);
        Assert.DoesNotContain("could not be measured", measured, StringComparison.Ordinal);
    }

    /// <summary>Images that a training held out are no training images, and can be evaluated as what they are.</summary>
    [Fact]
    public void Images_that_training_held_out_are_their_own_split()
    {
        Trial.Succeeds(_trial.TrainToEnd("runs", "--epochs", "1", "--set", "trainImages=1000", "--set", "validationImages=100"));
        var last = JsonNode.Parse(File.ReadLines(Path.Combine(_trial.Run("runs")!, "metrics.jsonl")).Last())!;

        var said = new Dictionary<string, string>();
        foreach (var (split, word) in ((string, string)[])[("train", "training"), ("validation", "validation"), ("test", "test")])
        {
            said[split] = Succeeds("evaluate", "last", "--split", split);
            Assert.Contains(Numbers(last, split), said[split], StringComparison.Ordinal);
            Assert.Contains($" {word} images of", said[split], StringComparison.Ordinal);
        }

        // With --all those that were held out are training images like the others.
        Assert.Contains(
            "\nThe first 900 of 10000 training images, as in the run; --all takes all.\n",
            said["train"],
            StringComparison.Ordinal
        );
        var all = Succeeds("evaluate", "last", "--split", "train", "--all");
        Assert.Contains("10000 training images of", all, StringComparison.Ordinal);
        Assert.DoesNotContain("The first", all, StringComparison.Ordinal);
        Answers("--all says nothing to --split validation", "evaluate", "last", "--split", "validation", "--all");
    }

    /// <summary>Of other images nothing was held out, however many there are, and what their classes are called is another thing.</summary>
    [Fact]
    public void Other_images_are_told_from_those_of_the_run()
    {
        const string others = "These are not the images that the network was trained with, which were embedded synthetic set.";
        string[] images = ["--set", "trainImages=1000", "--set", "validationImages=300", "--set", "testImages=3"];
        Trial.Succeeds(_trial.TrainToEnd("runs", ["--epochs", "1", .. images]));
        Photos();

        // As they are downloaded they are no answer: it takes images of its own size and number of classes.
        Answers(
            "photos holds photos of 10 classes as they are downloaded, and the network takes images of 32 x 32 pixels: prepare them with 'gaitprop data prepare imagenet --from photos --to DIR --size 32', then name DIR with --data.",
            "evaluate",
            "last",
            "--data",
            "photos"
        );
        foreach (var file in (string[])["class0/0.png", "class0/10.png", "class1/1.png", "class1/11.png"])
        {
            var few = _trial.Program["few", file];
            Directory.CreateDirectory(Path.GetDirectoryName(few)!);
            File.Copy(_trial.Program["photos", file], few);
        }

        Answers(
            "few holds photos of 2 classes as they are downloaded, and the network tells 10 apart, those of embedded synthetic set: name a folder of as many classes with --data.",
            "evaluate",
            "last",
            "--data",
            "few"
        );
        Trial.Succeeds(_trial.Program.Run("data", "prepare", "imagenet", "--from", "photos", "--to", "prepared", "--size", "32"));

        var said = Succeeds("evaluate", "last", "--data", "prepared", "--split", "train");
        Assert.Contains(
            $"{others} Their classes are taken in the order of the run's, whose names are not kept.",
            said,
            StringComparison.Ordinal
        );
        Assert.Contains("36 training images of", said, StringComparison.Ordinal);
        Assert.DoesNotContain("as in the run", said, StringComparison.Ordinal);

        // Of those of which there are more, as many are taken.
        Assert.Matches(
            $"(?m)^{Regex.Escape(others)} .+\nThe first 3 of 4 test images, as many as in the run; --all takes all[.]$",
            Succeeds("evaluate", "last", "--data", "prepared")
        );
        Assert.Contains(
            "\nThe first 3 of 2000 test images, as in the run; --all takes all.",
            Succeeds("evaluate", "last"),
            StringComparison.Ordinal
        );
        Answers(
            "the run held out images of embedded synthetic set, and these, of photos, are others: choose --split test or train.",
            "evaluate",
            "last",
            "--data",
            "prepared",
            "--split",
            "validation"
        );

        // A run of an earlier version cannot tell.
        LibTorch.Load();
        using (var whole = SafetensorsFile.Read(Trial.Checkpoints(_trial.Run("runs"))[0]))
        {
            var data = JsonNode.Parse(whole.Metadata["data"])!.AsObject();
            Assert.True(data.Remove("checksum"));
            SafetensorsFile.Write(
                _trial.Program["older.safetensors"],
                whole.Tensors,
                new Dictionary<string, string>(whole.Metadata) { ["data"] = data.ToJsonString() }
            );
        }

        var older = Succeeds("evaluate", "older.safetensors", "--split", "validation");
        Assert.Contains("Whether these are the run's images, embedded synthetic set, is not known", older, StringComparison.Ordinal);
        Assert.Contains("300 validation images of", older, StringComparison.Ordinal);
        Assert.Contains(others, Succeeds("evaluate", "older.safetensors", "--data", "prepared"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_evaluated_is_one_line()
    {
        var run = _trial.Copied("runs", "--epochs", "1");
        var bytes = File.ReadAllBytes(Trial.Checkpoints(run)[0]);
        File.WriteAllBytes(_trial.Program["cut.safetensors"], bytes[..^1]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(_trial.Program["flipped.safetensors"], bytes);
        File.WriteAllText(_trial.Program["text.txt"], "no weights");
        Trial.Succeeds(_trial.Program.Run("runs", "record", "last", "--to", "recorded"));

        Answers("cut.safetensors is damaged", "evaluate", "cut.safetensors");
        Answers("flipped.safetensors is damaged: its bytes do not give its checksum", "evaluate", "flipped.safetensors");
        Answers("text.txt is damaged", "evaluate", "text.txt");
        Answers("there is no file", "evaluate", "nowhere.safetensors");
        Answers("there is no run 'nobody'", "evaluate", "nobody");
        Answers("was recorded without its weights", "evaluate", "last", "--runs", "recorded");
        Answers("name a file that ends in .html, .png, .svg, .pdf or .csv", "evaluate", "last", "--save", "confusion.gif");
        Answers("--split", "evaluate", "last", "--split", "all");
        Answers("has no images to evaluate in its validation part: training held none out", "evaluate", "last", "--split", "validation");
        Answers(
            "holds the weights of another network, dense 256, dense 128, dense 10: it has 256 x 3072 of Float32 for layers.0.weight, where this one has 512 x 3072 of Float32.",
            "train",
            "synthetic-shallow",
            "--epochs",
            "1",
            "--from",
            "last"
        );
        Assert.Single(_trial.Runs("runs"));

        // A damaged checkpoint is done without; a damaged run.json tells nothing of the run.
        var last = Trial.Checkpoints(run)[0];
        File.WriteAllBytes(last, bytes);
        var before = _trial.Program.Run("evaluate", "last");
        Assert.Equal(0, before.ExitCode);
        Assert.StartsWith($"{last} is damaged: its bytes do not give its checksum", before.OneErrorLine(), StringComparison.Ordinal);
        Assert.EndsWith(" The checkpoint before it is used.", before.OneErrorLine(), StringComparison.Ordinal);
        Assert.Contains("500 test images of", before.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("step 47,", before.Output, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(run, "run.json"), "{");
        var name = Path.GetFileName(run);
        Answers($"run small/{name} cannot be used: run.json is damaged: ", "evaluate", name);
    }

    [Fact]
    public void A_training_begins_from_weights_and_its_run_shows_from_which()
    {
        string[] little = ["--set", "trainImages=640"];
        Trial.Succeeds(_trial.TrainToEnd("runs", ["--rule", "bp", "--epochs", "2", "--keep-every", "1", .. little]));
        var first = _trial.Run("runs")!;
        Assert.Equal(
            ["step-10-epoch-1.safetensors", "step-20-epoch-2.safetensors"],
            Directory
                .GetFiles(Path.Combine(first, "checkpoints"), "*-epoch-*")
                .Select(f => Path.GetFileName(f))
                .Order(StringComparer.Ordinal)
        );

        var trained = _trial.TrainToEnd(
            "runs",
            [
                "--rule",
                "fa",
                "--epochs",
                "1",
                "--from",
                $"small/{Path.GetFileName(first)}/checkpoints/step-10-epoch-1.safetensors",
                .. little,
            ]
        );

        Trial.Succeeds(trained);
        Assert.Contains(
            $"It begins with the weights of small/{Path.GetFileName(first)}, step 10, after 1 of 2 epochs",
            trained.Output,
            StringComparison.Ordinal
        );
        var second = _trial.Runs("runs").Single(r => r != first);
        var before = File.ReadLines(Path.Combine(first, "metrics.jsonl"))
            .Select(l => JsonNode.Parse(l)!)
            .Single(l => (string?)l["kind"] == "epoch" && (int)l["epoch"]! == 1);
        Assert.Equal(
            (double)before["testLoss"]!,
            (double)JsonNode.Parse(File.ReadLines(Path.Combine(second, "metrics.jsonl")).First())!["testLoss"]!
        );
        var shown = Succeeds("runs", "show", Path.GetFileName(second));
        Assert.Contains("begins with", shown, StringComparison.Ordinal);
        Assert.Contains("step 10", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("begins with", Succeeds("runs", "show", Path.GetFileName(first)), StringComparison.Ordinal);
    }

    [Fact]
    public void How_often_a_checkpoint_stays_is_shown_and_can_be_said_to_a_resumption_and_to_a_comparison()
    {
        string[] little = ["--rule", "bp", "--set", "trainImages=64"];
        Trial.Succeeds(_trial.TrainToEnd("runs", [.. little, "--epochs", "2", "--keep-every", "2"]));
        var run = _trial.Run("runs")!;
        Assert.Contains("step-2-epoch-2.safetensors", Names(run));
        Assert.DoesNotContain("step-1-epoch-1.safetensors", Names(run));
        Assert.Contains("the checkpoint after every 2 epochs", Succeeds("runs", "show", "last"), StringComparison.Ordinal);

        // As a run is left that was stopped before its first checkpoint.
        Directory.Delete(Path.Combine(run, "checkpoints"), recursive: true);
        var description = Path.Combine(run, "run.json");
        File.WriteAllText(
            description,
            File.ReadAllText(description).Replace("\"status\": \"finished\"", "\"status\": \"interrupted\"", StringComparison.Ordinal)
        );
        Trial.Succeeds(_trial.ResumeToEnd(run, "--keep-every", "1"));
        Assert.Contains("step-1-epoch-1.safetensors", Names(run));
        Assert.Contains("step-2-epoch-2.safetensors", Names(run));
        Assert.Contains("the checkpoint after every epoch", Succeeds("runs", "show", "last"), StringComparison.Ordinal);

        string[] compared = ["compare", "small.json", "--rules", "bp", "--set", "trainImages=64", "--epochs", "1", "--runs", "grid"];
        Succeeds([.. compared, "--keep-every", "1"]);
        Assert.Contains("step-1-epoch-1.safetensors", Names(_trial.Run("grid")!));

        static string[] Names(string folder) =>
            [.. Directory.GetFiles(Path.Combine(folder, "checkpoints")).Select(f => Path.GetFileName(f))];
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void A_run_that_is_killed_keeps_its_checkpoints_and_ends_as_if_nothing_had_happened()
    {
        var expected = _trial.Uninterrupted("--keep-every", "1");
        var process = _trial.Train("runs", "--keep-every", "1");
        Assert.True(
            Trial.Until(
                process,
                () => _trial.Run("runs") is { } run && File.Exists(Path.Combine(run, "checkpoints", "step-94-epoch-2.safetensors"))
            )
        );
        Trial.Kill(process);
        var killed = _trial.Run("runs")!;

        // Those that make way are lost, too.
        foreach (
            var file in Directory.GetFiles(Path.Combine(killed, "checkpoints")).Where(f => !f.Contains("-epoch-", StringComparison.Ordinal))
        )
        {
            File.Delete(file);
        }

        Trial.Succeeds(_trial.Program.Run("runs", "resume", killed));

        Assert.Equal(Trial.Metrics(expected), Trial.Metrics(killed));
        foreach (var epoch in Enumerable.Range(1, 4))
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"step-{47 * epoch}-epoch-{epoch}.safetensors");
            Assert.Equal(
                Trial.Tensors(Path.Combine(expected, "checkpoints", name)),
                Trial.Tensors(Path.Combine(killed, "checkpoints", name))
            );
        }
    }

    /// <summary>Four photos of each of ten classes, of 32 x 32 pixels.</summary>
    private void Photos()
    {
        for (var i = 0; i < 40; i++)
        {
            using var noise = NetVips.Image.Gaussnoise(32, 32, mean: 128, sigma: 40, seed: i);
            using var photo = (noise + new double[] { i, 0, 60 })
                .Cast(NetVips.Enums.BandFormat.Uchar)
                .Copy(interpretation: NetVips.Enums.Interpretation.Srgb);
            Directory.CreateDirectory(_trial.Program["photos", $"class{i % 10}"]);
            File.WriteAllBytes(_trial.Program["photos", $"class{i % 10}", $"{i}.png"], photo.PngsaveBuffer());
        }
    }

    private string Succeeds(params string[] args)
    {
        var finished = _trial.Program.Run(args);
        Trial.Succeeds(finished);
        return finished.Output;
    }

    private void Answers(string expected, params string[] args)
    {
        var finished = _trial.Program.Run(args);
        Assert.True(finished.ExitCode is 1 or 2, $"{string.Join(' ', args)}: {finished.ExitCode} {finished.Output}");
        Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected", finished.Error, StringComparison.Ordinal);
    }

    private static string Numbers(JsonNode epoch, string part) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"top-1 {100 * (double)epoch[$"{part}Accuracy"]!:F2} %, top-5 {100 * (double)epoch[$"{part}Top5"]!:F2} %, loss {(double)epoch[$"{part}Loss"]!:F4}"
        );

    private static double Top1(string output) => double.Parse(TopOne().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);

    /// <summary>The rows of the two tables: images, then what they are taken for.</summary>
    private static long[][] Rows(string output)
    {
        var counts = Regex.Matches(output, @"(?m)^(\S+)((?: +\d+){10})$");
        return
        [
            .. counts.Select(m =>
                (long[])
                    [
                        long.Parse(
                            Regex.Match(output, $@"(?m)^{m.Groups[1].Value} +(\d+) +\d+\.\d\d ").Groups[1].Value,
                            CultureInfo.InvariantCulture
                        ),
                        .. m.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse),
                    ]
            ),
        ];
    }

    [GeneratedRegex("top-1 ([0-9.]+) %")]
    private static partial Regex TopOne();
}
