using System.Globalization;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using GaitProp.Notebook.Worker;

namespace GaitProp.Notebook.Tests.Worker;

/// <summary>
/// What both processes hold while a cell prints without end. No other test runs meanwhile: its memory would count as ours.
/// </summary>
[Collection(Alone.Name)]
public sealed class OutputMemoryTests
{
    /// <summary>More than the processes need for the text that is shown, and far less than is printed.</summary>
    private const long MostGrowth = 400_000_000,
        MostOfWorker = 700_000_000;

    [Fact]
    public async Task Five_gigabytes_are_cut_and_memory_stays_flat()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory is read from /proc");
        await using var engine = new RemoteEngine(OwnProgram.StartWorker, _ => { });
        await engine.ExecuteAsync("1", 1, new RecordedCell(), CancellationToken.None);
        var cell = new RecordedCell();

        // What the tests before this one have left would hide what this one keeps.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        var before = Resident(Environment.ProcessId);
        var (own, worker) = (0L, 0L);
        var running = engine.ExecuteAsync(
            """var s = new string('x', 1_000_000); for (var i = 0; i < 5_000; i++) Console.Write(s);""",
            2,
            cell,
            CancellationToken.None
        );
        do
        {
            (own, worker) = (Math.Max(own, Resident(Environment.ProcessId) - before), Math.Max(worker, Resident(engine.WorkerId)));
        } while (
            own < MostGrowth
            && worker < MostOfWorker
            && await Task.WhenAny(running, Task.Delay(20, TestContext.Current.CancellationToken)) != running
        );

        Assert.InRange(own, long.MinValue, MostGrowth);
        Assert.InRange(worker, 1, MostOfWorker);
        Assert.Equal(CellStatus.Ok, (await running).Status);
        Assert.InRange(cell.Out.Length, TextBudget.Most, TextBudget.Most + 1000);
    }

    private static long Resident(int process) =>
        long.Parse(File.ReadAllText($"/proc/{process}/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
