using System.Diagnostics;
using GaitProp.Runs;
using GaitProp.Tests.Data;
using static GaitProp.Tests.Runs.SampleRuns;

namespace GaitProp.Tests.Runs;

[Collection(Alone.Name)]
public sealed class RunStoreTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly string _shallow;
    private readonly string _deep;
    private readonly RunStore _store;

    public RunStoreTests()
    {
        _shallow = _scratch["runs", "shallow"];
        _deep = _scratch["runs", "deep"];
        _store = new RunStore(_scratch["runs"]);
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_summary_tells_the_run_and_its_last_measurements()
    {
        var folder = Write(_shallow, "ngait-s5-x", "finished", 7, Epoch0, Step0, Epoch1);

        var run = Assert.Single(_store.List());

        Assert.Equal((folder, "ngait-s5-x", "shallow", "shallow/ngait-s5-x"), (run.Folder, run.Name, run.Experiment, run.QualifiedName));
        Assert.Equal(("ngait", "fast", 5, "0123abcd"), (run.Rule, run.Preset, run.Seed, run.Identity));
        Assert.Equal((RunState.Finished, false, null, null), (run.State, run.IsAlive, run.Problem, run.Error));
        Assert.Equal(DateTimeOffset.Parse("2026-11-23T17:07:00.5+01:00", null), run.Started);
        Assert.Equal(DateTimeOffset.Parse("2026-11-23T18:30:00+01:00", null), run.Ended);
        Assert.Equal((1, 3), (run.EpochsDone, run.Epochs));
        Assert.Equal((0.5, 0.375, 0.25), (run.TrainAccuracy, run.TestAccuracy, run.MeanAngle));
        Assert.Equal(Directory.GetFiles(folder).Sum(f => new FileInfo(f).Length), run.Size());
    }

    [Theory]
    [InlineData("finished", RunState.Finished, null)]
    [InlineData("interrupted", RunState.Interrupted, null)]
    [InlineData("failed", RunState.Failed, "it broke")]
    [InlineData("diverged", RunState.Diverged, "it broke")]
    public void A_run_that_ended_says_how(string status, RunState state, string? error)
    {
        Write(_shallow, "bp-s1", status);

        var run = Assert.Single(_store.List());

        Assert.Equal((state, error), (run.State, run.Error));
    }

    [Fact]
    public void A_run_under_way_is_running_while_its_process_lives_and_stopped_after()
    {
        using var process = RunProcess.Holding(Write(_shallow, "bp-s1", "running", 0, Epoch0));
        Assert.Equal((RunState.Running, true), (Assert.Single(_store.List()).State, _store.Find("last").IsAlive));

        process.Kill();

        Assert.Equal((RunState.Stopped, false), (Assert.Single(_store.List()).State, _store.Find("last").IsAlive));
    }

    [Fact]
    public void A_run_that_has_measured_nothing_has_no_problem()
    {
        Write(_shallow, "bp-s1", "running");
        File.Delete(Path.Combine(Write(_shallow, "bp-s2", "running"), "metrics.jsonl"));

        Assert.All(_store.List(), r => Assert.Equal((null, 0, null, null), (r.Problem, r.EpochsDone, r.TestAccuracy, r.MeanAngle)));
    }

    [Fact]
    public void An_unfinished_last_line_does_not_count()
    {
        var folder = Write(_shallow, "bp-s1", "running", 0, Epoch0, Step0);
        File.AppendAllText(Path.Combine(folder, "metrics.jsonl"), Epoch1[..^3]);

        var run = Assert.Single(_store.List());

        Assert.Equal((null, 0, 0.125, 0.25), (run.Problem, run.EpochsDone, run.TestAccuracy, run.MeanAngle));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(13)]
    [InlineData(100)]
    [InlineData(3000)]
    public void The_last_epoch_is_found_however_many_steps_follow_it(int steps)
    {
        Write(_shallow, "bp-s1", "running", 0, [Epoch0, Epoch1, .. Enumerable.Repeat(Step0, steps - 1), Step1]);
        Write(_shallow, "bp-s2", "running", 0, [Epoch0, Step0, .. Enumerable.Repeat(Epoch1, steps)]);

        Assert.Equal([(1, 0.375, null), (1, 0.375, 0.25)], _store.List().Select(r => (r.EpochsDone, r.TestAccuracy!.Value, r.MeanAngle)));
    }

    [Fact]
    public void Damaged_runs_are_listed_with_what_is_wrong()
    {
        Directory.CreateDirectory(Path.Combine(_shallow, "a-half-made"));
        File.WriteAllText(Path.Combine(Write(_shallow, "bp-s1"), "run.json"), "{ \"name\"");
        File.WriteAllText(Path.Combine(Write(_shallow, "bp-s2"), "run.json"), "[]");
        File.WriteAllText(Path.Combine(Write(_shallow, "bp-s3"), "run.json"), """{"started": "2026-11-23T17:00:00Z", "status": "odd"}""");
        File.WriteAllText(Path.Combine(Write(_shallow, "bp-s4"), "run.json"), """{"started": 3}""");
        Write(_shallow, "bp-s5", "finished", 0, Epoch0, "{]");
        Write(_shallow, "bp-s6", "finished", 0, Epoch0, """{"kind":"epoch","epoch":"one"}""", """{"kind":"step","epoch":1.5}""");
        File.Delete(Path.Combine(Write(_shallow, "bp-s7"), "metrics.jsonl"));
        Write(_shallow, "bp-s8", "finished", 0, Epoch0);
        Directory.CreateDirectory(Path.Combine(Write(_shallow, "bp-s9"), "run.json.d"));
        File.Delete(Path.Combine(_shallow, "bp-s9", "run.json"));
        Directory.Move(Path.Combine(_shallow, "bp-s9", "run.json.d"), Path.Combine(_shallow, "bp-s9", "run.json"));

        var runs = _store.List().ToDictionary(r => r.Name);

        Assert.Equal(10, runs.Count);
        Assert.Equal("there is no run.json", runs["a-half-made"].Problem);
        Assert.StartsWith("run.json is damaged: ", runs["bp-s1"].Problem, StringComparison.Ordinal);
        Assert.Equal("run.json is damaged: it is not an object", runs["bp-s2"].Problem);
        Assert.Equal("run.json is damaged: it gives the status 'odd', which is not known", runs["bp-s3"].Problem);
        Assert.StartsWith("run.json is damaged: ", runs["bp-s4"].Problem, StringComparison.Ordinal);
        Assert.StartsWith("metrics.jsonl is damaged: ", runs["bp-s5"].Problem, StringComparison.Ordinal);
        Assert.StartsWith("metrics.jsonl is damaged: ", runs["bp-s6"].Problem, StringComparison.Ordinal);
        Assert.Equal("there is no metrics.jsonl", runs["bp-s7"].Problem);
        Assert.Null(runs["bp-s8"].Problem);
        Assert.StartsWith("run.json cannot be read: ", runs["bp-s9"].Problem, StringComparison.Ordinal);
        Assert.All(runs.Values, r => Assert.DoesNotContain('\n', r.Problem ?? ""));
        Assert.All(
            runs.Values.Where(r => r.Name is "a-half-made" or "bp-s1" or "bp-s2" or "bp-s3" or "bp-s4"),
            r => Assert.Equal(RunState.Damaged, r.State)
        );
        Assert.Equal((RunState.Finished, "bp"), (runs["bp-s5"].State, runs["bp-s5"].Rule));
    }

    [Fact]
    public void Folders_with_a_dot_and_files_are_no_runs()
    {
        Write(_shallow, "bp-s1");
        Write(_shallow, ".bp-s2");
        Write(_scratch["runs", ".cells"], "bp-s3");
        File.WriteAllText(Path.Combine(_shallow, "notes.txt"), "");
        File.WriteAllText(_scratch["runs", "notes.txt"], "");

        Assert.Equal("bp-s1", Assert.Single(_store.List()).Name);
    }

    [Fact]
    public void A_run_that_stands_where_experiments_do_is_one_run()
    {
        Directory.CreateDirectory(Path.Combine(Write(_scratch["runs"], "bp-s1"), "checkpoints"));

        Assert.Equal(("bp-s1", null), (Assert.Single(_store.List()).Name, _store.Find("bp").Problem));
    }

    [Fact]
    public void Runs_are_listed_by_start_and_filtered()
    {
        Write(_shallow, "bp-s1", "failed", 3);
        Write(_deep, "ngait-s1", "finished", 2);
        Write(_deep, "bp-s1", "finished", 4);
        Write(_shallow, "ngait-s1", "finished", 1);

        Assert.Equal(["shallow/ngait-s1", "deep/ngait-s1", "shallow/bp-s1", "deep/bp-s1"], Names());
        Assert.Equal(["deep/ngait-s1", "deep/bp-s1"], Names(new(Experiment: "Deep")));
        Assert.Equal(["shallow/bp-s1", "deep/bp-s1"], Names(new(Rule: "bp")));
        Assert.Equal(["shallow/bp-s1"], Names(new(State: RunState.Failed)));
        Assert.Equal(["deep/bp-s1"], Names(new("deep", "bp", RunState.Finished)));

        IEnumerable<string> Names(RunFilter? filter = null) => _store.List(filter).Select(r => r.QualifiedName);
    }

    [Fact]
    public void A_run_is_found_by_folder_name_beginning_or_last()
    {
        var first = Write(_shallow, "bp-s1-a", "finished", 1);
        var latest = Write(_shallow, "bp-s1", "finished", 9);
        var other = Write(_deep, "gait-s1", "finished", 5);

        Assert.Equal(first, _store.Find(first).Folder);
        Assert.Equal(first, _store.Find(first + Path.DirectorySeparatorChar).Folder);
        Assert.Equal(first, _store.Find("bp-s1-a").Folder);
        Assert.Equal(first, _store.Find("bp-s1-").Folder);
        Assert.Equal(latest, _store.Find("bp-s1").Folder);
        Assert.Equal(latest, _store.Find("shallow/bp-s1").Folder);
        Assert.Equal(latest, _store.Find("last").Folder);
        Assert.Equal(other, _store.Find("gait").Folder);
        Assert.Equal(other, _store.Find("deep/").Folder);
    }

    [Fact]
    public void A_run_outside_the_store_is_found_by_its_folder() =>
        Assert.Equal("bp", new RunStore(_scratch["nowhere"]).Find(Write(_scratch["copy"], "bp-s1")).Rule);

    [Fact]
    public void A_word_for_several_runs_names_five_of_them()
    {
        Write(_shallow, "bp-s1");
        Write(_deep, "bp-s1");
        Assert.Equal("'bp-s1' may be any of 2 runs: deep/bp-s1, shallow/bp-s1; give more of the name.", Message("bp-s1"));

        for (var seed = 2; seed < 9; seed++)
        {
            Write(_deep, $"bp-s{seed}");
        }

        Assert.Equal(
            "'b' may be any of 9 runs: deep/bp-s1, deep/bp-s2, deep/bp-s3, deep/bp-s4, deep/bp-s5 and 4 more; give more of the name.",
            Message("b")
        );
    }

    [Fact]
    public void A_word_for_no_run_is_told_what_might_be_meant()
    {
        Write(_shallow, "ngait-s1-20261123-175612");

        Assert.Equal(
            $"there is no run 'ngiat-s1' in {_store.Folder}. Did you mean 'ngait-s1-20261123-175612'? 'gaitprop runs list' shows all.",
            Message("ngiat-s1")
        );
        Assert.Equal($"there is no run 'xyz' in {_store.Folder}. 'gaitprop runs list' shows all.", Message("xyz"));
        Assert.Equal("no run is named: give its name, the beginning of it, its folder, or 'last'.", Message(" "));
    }

    [Fact]
    public void A_store_without_runs_and_one_that_is_missing_say_what_to_do()
    {
        // What is advised makes a run in this store, and not in the usual one.
        var training = $"gaitprop train synthetic-shallow --runs {CommandWord.Quoted(_store.Folder)}";
        Assert.Equal(
            $"there is no folder of runs at {_store.Folder}: '{training}' makes it, --runs names another.",
            Assert.Throws<GaitPropException>(() => _store.List()).Message
        );

        _scratch.Make("runs");
        Assert.Empty(_store.List());
        Assert.Equal($"there are no runs in {_store.Folder} yet: '{training}' makes one, --runs names another folder.", Message("last"));

        File.WriteAllText(_scratch["file"], "");
        Assert.StartsWith(
            $"{_scratch["file"]} is no folder of runs but a file",
            Assert.Throws<GaitPropException>(() => new RunStore(_scratch["file"]).List()).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_store_that_may_not_be_read_is_one_line_and_such_an_experiment_a_problem()
    {
        Assert.SkipWhen(Environment.UserName == "root", "permissions do not bind root");
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("permissions are those of Unix");
            return;
        }

        Write(_shallow, "bp-s1");
        Write(_deep, "bp-s1");
        File.SetUnixFileMode(_deep, UnixFileMode.None);
        Assert.Equal([("deep", false), ("bp-s1", true)], _store.List().Select(r => (r.Name, r.Problem is null)).Order());

        File.SetUnixFileMode(_store.Folder, UnixFileMode.None);
        var e = Assert.Throws<GaitPropException>(() => _store.List());
        File.SetUnixFileMode(_store.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(_deep, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal($"cannot read {_store.Folder}: permission denied; name another folder with --runs.", e.Message);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Thousands_of_runs_are_listed_in_little_more_than_opening_their_files_takes()
    {
        string[] metrics = [Epoch0, .. Enumerable.Repeat(Step0, 100), .. Enumerable.Repeat(Epoch1, 100)];
        for (var run = 0; run < 2000; run++)
        {
            Write(_shallow, $"bp-s{run}", "finished", run % 60, metrics);
        }

        // In the same breath, so that a busy machine slows both down: every byte of every run, read by one thread.
        var clock = Stopwatch.StartNew();
        var bytes = Directory.EnumerateFiles(_shallow, "*", SearchOption.AllDirectories).Sum(f => File.ReadAllBytes(f).LongLength);
        var reading = clock.Elapsed;
        clock.Restart();
        var runs = _store.List();

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, (10 * reading) + TimeSpan.FromSeconds(2));
        Assert.InRange(bytes, 2000 * 1000, long.MaxValue);
        Assert.Equal(2000, runs.Count(r => r is { Problem: null, EpochsDone: 1, TestAccuracy: 0.375 }));
    }

    [Fact]
    public void A_deleted_run_is_gone_and_the_others_are_not()
    {
        var folder = Write(_shallow, "bp-s1");
        Directory.CreateDirectory(Path.Combine(folder, "checkpoints"));
        File.WriteAllText(Path.Combine(folder, "checkpoints", "step-1.safetensors"), "weights");
        Write(_shallow, "bp-s2");

        _store.Delete(_store.Find("bp-s1"));

        Assert.Equal(["bp-s2"], Directory.GetFileSystemEntries(_shallow).Select(Path.GetFileName));
        Assert.Equal(
            $"{folder} holds no run: there is no such folder.",
            Assert
                .Throws<GaitPropException>(() =>
                    _store.Delete(
                        new RunSummary
                        {
                            Folder = folder,
                            Name = "bp-s1",
                            Experiment = "shallow",
                            State = RunState.Finished,
                        }
                    )
                )
                .Message
        );
    }

    [Fact]
    public void A_damaged_run_can_be_deleted()
    {
        Directory.CreateDirectory(Path.Combine(_shallow, "half"));

        _store.Delete(_store.Find("half"));

        Assert.Empty(Directory.GetFileSystemEntries(_shallow));
    }

    [Fact]
    public void A_run_is_not_deleted_while_a_process_writes_it()
    {
        using var process = RunProcess.Holding(Write(_shallow, "bp-s1", "running", 0, Epoch0));

        var e = Assert.Throws<GaitPropException>(() => _store.Delete(_store.Find("bp-s1")));

        Assert.StartsWith($"run bp-s1 is being written by process {process.Id} on ", e.Message, StringComparison.Ordinal);
        Assert.Equal(RunState.Running, Assert.Single(_store.List()).State);

        process.Kill();
        _store.Delete(_store.Find("bp-s1"));
        Assert.Empty(_store.List());
    }

    [Fact]
    public void A_deletion_killed_at_any_moment_leaves_the_run_or_nothing_in_the_list()
    {
        const int Files = 5000;
        Write(_shallow, "bp-s1", "finished", 0, Epoch0);
        var torn = 0;
        for (var round = 0; round < 8; round++)
        {
            var folder = Write(_deep, "bp-s2", "finished", 0, Epoch0);
            for (var file = 2; file < Files; file++)
            {
                File.WriteAllText(Path.Combine(folder, $"file-{file}"), "");
            }

            var before = Leftovers();
            using (var process = new RunProcess("delete", folder))
            {
                process.Go();

                // Half of them soon after the start, and half of them when the first file has gone from its place.
                Assert.True(round % 2 == 0 || SpinWait.SpinUntil(() => Count(folder) < Files, TimeSpan.FromMinutes(1)));
                Thread.Sleep(round);
                process.Kill();
            }

            torn += Leftovers().Except(before).Any() ? 1 : 0;
            Assert.All(_store.List(), r => Assert.Null(r.Problem));
            if (Directory.Exists(folder))
            {
                Assert.Equal(Files, Count(folder));
            }
        }

        Assert.True(torn > 0, "no deletion was killed in the middle");

        // What it left is removed by the next deletion, of whatever run.
        Directory.CreateDirectory(Path.Combine(_deep, ".deleted-bp-s3.random", "checkpoints"));
        _store.Delete(_store.Find("shallow/bp-s1"));
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_deep), f => Path.GetFileName(f).StartsWith('.'));

        string[] Leftovers() => Directory.GetDirectories(_deep, ".deleted-*");

        // It may go while it is being read.
        static int Count(string folder)
        {
            try
            {
                return Directory.GetFiles(folder).Count(f => Path.GetFileName(f) != "run.lock");
            }
            catch (DirectoryNotFoundException)
            {
                return 0;
            }
        }
    }

    private string Message(string run) => Assert.Throws<GaitPropException>(() => _store.Find(run)).Message;
}
