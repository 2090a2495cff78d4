using System.Diagnostics;

namespace GaitProp.Kernel.Tests.Faults;

/// <summary>
/// A sweep whose store is full, from the beginning or in the middle: each worker ends with one line, and nothing is lost.
/// </summary>
public sealed class FullStoreTests : IDisposable
{
    private static readonly string[] Sweep = Trial.Sweep("--over", "optimizer.lr=1e-3,1e-4", "--epochs", "2");

    private readonly Trial _trial = new();
    private readonly SmallDisk _disk;

    public FullStoreTests() => _disk = new SmallDisk(Directory.CreateDirectory(_trial.Program["disk"]).FullName);

    public void Dispose()
    {
        _disk.Dispose();
        _trial.Dispose();
    }

    [Fact]
    public void A_store_without_space_refuses_a_sweep_and_each_of_its_tasks_in_one_line()
    {
        _disk.Mount(megabytes: 1);
        _disk.Fill();
        foreach (var finished in (Finished[])[_trial.Program.Run([.. Sweep, "--runs", "disk"]), Task(0)])
        {
            Assert.Equal(1, finished.ExitCode);
            Assert.Contains("free", finished.OneErrorLine(), StringComparison.Ordinal);
        }

        Assert.Empty(_trial.Runs("disk"));

        Finished Task(int index) =>
            _trial.Program.RunIn([("JOB_COMPLETION_INDEX", $"{index}")], [.. Sweep, "--index", "auto", "--runs", "disk"]);
    }

    /// <summary>Two tasks are at work when others take all space; a third one comes then.</summary>
    [Fact]
    [Trait("Size", "Exhaustive")]
    public void Tasks_whose_store_becomes_full_end_with_one_line_each_and_the_sweep_goes_on_once_there_is_space()
    {
        // Those of this sweep are among them.
        var expected = _trial.Alone(Trial.Twelve());
        _disk.Mount(megabytes: 160);
        var tasks = Enumerable.Range(0, 2).Select(Held).ToArray();
        _disk.Fill();
        Array.ForEach(tasks, t => GaitPropProcess.Signal(t, Trial.SigCont));
        foreach (var finished in tasks.Append(Task(2)).AsParallel().WithDegreeOfParallelism(3).Select(GaitPropProcess.Finish))
        {
            Assert.True(finished.ExitCode == 1, finished.Error);
            Assert.Contains("free", finished.OneErrorLine(), StringComparison.Ordinal);
        }

        var begun = _trial.Runs("disk");
        Assert.Equal(2, begun.Length);
        Assert.All(begun, Trial.CheckpointsAreWhole);

        _disk.Empty();
        Trial.Succeeds(_trial.Program.Run([.. Sweep, "--runs", "disk"]));
        var runs = _trial.Runs("disk");
        Assert.Equal(4, runs.Length);
        Assert.Superset(begun.ToHashSet(), runs.ToHashSet());
        Assert.All(runs, run => Trial.AreTheSame(expected[Trial.Identity(run)], run));
        Assert.All(begun, run => Assert.NotEmpty(Trial.Description(run)["resumed"]!.AsArray()));
        Assert.Empty(Trial.Claims(_disk.Path));

        // Held where it has its first checkpoint, or it might be done before the disk is full.
        Process Held(int index)
        {
            var task = Task(index);
            Assert.True(Trial.Until(task, () => _trial.Runs("disk").Count(r => Trial.Checkpoints(r).Length > 0) == index + 1));
            GaitPropProcess.Signal(task, Trial.SigStop);
            return task;
        }

        Process Task(int index) =>
            _trial.Program.StartIn([("JOB_COMPLETION_INDEX", $"{index}")], [.. Sweep, "--index", "auto", "--runs", "disk"]);
    }
}
