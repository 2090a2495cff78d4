using GaitProp.Runs;
using GaitProp.Storage;

namespace GaitProp.Tests.Runs;

public sealed class SweepRunStatusTests : IDisposable
{
    private readonly string _runs = Directory.CreateTempSubdirectory("gaitprop-test-").FullName;

    public void Dispose() => Directory.Delete(_runs, recursive: true);

    /// <summary>As for the tasks of a cluster that nobody has sent off from here: the sweep itself was never written down.</summary>
    [Fact]
    public void A_cell_that_is_worked_on_is_running_where_the_sweep_has_no_folder()
    {
        var sweep = new SweepRecord
        {
            Name = "small-01234567",
            Experiment = "small",
            Words = ["sweep", "small.json"],
            Begun = DateTimeOffset.Now,
            Runs = [new(1, "bp-s1", "0123abcd"), new(2, "bp-s2", "4567cdef")],
        };
        var stem = CellClaim.Stem(_runs, sweep.Experiment, "0123abcd");
        Directory.CreateDirectory(Path.GetDirectoryName(stem)!);
        using var held = CellClaim.TryTake(stem, new HeartbeatWatch(), out _);

        var status = SweepRunStatus.Of(_runs, sweep);

        Assert.Equal([SweepState.Running, SweepState.Missing], status.Select(s => s.State));
        Assert.Equal(Environment.ProcessId, status[0].Worker!.Pid);
        Assert.Null(status[0].Silence);

        sweep.Begin(_runs);
        Assert.NotNull(SweepRunStatus.Of(_runs, sweep)[0].Silence);
    }
}
