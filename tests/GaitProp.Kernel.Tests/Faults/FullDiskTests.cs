using System.Diagnostics;
using System.Globalization;

namespace GaitProp.Kernel.Tests.Faults;

/// <summary>Runs on a file system of a few megabytes; a checkpoint has ten.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly Trial _trial = new();
    private readonly SmallDisk _disk;
    private string Runs => _disk.Path;

    public FullDiskTests() => _disk = new SmallDisk(Directory.CreateDirectory(_trial.Program["disk"]).FullName);

    public void Dispose()
    {
        _disk.Dispose();
        _trial.Dispose();
    }

    [Fact]
    public void Where_a_checkpoint_does_not_fit_the_run_fails_in_one_line_keeps_the_earlier_one_and_goes_on_once_there_is_space()
    {
        // One epoch is enough: there is a checkpoint at its end, if not before.
        string[] one = ["--epochs", "1"];
        var expected = _trial.Uninterrupted(one);
        _disk.Mount(megabytes: 16);
        var run = FailsForSpace(_trial.TrainToEnd(Runs, one));

        Assert.Equal("step-0.safetensors", Path.GetFileName(Assert.Single(Trial.Checkpoints(run))));
        Assert.False(Trial.HasTornCheckpoint(run));

        // Still full: it fails again, and harms nothing.
        Assert.Equal(run, FailsForSpace(_trial.ResumeToEnd(run)));
        Trial.CheckpointsAreWhole(run);

        _disk.Grow(megabytes: 64);
        Trial.Succeeds(_trial.ResumeToEnd(run));
        Trial.AreTheSame(expected, run);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Where_not_even_the_first_checkpoint_fits_the_run_fails_in_one_line_and_begins_again_once_there_is_space()
    {
        var expected = _trial.Uninterrupted();
        _disk.Mount(megabytes: 9);
        var run = FailsForSpace(_trial.Train(Runs));

        Assert.Empty(Trial.Checkpoints(run));
        _disk.Grow(megabytes: 64);
        Trial.Succeeds(_trial.ResumeToEnd(run));
        Trial.AreTheSame(expected, run);
    }

    [Fact]
    public void Where_there_is_no_space_at_all_the_run_is_refused_in_one_line_and_nothing_is_left()
    {
        _disk.Mount(megabytes: 1);
        _disk.Fill();
        var finished = _trial.TrainToEnd(Runs);

        Assert.Equal(1, finished.ExitCode);
        Assert.Contains("only 0.0 MB are free and a run needs", finished.OneErrorLine(), StringComparison.Ordinal);
        Assert.Empty(_trial.Runs(Runs));
        Assert.Equal(
            [SmallDisk.Ballast],
            Directory
                .EnumerateFiles(Runs, "*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true })
                .Select(Path.GetFileName)
        );
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void A_disk_that_others_fill_while_a_run_writes_to_it_costs_no_measurement()
    {
        var expected = _trial.Uninterrupted();
        _disk.Mount(megabytes: 40);
        var process = _trial.Train(Runs, "--tensorboard");
        Assert.True(Trial.Until(process, () => Trial.Checkpoints(_trial.Run(Runs)).Length == 2));
        FillUnder(process);
        var run = FailsForSpace(process);

        Trial.CheckpointsAreWhole(run);
        Assert.Equal((byte)'\n', Trial.Metrics(run)[^1]);
        FailsForSpace(_trial.Resume(run));
        Trial.CheckpointsAreWhole(run);
        _disk.Empty();
        Trial.Succeeds(_trial.ResumeToEnd(run));
        Trial.AreTheSame(expected, run);
    }

    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Killed_on_a_full_disk_again_and_again_a_run_goes_on_once_there_is_space()
    {
        // Twice as many epochs as kills: on a slow machine several pass before the disk is full.
        string[] epochs = ["--epochs", "6"];
        var expected = _trial.Uninterrupted(epochs);
        _disk.Mount(megabytes: 40);
        var random = new Random(4);
        var process = _trial.Train(Runs, epochs);
        for (var kill = 1; kill <= 3; kill++)
        {
            var before = Trial.Checkpoints(_trial.Run(Runs)).FirstOrDefault();
            Assert.True(Trial.Until(process, () => Trial.Checkpoints(_trial.Run(Runs)).FirstOrDefault() != before));
            FillUnder(process);
            var moment = random.Next(300);
            Thread.Sleep(moment);
            Trial.Kill(process);
            var run = _trial.Run(Runs)!;
            TestContext.Current.TestOutputHelper!.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"kill {kill}: {moment} ms after the disk was full; {Trial.Status(run)}")
            );
            Trial.CheckpointsAreWhole(run);
            if (kill == 2)
            {
                FailsForSpace(_trial.Resume(run));
            }

            _disk.Empty();
            process = _trial.Resume(run);
        }

        Trial.Succeeds(GaitPropProcess.Finish(process));
        Trial.AreTheSame(expected, _trial.Run(Runs)!);
    }

    /// <summary>Fills the disk while the run is held, or it might be done before the disk is full.</summary>
    private void FillUnder(Process process)
    {
        GaitPropProcess.Signal(process, Trial.SigStop);
        _disk.Fill();
        GaitPropProcess.Signal(process, Trial.SigCont);
    }

    /// <summary>It ends with exit code 1 and one line that names the disk as the cause; the run.</summary>
    private string FailsForSpace(Process process) => FailsForSpace(GaitPropProcess.Finish(process));

    /// <summary>The same of a command that has ended.</summary>
    private string FailsForSpace(Finished finished)
    {
        Assert.True(finished.ExitCode == 1, finished.Error);
        Assert.Contains("the disk is full; free some space", finished.OneErrorLine(), StringComparison.Ordinal);
        var run = _trial.Run(Runs)!;
        Assert.Contains(Trial.Status(run), (string[])["failed", "running"]);
        return run;
    }
}
