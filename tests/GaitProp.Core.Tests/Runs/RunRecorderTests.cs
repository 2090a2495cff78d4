using GaitProp.Experiments;
using GaitProp.Results;
using GaitProp.Runs;
using GaitProp.Tests.Data;

namespace GaitProp.Tests.Runs;

public sealed class RunRecorderTests(RunRecorderTests.OneRun trained) : IClassFixture<RunRecorderTests.OneRun>, IDisposable
{
    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_recorded_run_is_a_run_without_checkpoints_times_and_places()
    {
        var run = Trained();
        var folder = Assert.Single(RunRecorder.Record([Summary(run)], _scratch["recorded"]));
        var recorded = RunRecord.Read(folder);

        Assert.Equal(
            ["metrics.jsonl", "run.json"],
            Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order()
        );
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(run.Folder, "metrics.jsonl")),
            File.ReadAllBytes(Path.Combine(folder, "metrics.jsonl"))
        );
        Assert.Equal(run.Description.Identity, recorded.Description.Identity);
        Assert.Null(recorded.SecondsPerStep);
        Assert.All(
            [_scratch.Path, trained.Folder],
            place => Assert.DoesNotContain(place, File.ReadAllText(Path.Combine(folder, "run.json")), StringComparison.Ordinal)
        );
        Assert.False(recorded.Description.CanResume);
        Assert.Equal(RunState.Finished, Assert.Single(new RunStore(_scratch["recorded"]).List()).State);
    }

    [Fact]
    public void Recording_again_replaces_and_the_index_lists_every_run_with_its_command()
    {
        var run = Trained();
        _ = RunRecorder.Record([Summary(run)], _scratch["recorded"]);
        _ = RunRecorder.Record([Summary(run)], _scratch["recorded"], timing: true);

        var line = Assert.Single(
            File.ReadAllLines(_scratch["recorded", "README.md"]),
            l => l.Contains(run.Description.Name, StringComparison.Ordinal)
        );
        Assert.Contains("1 of 1", line, StringComparison.Ordinal);
        Assert.Contains("`gaitprop train synthetic-shallow --rule ngait --preset fast --epochs 1 --seed 7", line, StringComparison.Ordinal);
        Assert.NotNull(RunRecord.Read(Assert.Single(new RunStore(_scratch["recorded"]).List()).Folder).SecondsPerStep);
    }

    /// <summary>A run that was recorded without its times has none to record: nothing is left behind.</summary>
    [Fact]
    public void Times_that_are_not_there_are_asked_for_in_vain_and_nothing_is_written()
    {
        var run = Trained();
        _ = RunRecorder.Record([Summary(run)], _scratch["recorded"]);
        var without = Assert.Single(new RunStore(_scratch["recorded"]).List());

        Assert.EndsWith(
            "cannot be recorded with its times: it has none, as a run that was recorded without; leave out --timing.",
            Assert.Throws<GaitPropException>(() => RunRecorder.Record([Summary(run), without], _scratch["again"], timing: true)).Message,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_scratch["again"]));
    }

    [Fact]
    public void A_run_is_not_recorded_over_itself_and_weights_of_an_earlier_state_do_not_stay()
    {
        var run = Trained();
        var summary = Summary(run);
        var store = Path.GetDirectoryName(Path.GetDirectoryName(summary.Folder))!;
        Assert.EndsWith(
            "cannot be recorded where it is: name another folder with --to.",
            Assert.Throws<GaitPropException>(() => RunRecorder.Record([summary], store)).Message,
            StringComparison.Ordinal
        );
        Assert.Null(RunRecord.ReadDescription(run.Folder).Recorded);

        var folder = Assert.Single(RunRecorder.Record([summary], _scratch["recorded"], timing: true));
        var weights = Path.Combine(folder, "weights.safetensors");
        File.WriteAllText(weights, "kept");
        _ = RunRecorder.Record([summary], _scratch["recorded"]);
        Assert.True(File.Exists(weights));
        Assert.Contains("its weights are damaged |", File.ReadAllText(_scratch["recorded", "README.md"]), StringComparison.Ordinal);

        // The run went on since.
        var metrics = Path.Combine(run.Folder, "metrics.jsonl");
        File.AppendAllText(metrics, File.ReadAllLines(metrics)[^1] + "\n");
        _ = RunRecorder.Record([summary], _scratch["recorded"]);
        Assert.False(File.Exists(weights));
        Assert.False(File.Exists(Path.Combine(folder, "timing.jsonl")));
    }

    /// <summary>Names are of rule, seed and second: those of two stores may be alike.</summary>
    [Fact]
    public void Another_run_of_the_same_name_is_not_replaced()
    {
        var summary = Summary(Trained());
        _ = RunRecorder.Record([summary], _scratch["recorded"]);
        var twin = _scratch["others", summary.Experiment, summary.Name];
        Directory.CreateDirectory(twin);
        var description = RunRecord.ReadDescription(summary.Folder);
        Describe(twin, description with { Started = description.Started.AddMilliseconds(3) }, RunStatus.Finished);
        File.Copy(Path.Combine(summary.Folder, "metrics.jsonl"), Path.Combine(twin, "metrics.jsonl"));
        var other = Assert.Single(new RunStore(_scratch["others"]).List());

        Assert.Contains(
            "holds another run of that name, begun ",
            Assert.Throws<GaitPropException>(() => RunRecorder.Record([other], _scratch["recorded"])).Message,
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            ", both: record one of them into another folder, with --to.",
            Assert.Throws<GaitPropException>(() => RunRecorder.Record([summary, other], _scratch["new"])).Message,
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_scratch["new"]));
        Assert.Equal(summary.Started, Assert.Single(new RunStore(_scratch["recorded"]).List()).Started);
    }

    [Fact]
    public void A_README_of_somebody_is_not_replaced()
    {
        var mine = _scratch["project", "README.md"];
        Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
        File.WriteAllText(mine, "# My project\n");

        var error = Assert.Throws<GaitPropException>(() => RunRecorder.Record([Summary(Trained())], _scratch["project"]));

        Assert.StartsWith($"{mine} is no list of recorded runs", error.Message, StringComparison.Ordinal);
        Assert.Equal([mine], Directory.GetFileSystemEntries(_scratch["project"]));
        Assert.Equal("# My project\n", File.ReadAllText(mine));
    }

    [Fact]
    public void A_run_on_the_set_that_stands_in_has_a_command_that_asks_for_it()
    {
        var run = Trained();
        var experiment = ExperimentDocument.Open("cifar-shallow").Resolve("bp", new ExperimentChoices());
        var description = run.Description with
        {
            Experiment = ExperimentJson.ToJson(experiment),
            Data = run.Description.Data with { Embedded = true, StandsInFor = "CIFAR-10" },
        };

        Assert.Contains(" --data embedded", RunCommandLine.Of(description), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "--data",
            RunCommandLine.Of(description with { Data = description.Data with { Embedded = false, StandsInFor = null } }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_command_that_was_recorded_as_no_shell_takes_it_is_worked_out_anew()
    {
        var run = Trained();
        var experiment = ExperimentDocument
            .Open("cifar-shallow")
            .Resolve("ngait", new ExperimentChoices { Set = ["ruleOptions.inverse=within(0.0014)"] });
        var before = new RunRecording(new DateTimeOffset(2026, 11, 25, 20, 0, 0, TimeSpan.Zero), "gaitprop train x --set a=within(0.0014)");
        Describe(run.Folder, run.Description with { Experiment = ExperimentJson.ToJson(experiment), Recorded = before });

        var recorded = RunRecord.Read(Assert.Single(RunRecorder.Record([Summary(run)], _scratch["recorded"]))).Description.Recorded!;

        Assert.Equal(before.Time, recorded.Time);
        Assert.Contains("ruleOptions.inverse=within(0.0014)", ShellWords.Of(recorded.Command!));
        Assert.Contains($"`{recorded.Command}`", File.ReadAllText(_scratch["recorded", "README.md"]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_is_under_way_is_recorded_to_its_last_whole_line_and_says_so()
    {
        var folder = SampleRuns.Write(
            _scratch["runs", "cifar-shallow"],
            "bp-s1-20261123-170000",
            "running",
            0,
            SampleRuns.Epoch0,
            SampleRuns.Step0,
            SampleRuns.Epoch1
        );
        Describe(folder, Trained().Description);
        File.AppendAllText(Path.Combine(folder, "metrics.jsonl"), "{\"kind\":\"step\",\"ep");

        var recorded = RunRecord.Read(
            Assert.Single(RunRecorder.Record([new RunStore(_scratch["runs"]).Find("bp-s1")], _scratch["recorded"]))
        );

        Assert.Equal(RunStatus.Interrupted, recorded.Description.Status);
        Assert.Contains("after 1 of", recorded.Description.Error, StringComparison.Ordinal);
        Assert.Equal(2, recorded.Epochs.Count);
        Assert.EndsWith("}\n", File.ReadAllText(Path.Combine(recorded.Folder, "metrics.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_was_interrupted_says_how_far_it_was_and_says_the_same_when_it_is_recorded_again()
    {
        var folder = SampleRuns.Write(
            _scratch["runs", "cifar-shallow"],
            "bp-s1-20261123-170000",
            "interrupted",
            0,
            SampleRuns.Epoch0,
            SampleRuns.Epoch1
        );
        Describe(folder, Trained().Description, RunStatus.Interrupted);

        var first = RunRecorder.Record([new RunStore(_scratch["runs"]).Find("bp-s1")], _scratch["recorded"]);
        var second = RunRecorder.Record(new RunStore(_scratch["recorded"]).List(), _scratch["again"]);

        Assert.Equal(RunStatus.Interrupted, RunRecord.Read(first[0]).Description.Status);
        Assert.Equal("recorded after 1 of 1 epochs, where it was interrupted.", RunRecord.Read(first[0]).Description.Error);
        Assert.Equal("recorded after 1 of 1 epochs, where it was interrupted.", RunRecord.Read(second[0]).Description.Error);
    }

    [Fact]
    public void A_run_whose_process_died_is_not_said_to_be_under_way()
    {
        var folder = SampleRuns.Write(
            _scratch["runs", "cifar-shallow"],
            "bp-s1-20261123-170000",
            "running",
            0,
            SampleRuns.Epoch0,
            SampleRuns.Epoch1
        );
        Describe(folder, Trained().Description, RunStatus.Running);

        var recorded = RunRecorder.Record([new RunStore(_scratch["runs"]).Find("bp-s1")], _scratch["recorded"]);

        Assert.Equal(
            "recorded after 1 of 1 epochs, where its process ended without a word.",
            RunRecord.Read(recorded[0]).Description.Error
        );
    }

    [Theory]
    [InlineData("4e-5", "4.0e-5°")]
    [InlineData("0.25", "0.250°")]
    [InlineData("88.125", "88.13°")]
    public void The_index_keeps_the_digits_of_small_angles(string angle, string written)
    {
        var folder = SampleRuns.Write(
            _scratch["runs", "cifar-shallow"],
            "ngait-s1-20261123-170000",
            "finished",
            0,
            SampleRuns.Epoch0,
            SampleRuns.Step0.Replace("0.25", angle, StringComparison.Ordinal),
            SampleRuns.Epoch1
        );
        Describe(folder, Trained().Description);

        _ = RunRecorder.Record([new RunStore(_scratch["runs"]).Find("ngait-s1")], _scratch["recorded"]);

        Assert.Contains($" | {written} | ", File.ReadAllText(_scratch["recorded", "README.md"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("imagenet", true)]
    [InlineData("cifar-shallow", false)]
    public void Where_the_photos_are_has_to_be_said(string name, bool said)
    {
        var command = RunCommandLine.Of(
            Trained().Description with
            {
                Experiment = ExperimentJson.ToJson(ExperimentDocument.Open(name).Resolve("ngait")),
            }
        )!;

        Assert.Equal(said, command.Contains(" --data DIR", StringComparison.Ordinal));
        Assert.DoesNotContain("--set", command, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_makes_the_same_experiment()
    {
        var choices = new ExperimentChoices
        {
            Preset = "paper",
            Epochs = 3,
            Seed = 5,
            Set = ["orthogonality.kind=retraction", "optimizer.lr=1e-4"],
        };
        var experiment = ExperimentDocument.Open("cifar-shallow").Resolve("bp", choices);

        var command = RunCommandLine.Of(Trained().Description with { Experiment = ExperimentJson.ToJson(experiment) })!;

        Assert.StartsWith("gaitprop train cifar-shallow ", command, StringComparison.Ordinal);
        Assert.Equal(2, command.Split(" --set ").Length - 1);
        Assert.Equal(experiment, MadeBy(command));
    }

    /// <summary>A run leaves out what is at its default, also where its experiment has another value.</summary>
    [Fact]
    public void The_command_sets_what_is_at_its_default_where_the_experiment_has_another_value()
    {
        var description = Trained().Description;
        string[] defaults = ["loss=crossEntropy", "mirror=false", "shift=0", "shuffleBuffer=null", "optimizer.kind=adam"];
        foreach (var name in ExperimentDocument.BuiltIn)
        {
            var document = ExperimentDocument.Open(name);
            foreach (var rule in document.Rules.Where(r => !r.Contains('+', StringComparison.Ordinal)))
            {
                var experiment = document.Resolve(rule, new ExperimentChoices { Preset = "fast", Set = defaults });

                var command = RunCommandLine.Of(description with { Experiment = ExperimentJson.ToJson(experiment) })!;

                Assert.Equal(experiment, MadeBy(command));
            }
        }
    }

    /// <summary>What a notebook registers is not known to the command that records.</summary>
    [Fact]
    public void The_command_names_data_that_are_not_known_here()
    {
        var description = Trained().Description;
        var settings = ExperimentJson.ToJson(
            ExperimentDocument.Open("cifar-shallow").Resolve("bp", new ExperimentChoices { Preset = "fast" })
        );
        settings["data"] = "my-stripes";

        Assert.Contains(" --set data=my-stripes", RunCommandLine.Of(description with { Experiment = settings })!, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_can_be_pasted_into_a_shell() =>
        Assert.Contains(
            " --set \"network=dense 12, dense 10\" --set \"ruleOptions.inverse=within(0.5)\" --set batchSize=32 ",
            RunCommandLine.Of(
                Trained().Description with
                {
                    Experiment = ExperimentJson.ToJson(
                        ExperimentDocument
                            .Open("cifar-shallow")
                            .Resolve(
                                "ngait",
                                new ExperimentChoices
                                {
                                    Set = ["network=dense 12,dense 10", "ruleOptions.inverse=within(0.5)", "batchSize=32"],
                                }
                            )
                    ),
                }
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_run_from_before_there_were_ranks_retracted_all_directions()
    {
        var old = ExperimentJson.ToJson(
            ExperimentDocument
                .Open("cifar-shallow")
                .Resolve("ngait", new ExperimentChoices { Preset = "fast", Set = ["orthogonality.every=4"] })
        );
        old["orthogonality"]!.AsObject().Remove("rank");
        var free = ExperimentJson.ToJson(
            ExperimentDocument.Open("cifar-shallow").Resolve("bp", new ExperimentChoices { Set = ["orthogonality.every=4"] })
        );

        Assert.Contains(
            " --set orthogonality.rank=0 --set orthogonality.every=4",
            RunCommandLine.Of(Trained().Description with { Experiment = old }),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("--set", RunCommandLine.Of(Trained().Description with { Experiment = free }), StringComparison.Ordinal);
    }

    [Fact]
    public void An_experiment_of_ones_own_has_no_such_command()
    {
        var own = ExperimentJson.ToJson(ExperimentDocument.Open("cifar-shallow").Resolve("bp", new ExperimentChoices()));
        own["name"] = "mine";

        Assert.Null(RunCommandLine.Of(Trained().Description with { Experiment = own }));
    }

    [Fact]
    public void A_run_of_a_rule_that_only_a_notebook_knows_is_recorded_without_a_command()
    {
        var run = Trained();
        run.Description.Experiment["rule"] = "mine";
        Describe(run.Folder, run.Description, RunStatus.Finished);

        var recorded = RunRecord.Read(Assert.Single(RunRecorder.Record([Summary(run)], _scratch["recorded"])));

        Assert.Null(recorded.Description.Recorded!.Command);
        Assert.Contains("a rule that is not built in", File.ReadAllText(_scratch["recorded", "README.md"]), StringComparison.Ordinal);
    }

    /// <summary>A run says on which preset its own is built, and of an object its fields; a sweep knows what was set.</summary>
    [Fact]
    public void A_run_of_a_sweep_is_asked_for_what_was_swept()
    {
        var run = Trained();
        RunFields[] of =
        [
            RunFields.Read(Summary(run), ["preset=smoke", "orthogonality={\"kind\":\"none\"}", "optimizer.lr=0.5"]),
            RunFields.Read(Summary(run), ["preset=quick", "orthogonality={\"kind\":\"retraction\"}", "optimizer.lr=0.5"]),
        ];

        var query = RunQuery.Ask(null, ["preset", "orthogonality"], ["testAccuracy.last"], of);

        Assert.Equal(
            ["quick, {\"kind\":\"retraction\"}", "smoke, {\"kind\":\"none\"}"],
            query.Groups.Select(g => string.Join(", ", g.Values))
        );
        Assert.NotEqual("0.5", RunFields.Shown(RunFields.Find("optimizer.lr", of)(of[0])));
    }

    /// <summary>The run, in a folder of this test: some tests change it.</summary>
    private RunRecord Trained() => RunRecord.Read(_scratch.Copy(trained.Folder, "trained", "synthetic-shallow", trained.Name));

    /// <summary>What a command of one-word settings trains.</summary>
    private static Experiment MadeBy(string command)
    {
        var words = command.Split(' ');
        return ExperimentDocument
            .Open(words[2])
            .Resolve(
                After("--rule"),
                new ExperimentChoices
                {
                    Preset = After("--preset"),
                    Epochs = int.Parse(After("--epochs")),
                    Seed = int.Parse(After("--seed")),
                    Set = [.. words.Index().Where(w => w.Item == "--set").Select(w => words[w.Index + 1])],
                }
            );

        string After(string option) => words[Array.IndexOf(words, option) + 1];
    }

    private RunSummary Summary(RunRecord run) => new RunStore(_scratch["trained"]).Find(run.Folder);

    private static void Describe(string folder, RunDescription like, RunStatus status = RunStatus.Running) =>
        File.WriteAllText(
            Path.Combine(folder, "run.json"),
            System.Text.Json.JsonSerializer.Serialize(
                like with
                {
                    Name = Path.GetFileName(folder),
                    Status = status,
                    Ended = null,
                },
                ExperimentJson.Options
            )
        );

    /// <summary>A run of a small network: trained once, and left as it is.</summary>
    public sealed class OneRun : IDisposable
    {
        private readonly ScratchFolder _folder = new();

        public OneRun()
        {
            var experiment = ExperimentDocument
                .Open("synthetic-shallow")
                .Resolve(
                    "ngait",
                    new ExperimentChoices
                    {
                        Preset = "fast",
                        Epochs = 1,
                        Seed = 7,
                        Set = ["batchSize=32", "network=dense 12, dense 10", "trainImages=64", "testImages=32"],
                    }
                );
            using var trainer = new Trainer(experiment, SyntheticImages.Default);
            Folder = trainer.Run(_folder.Path).Folder;
        }

        internal string Folder { get; }

        internal string Name => Path.GetFileName(Folder);

        public void Dispose() => _folder.Dispose();
    }
}
