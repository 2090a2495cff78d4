using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Experiments;
using GaitProp.Runs;
using GaitProp.Tests.Data;
using GaitProp.Tests.Storage;
using static TorchSharp.torch;

namespace GaitProp.Tests.Runs;

public sealed class RunFolderTests : IDisposable
{
    private static readonly StepMetrics Step = new(1, 7, 2.302585092994046, [0.125, null, 1e-9]);
    private static readonly EpochMetrics Epoch = new(1, 8, 2.25, 0.125, 2.5, 0.1, [1e-16, 0.004]);
    private static readonly EpochTiming Timing = new(1, 8, 0.001, 0.01, 0.002, 0.003);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_back()
    {
        using var run = Create();
        run.Append(Step);
        run.Append(Epoch);
        run.Append(Timing);
        run.Append(Epoch.With(epoch: 2));
        run.Append(Timing with { Epoch = 2, MeanStepSeconds = 0.004 });
        run.End(RunStatus.Failed, "it broke");

        var record = RunRecord.Read(run.Folder);

        Assert.Equal(JsonSerializer.Serialize(Step), JsonSerializer.Serialize(Assert.Single(record.Steps)));
        Assert.Equal(JsonSerializer.Serialize((EpochMetrics[])[Epoch, Epoch.With(epoch: 2)]), JsonSerializer.Serialize(record.Epochs));
        Assert.Equal(0.0025, record.SecondsPerStep!.Value, 1e-15);
        Assert.Equal(("bp", RunStatus.Failed, "it broke"), (record.Rule, record.Description.Status, record.Description.Error));
        Assert.NotNull(record.Description.Ended);
        Assert.Equal(Path.GetFileName(run.Folder), record.Description.Name);
    }

    /// <summary>What only takes room is no reason to lose how a run ended.</summary>
    [Fact]
    public void A_reserve_that_cannot_be_removed_does_not_hide_how_the_run_ended()
    {
        using var run = Create();
        File.Delete(Path.Combine(run.Folder, ".reserve"));
        Directory.CreateDirectory(Path.Combine(run.Folder, ".reserve", "inside"));

        run.End(RunStatus.Failed, "it broke");

        Assert.Equal("it broke", RunRecord.ReadDescription(run.Folder).Error);
    }

    [Fact]
    public void A_run_under_way_can_be_read()
    {
        using var run = Create();
        run.Append(Step);

        var record = RunRecord.Read(run.Folder);

        Assert.Equal(RunStatus.Running, record.Description.Status);
        Assert.Single(record.Steps);
        Assert.Null(record.SecondsPerStep);
    }

    [Fact]
    public void The_mean_leaves_out_the_output_layer_and_angles_that_are_undefined()
    {
        Assert.Equal(3.0, Step.With(angles: [2, 4, 0]).MeanAngle);
        Assert.Equal(4.0, Step.With(angles: [null, 4, 0]).MeanAngle);
        Assert.Null(Step.With(angles: [null, 0]).MeanAngle);
        Assert.Null(Step.With(angles: [0]).MeanAngle);
        Assert.Null(Step.With(angles: []).MeanAngle);
    }

    [Fact]
    public void Runs_that_begin_in_the_same_second_get_folders_of_their_own()
    {
        var runs = Enumerable.Range(0, 20).AsParallel().WithDegreeOfParallelism(8).Select(_ => Create()).ToArray();
        try
        {
            Assert.Equal(20, runs.Select(r => r.Folder).Distinct().Count());
            Assert.All(runs, r => Assert.Equal(Path.GetFileName(r.Folder), RunRecord.Read(r.Folder).Description.Name));
            Assert.Equal(20, Directory.GetFileSystemEntries(_folder["experiment"]).Length);
        }
        finally
        {
            Array.ForEach(runs, r => r.Dispose());
        }
    }

