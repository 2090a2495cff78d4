using System.Diagnostics;
using System.Globalization;

namespace GaitProp.Kernel.Tests.Faults;

/// <summary>
/// SIGKILL at moments that are drawn from a seed and told with a failure. GAITPROP_KILLS sets how many, GAITPROP_KILL_SEED which, and
/// GAITPROP_KILL_OPTIONS other options of the run on the real set, in place of the small ones.
/// </summary>
public sealed class KillTests : IDisposable
{
    private const string KillsVariable = "GAITPROP_KILLS";
    private static readonly int Seed = Number("GAITPROP_KILL_SEED", 20260);

    private readonly Trial _trial = new();

    public void Dispose() => _trial.Dispose();

    [Fact]
    public void A_run_that_is_killed_again_and_again_also_while_it_writes_a_checkpoint_ends_as_if_nothing_had_happened() =>
        KilledAgainAndAgain(Number(KillsVariable, 3), Trial.TwoEpochs, alsoInACheckpoint: true);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void So_does_one_that_is_killed_many_times() => KilledAgainAndAgain(Number(KillsVariable, 8), [], alsoInACheckpoint: true);

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void So_does_the_published_network_on_the_real_images()
    {
        var data = Trial.RealData();
        var options =
            Environment.GetEnvironmentVariable("GAITPROP_KILL_OPTIONS")?.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            ?? ["--epochs", "1", "--set", "trainImages=2560", "--set", "testImages=500", "--set", "angleEvery=5"];
        File.WriteAllText(_trial.Program["small.json"], """{ "name": "small", "extends": "cifar-shallow" }""");

        // Each start reads all of CIFAR-10.
        KilledAgainAndAgain(Number(KillsVariable, 3), ["--data", data, .. options], alsoInACheckpoint: false);
    }

    [Fact]
    public void A_run_that_is_killed_before_its_first_checkpoint_begins_again_and_ends_as_if_nothing_had_happened()
    {
        var expected = _trial.Uninterrupted("--epochs", "1");
        var process = _trial.Train("runs", "--epochs", "1");
        Assert.True(Trial.Until(process, () => _trial.Run("runs") is not null));
        Trial.Kill(process);
        var run = _trial.Run("runs")!;

        // Whether or not it got as far as a checkpoint: without one, and with half a line of metrics.
        if (Directory.Exists(Path.Combine(run, "checkpoints")))
        {
            Directory.Delete(Path.Combine(run, "checkpoints"), recursive: true);
        }

        File.WriteAllText(Path.Combine(run, "metrics.jsonl"), """{"kind":"epoch","ep""");
        Trial.Succeeds(_trial.Program.Run("runs", "resume", run));

        Trial.AreTheSame(expected, run);
    }

    private void KilledAgainAndAgain(int kills, string[] options, bool alsoInACheckpoint)
    {
        var (expected, took) = _trial.Timed(options);
        var duration = (int)took.TotalMilliseconds;
        var resumeOptions = options.SkipWhile(o => o != "--data").Take(2).ToArray();
        var random = new Random(Seed);
        var log = TestContext.Current.TestOutputHelper!;
        log.WriteLine(Invariant($"{kills} kills, seed {Seed}"));
        var (killed, torn) = (0, 0);
        for (var round = 1; IsUnfinished(); round++)
        {
            var runs = Invariant($"runs{round}");
            var process = _trial.Train(runs, options);
            var isOver = false;
            while (IsUnfinished() && StoppedAtAMoment(process, runs))
            {
                var run = _trial.Run(runs);
                isOver = run is not null && Trial.Status(run) == "finished";
                if (isOver)
                {
                    // Killed after the run had ended, while the process still said so.
                    break;
                }

                process = run is null ? _trial.Train(runs, options) : _trial.Resume(run, resumeOptions);
            }

            if (!isOver)
            {
                Trial.Succeeds(GaitPropProcess.Finish(process));
            }

            Trial.AreTheSame(expected, _trial.Run(runs)!);
        }

        log.WriteLine(Invariant($"{killed} kills, {torn} of them left half a checkpoint"));

        bool IsUnfinished() => killed < kills || (alsoInACheckpoint && torn == 0);

        // Whether it was killed; else it has come to its end.
        bool StoppedAtAMoment(Process process, string runs)
        {
            var (writing, skipped, share) = (random.Next(2) == 0, random.Next(3), random.NextDouble());
            var moment = (int)(share * (writing ? 10 : duration));
            if (writing)
            {
                for (; skipped > 0; skipped--)
                {
                    var last = Trial.Checkpoints(_trial.Run(runs)).FirstOrDefault();
                    Trial.Until(process, () => Trial.Checkpoints(_trial.Run(runs)).FirstOrDefault() != last);
                }

                // Not the leftover of the last kill, which is removed at first.
                Trial.Until(process, () => !Trial.HasTornCheckpoint(_trial.Run(runs)), every: 1);
                Trial.Until(process, () => Trial.HasTornCheckpoint(_trial.Run(runs)), every: 1);
            }

            if (process.WaitForExit(moment))
            {
                return false;
            }

            process.Kill();
            process.WaitForExit();
            if (process.ExitCode == 0)
            {
                return false;
            }

            process.Dispose();
            killed++;
            var run = _trial.Run(runs);
            torn += Trial.HasTornCheckpoint(run) ? 1 : 0;
            log.WriteLine(
                Invariant(
                    $"kill {killed}: {moment} ms after {(writing ? "a checkpoint was begun" : "the start")}; {Trial.Lines(run)} lines, last checkpoint {Path.GetFileName(Trial.Checkpoints(run).FirstOrDefault())}, {(Trial.HasTornCheckpoint(run) ? "half a checkpoint" : "nothing")} left behind"
                )
            );
            return true;
        }
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : otherwise;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
