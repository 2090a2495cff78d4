using GaitProp.Runs;
using GaitProp.Storage;

namespace GaitProp.Tests.Runs;

public sealed class SweepRecordTests : IDisposable
{
    private static readonly DateTimeOffset Earlier = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Earlier.AddDays(1);

    private readonly string _runs = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public void Dispose() => Directory.Delete(_runs, recursive: true);

    [Fact]
    public void Submissions_at_once_are_all_written_down_and_stay_so_when_the_sweep_is_begun_again()
    {
        var sweep = Sweep(Earlier);
        sweep.Begin(_runs);
        Parallel.For(0, 8, i => sweep.Sent(_runs, new SweepJob("slurm", $"{i}", Earlier)));

        Sweep(Later).Begin(_runs);

        var now = SweepRecord.Find(_runs, null);
        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"{i}"), now.Jobs.Select(j => j.Id).Order(StringComparer.Ordinal));
        Assert.Equal(Later, now.Begun);
    }

    [Fact]
    public void What_is_taken_back_is_one_submission_and_not_another_of_the_same_name()
    {
        var sweep = Sweep(Earlier);
        SweepJob[] jobs = [new("kubernetes", "gaitprop-small", Earlier), new("kubernetes", "gaitprop-small", Later)];
        foreach (var job in jobs)
        {
            sweep.Sent(_runs, job);
        }

        sweep.NotSent(_runs, jobs[1]);

        Assert.Equal(jobs[0], Assert.Single(SweepRecord.Find(_runs, null).Jobs));
    }

    [Fact]
    public void Begun_again_it_is_no_longer_cancelled()
    {
        var sweep = Sweep(Earlier);
        sweep.Begin(_runs);
        SweepRecord.Cancel(_runs, sweep.Name);
        Assert.True(File.Exists(SweepRecord.CancelFile(_runs, sweep.Name)));

        sweep.Begin(_runs);

        Assert.False(File.Exists(SweepRecord.CancelFile(_runs, sweep.Name)));
    }

    [Fact]
    public void One_run_of_a_known_sweep_changes_nothing_of_the_record()
    {
        var sweep = Sweep(Earlier);
        sweep.Begin(_runs);
        sweep.Sent(_runs, new SweepJob("slurm", "4711", Earlier));
        SweepRecord.Cancel(_runs, sweep.Name);

        Sweep(Later).WriteIfNew(_runs);

        var now = SweepRecord.Find(_runs, null);
        Assert.Equal(Earlier, now.Begun);
        Assert.Equal("4711", Assert.Single(now.Jobs).Id);
        Assert.True(File.Exists(SweepRecord.CancelFile(_runs, sweep.Name)));
    }

    [Fact]
    public void One_run_of_a_new_sweep_writes_the_record_unless_another_process_is_at_it()
    {
        var sweep = Sweep(Earlier);
        using (FileLock.TryTake(Path.Combine(SweepRecord.FolderOf(_runs, sweep.Name), "sweep.lock")))
        {
            sweep.WriteIfNew(_runs);
            Assert.Null(SweepRecord.Before(_runs, sweep.Name));
        }

        sweep.WriteIfNew(_runs);

        Assert.Equal(Earlier, SweepRecord.Before(_runs, sweep.Name)!.Begun);
    }

    private static SweepRecord Sweep(DateTimeOffset begun) =>
        new()
        {
            Name = "small-01234567",
            Experiment = "small",
            Words = ["sweep", "small.json"],
            Begun = begun,
            Runs = [new(1, "bp-s1", "0123abcd")],
        };
}
