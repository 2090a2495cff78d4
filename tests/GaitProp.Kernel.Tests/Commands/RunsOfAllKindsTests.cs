using GaitProp.Kernel.Tests.Faults;

namespace GaitProp.Kernel.Tests.Commands;

public sealed class RunsOfAllKindsTests : IDisposable
{
    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void Every_verb_has_an_answer_for_runs_that_finished_diverged_were_interrupted_killed_or_damaged()
    {
        _trial.Copied("runs", "--epochs", "1");
        var finished = Moved("finished", null, 0);
        var diverged = Moved("diverged", _trial.TrainToEnd("runs", "--epochs", "2", "--rule", "bp", "--set", "optimizer.lr=1e30"), 1);
        var process = _trial.Train("runs", "--rule", "fa");
        Assert.True(Trial.Until(process, () => Trial.Lines(New()) > 3));
        GaitPropProcess.PressControlC(process);
        var interrupted = Moved("interrupted", GaitPropProcess.Finish(process), 130);
        process = _trial.Train("runs", "--seed", "7");
        Assert.True(Trial.Until(process, () => Trial.Lines(New()) > 3));
        Trial.Kill(process);
        var killed = Moved("killed", null, 0);
        var damaged = Copy(finished, "damaged");
        File.WriteAllText(Path.Combine(damaged, "run.json"), "{ \"schema\": 1");
        var measured = Copy(finished, "measured");
        File.WriteAllText(Path.Combine(measured, "metrics.jsonl"), "{\"kind\":\"step\",\"epoch\":\"one\"}\n");

        var list = Lists();
        foreach (
            var (run, state) in new[]
            {
                (finished, "finished"),
                (diverged, "diverged"),
                (interrupted, "interrupted"),
                (killed, "stopped"),
                (damaged, "damaged"),
            }
        )
        {
            // The row's status, not the name: lines on damaged runs have a colon after the name.
            Assert.Matches($@"(?m)^small/{Path.GetFileName(run)} .*\b{state}\b", list);
        }

        foreach (var run in (string[])[finished, diverged, interrupted, killed])
        {
            var shown = _trial.Program.Run("runs", "show", Path.GetFileName(run));
            Trial.Succeeds(shown);
            Assert.Contains(Path.GetFileName(run), shown.Output, StringComparison.Ordinal);
        }

        Answers("cannot be shown", "runs", "show", "damaged");
        Answers("is damaged at line 1", "runs", "show", "measured");
        Answers("there is no run 'nobody'", "runs", "show", "nobody");
        Answers("may be any of 2 runs", "runs", "show", "d");
        Answers("no run is named", "runs", "show", "");
        Answers("has finished: there is nothing to resume", "runs", "resume", "finished");
        Answers("has diverged: there is nothing to resume", "runs", "resume", "diverged");
        Answers("cannot be resumed", "runs", "resume", "damaged");
        Answers("is damaged", "runs", "compare", "finished", "damaged");
        Answers("is damaged at line 1", "runs", "compare", "finished", "measured");
        Answers("table.xls", "runs", "export", "finished", "--to", "table.xls");
        var compared = _trial.Program.Run("runs", "compare", "finished", "diverged", "interrupted", "killed", "--save", "figure.csv");
        Trial.Succeeds(compared);
        Assert.True(new FileInfo(_trial.Program["figure.csv"]).Length > 100);

        foreach (var file in (string[])["all.csv", "all.json", "all.parquet"])
        {
            var exported = _trial.Program.Run("runs", "export", "--to", file);
            Assert.Equal(0, exported.ExitCode);
            Assert.All(
                exported.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries),
                l => Assert.StartsWith("left out small/", l, StringComparison.Ordinal)
            );
            Assert.Contains("damaged", exported.Error, StringComparison.Ordinal);
            Assert.Matches("^[1-9][0-9]* rows of [4-5] runs", exported.Output);
            Assert.True(new FileInfo(_trial.Program[file]).Length > 500, file);
        }

        Trial.Succeeds(
            _trial.Program.Run("runs", "delete", "finished", "diverged", "interrupted", "killed", "damaged", "measured", "--yes")
        );
        Assert.Empty(_trial.Runs("runs"));
        Assert.Contains("0 runs", Lists(), StringComparison.Ordinal);
        Answers("there are no runs", "runs", "show", "last");
        Answers("there is no folder of runs", "runs", "list", "--runs", "elsewhere");
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void An_event_file_of_a_run_that_was_killed_and_resumed_holds_each_point_once()
    {
        var expected = _trial.Uninterrupted();
        var process = _trial.Train("runs", "--tensorboard");
        Assert.True(Trial.Until(process, () => Trial.Checkpoints(_trial.Run("runs")).Length == 2));
        Thread.Sleep(300);
        Trial.Kill(process);
        var run = _trial.Run("runs")!;
        Trial.Succeeds(_trial.ResumeToEnd(run));

        Trial.AreTheSame(expected, run);
        var points = Points(Assert.Single(Directory.GetFiles(run, "events.out.tfevents.*"))).ToArray();
        Assert.Equal(points.Length, points.Distinct().Count());
        Assert.Equal(Trial.Lines(run), points.Count(p => p.Tag is "loss/batch" or "loss/test"));
    }

    private static IEnumerable<(string Tag, long Step)> Points(string file)
    {
        var bytes = File.ReadAllBytes(file);
        for (var at = 0; at < bytes.Length; at += 16 + BitConverter.ToInt32(bytes, at))
        {
            var record = Tensorboard.Event.Parser.ParseFrom(bytes, at + 12, BitConverter.ToInt32(bytes, at));
            foreach (var value in record.Summary?.Value ?? [])
            {
                yield return (value.Tag, record.Step);
            }
        }
    }

    private string Lists()
    {
        var list = _trial.Program.Run("runs", "list");
        Trial.Succeeds(list);
        return list.Output;
    }

    private void Answers(string expected, params string[] args)
    {
        var finished = _trial.Program.Run(args);
        Assert.True(finished.ExitCode is 1 or 2, $"{string.Join(' ', args)}: {finished.ExitCode} {finished.Output}");
        Assert.Contains(expected, finished.OneErrorLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("Unexpected", finished.Error, StringComparison.Ordinal);
    }

    private string? New() => _trial.Runs("runs").SingleOrDefault(r => Path.GetFileName(r).Contains("-s", StringComparison.Ordinal));

    /// <summary>Gives the new run a name that can be told.</summary>
    private string Moved(string name, Finished? finished, int exitCode)
    {
        if (finished is not null)
        {
            Assert.True(finished.ExitCode == exitCode, finished.Error);
        }

        var folder = Path.Combine(Path.GetDirectoryName(New()!)!, name);
        Directory.Move(New()!, folder);
        return folder;
    }

    private static string Copy(string run, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(run)!, name)).FullName;
        foreach (var file in Directory.GetFiles(run))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }
}