    [Fact]
    public void What_a_process_left_that_was_killed_before_its_run_had_a_name_is_removed_once_it_is_old()
    {
        File.WriteAllText(Path.Combine(_folder.Make("experiment", ".new-young"), "run.lock"), "");
        File.WriteAllText(Path.Combine(_folder.Make("experiment", ".new-old"), "run.lock"), "");
        Directory.SetLastWriteTimeUtc(_folder["experiment", ".new-old"], DateTime.UtcNow.AddHours(-2));

        using var run = Create();

        Assert.Equal(
            [".new-young", Path.GetFileName(run.Folder)],
            Directory.GetDirectories(_folder["experiment"]).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("metrics.jsonl", """{"kind": "step", "ep""")]
    [InlineData("timing.jsonl", "[]")]
    [InlineData("metrics.jsonl", """{"kind": "step", "epoch": "one"}""")]
    [InlineData("timing.jsonl", """{"kind": "epoch", "epoch": []}""")]
    public void A_damaged_line_is_named_by_file_and_number(string file, string line)
    {
        using (var run = Create())
        {
            run.Append(Step);
            run.Append(Timing);
        }

        var folder = Assert.Single(Directory.GetDirectories(_folder["experiment"]));
        File.AppendAllText(Path.Combine(folder, file), line + "\n");

        var e = Assert.Throws<GaitPropException>(() => RunRecord.Read(folder));
        Assert.StartsWith($"{Path.Combine(folder, file)} is damaged at line 2", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics.jsonl", "null", "it is not an object.")]
    [InlineData("metrics.jsonl", "{}", "it does not say its kind.")]
    [InlineData("metrics.jsonl", """{"kind":"stop","epoch":1}""", "its kind is 'stop', neither step nor epoch.")]
    [InlineData("metrics.jsonl", """{"kind":"step","epoch":1,"step":1,"loss":1}""", "it has no angles.")]
    [InlineData("metrics.jsonl", """{"kind":"step","epoch":1,"step":1,"loss":1,"angles":3}""", "it has no angles.")]
    [InlineData("metrics.jsonl", """{"kind":"step","epoch":1,"step":1,"loss":null,"angles":[]}""", "it has no loss.")]
    [InlineData(
        "metrics.jsonl",
        """{"kind":"step","epoch":1,"step":1.5,"loss":1,"angles":[]}""",
        "a value is not the number that it should be."
    )]
    [InlineData("metrics.jsonl", """{"kind":"epoch","epoch":1,"step":2}""", "it has no trainLoss.")]
    [InlineData(
        "metrics.jsonl",
        """{"kind":"epoch","step":2,"trainLoss":1,"trainAccuracy":1,"testLoss":1,"testAccuracy":1,"defects":[]}""",
        "it has no epoch."
    )]
    [InlineData(
        "metrics.jsonl",
        """{"kind":"epoch","epoch":1,"step":2,"trainLoss":1,"trainAccuracy":1,"testLoss":1,"testAccuracy":1}""",
        "it has no defects."
    )]
    [InlineData(
        "metrics.jsonl",
        """{"kind":"epoch","epoch":1,"step":2,"trainLoss":1,"trainAccuracy":1,"testLoss":1,"testAccuracy":1,"defects":[null]}""",
        "a defect is null."
    )]
    [InlineData("timing.jsonl", "{}", "it has no epoch.")]
    [InlineData("timing.jsonl", """{"kind":"epoch","epoch":1,"steps":2}""", "it has no meanStepSeconds.")]
    public void A_line_without_what_it_must_have_is_damage(string file, string line, string expected)
    {
        var folder = SampleRuns.Write(_folder["experiment"], "bp-s1", "finished", 0, SampleRuns.Epoch0, SampleRuns.Step0);
        File.WriteAllText(Path.Combine(folder, "timing.jsonl"), SampleRuns.Timing1 + "\n" + SampleRuns.Timing1 + "\n");
        File.AppendAllText(Path.Combine(folder, file), line + "\n");

        Assert.Equal(
            $"{Path.Combine(folder, file)} is damaged at line 3: {expected}",
            Assert.Throws<GaitPropException>(() => MetricFile.Metrics(folder).Concat(MetricFile.Timings(folder)).ToArray()).Message
        );
        if (file == "metrics.jsonl")
        {
            var summary = Assert.Single(new RunStore(_folder.Path).List());
            Assert.Equal(($"metrics.jsonl is damaged: {expected.TrimEnd('.')}", 0), (summary.Problem, summary.EpochsDone));
        }
    }

    [Fact]
    public void Lines_of_older_versions_are_read()
    {
        var folder = SampleRuns.Write(
            _folder["experiment"],
            "bp-s1",
            "finished",
            0,
            SampleRuns.Epoch0,
            SampleRuns.Step0,
            SampleRuns.Epoch1
        );
        File.WriteAllText(Path.Combine(folder, "timing.jsonl"), SampleRuns.Timing1 + "\n");

        Assert.Equal(
            [(null, null), (null, 0.875)],
            MetricFile.Metrics(folder).Where(l => l.Kind == "epoch").Select(l => (l.ToEpoch().TrainTop5, l.ToEpoch().TestTop5))
        );
        Assert.Equal(new EpochTiming(1, 2, 0.001, 0.25, 0.125, 0.0625), Assert.Single(MetricFile.Timings(folder)).ToTiming());
    }

    [Fact]
    public void A_folder_without_a_run_and_a_damaged_description_are_named()
    {
        Assert.Equal(
            $"{_folder.Path} holds no run: there is no run.json.",
            Assert.Throws<GaitPropException>(() => RunRecord.Read(_folder.Path)).Message
        );

        File.WriteAllText(_folder["run.json"], "{");
        Assert.StartsWith(
            $"{_folder["run.json"]} is damaged",
            Assert.Throws<GaitPropException>(() => RunRecord.Read(_folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("abc", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg", false)]
    [InlineData("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", true)]
    [InlineData(null, true)]
    public void A_code_that_is_no_hash_is_damage(string? code, bool isHash)
    {
        using var run = Create();
        var file = Path.Combine(run.Folder, "run.json");
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        json["code"] = code;
        File.WriteAllText(file, json.ToJsonString());

        if (isHash)
        {
            Assert.Equal(code, RunRecord.ReadDescription(run.Folder).Code);
            return;
        }

        Assert.Equal(
            $"{file} is damaged: code is not 64 hexadecimal digits; put back a copy of it, or delete the run.",
            Assert.Throws<GaitPropException>(() => RunRecord.ReadDescription(run.Folder)).Message
        );
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_one_line_and_nothing_is_left()
    {
        File.WriteAllText(_folder["file"], "");

        var e = Assert.Throws<GaitPropException>(() => RunWriter.Create(_folder["file"], Experiment, Describe));

        Assert.StartsWith($"cannot write {_folder["file", "experiment"]}", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', e.Message);
        Assert.Equal([_folder["file"]], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void On_a_full_disk_lines_are_whole_and_the_earlier_description_stands()
    {
        using var disk = TinyDisk.Mount(_folder.Make("disk"), kilobytes: 64);
        using var run = RunWriter.Create(disk.Path, Experiment, Describe);
        var lines = 0;

        var e = Assert.Throws<GaitPropException>(() =>
        {
            for (; lines < 100_000; lines++)
            {
                run.Append(Step);
            }
        });

        Assert.Equal(
            $"cannot write {Path.Combine(run.Folder, "metrics.jsonl")}: the disk is full; free some space or choose another folder.",
            e.Message
        );
        Assert.Throws<GaitPropException>(() => run.End(RunStatus.Failed, new string('x', 50_000)));
        var record = RunRecord.Read(run.Folder);
        Assert.Equal(lines, record.Steps.Count);
        Assert.Equal(RunStatus.Running, record.Description.Status);
        Assert.Equal(
            ["metrics.jsonl", "run.json", "run.lock", "timing.jsonl"],
            Directory.GetFiles(run.Folder, "*", All).Select(Path.GetFileName).Order()
        );
    }

    [Fact]
    public void A_full_disk_still_takes_how_the_run_ended()
    {
        using var disk = TinyDisk.Mount(_folder.Make("disk"), kilobytes: 64);
        using var run = RunWriter.Create(disk.Path, Experiment, Describe);
        var e = Assert.Throws<GaitPropException>(() =>
        {
            for (var line = 0; line < 100_000; line++)
            {
                run.Append(Step);
            }
        });

        run.End(RunStatus.Failed, e.Message);

        var description = RunRecord.Read(run.Folder).Description;
        Assert.Equal((RunStatus.Failed, e.Message), (description.Status, description.Error));
    }

    private static EnumerationOptions All => new() { AttributesToSkip = 0 };

    private static Experiment Experiment { get; } = Presets.Experiment("cifar-shallow", "bp", "fast") with { Name = "experiment" };

    private RunWriter Create() => RunWriter.Create(_folder.Path, Experiment, Describe);

    private static RunDescription Describe(string name, DateTimeOffset started) =>
        new()
        {
            Name = name,
            Started = started,
            Experiment = ExperimentJson.ToJson(Experiment),
            Data = new RunData("set", "nowhere", true, null, 1, 1),
            Layers = [],
            Environment = RunEnvironment.Here(CPU),
        };
}
