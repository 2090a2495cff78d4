using System.Diagnostics;

namespace GaitProp.Kernel.Tests.Jupyter.CSharp;

/// <summary>What is measured, with nothing else at work in the process.</summary>
[Collection(LongNotebookTests.Alone)]
public sealed class LongNotebookTests : EngineTest
{
    public const string Alone = "alone";

    [Fact]
    public async Task The_two_hundredth_cell_is_about_as_fast_as_the_tenth()
    {
        var times = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            var clock = Stopwatch.StartNew();
            await Run($"var v{i} = {i}; int F{i}(int n) => n + {(i == 0 ? "0" : $"v{i - 1}")};");
            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        Assert.Equal("199", await Value("v199"));
        Assert.True(Median(times[^20..]) < 25 + (4 * Median(times[10..30])), $"{Median(times[10..30])} ms became {Median(times[^20..])} ms");
    }

    [Fact]
    public async Task A_long_notebook_takes_memory_by_the_cell_and_not_by_pairs_of_cells()
    {
        long Held() => GC.GetTotalMemory(forceFullCollection: true);
        async Task Cells(int from, int to)
        {
            for (var i = from; i < to; i++)
            {
                await Run($"var w{i} = {i};");
            }
        }

        // By pairs, the second hundred would take three times what the first took: 60 MB more.
        await Cells(0, 20);
        var begin = Held();
        await Cells(20, 120);
        var middle = Held();
        await Cells(120, 220);
        Assert.True(Held() - middle < 40L << 20, $"{(middle - begin) >> 20} MB, then {(Held() - middle) >> 20} MB");
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}

[CollectionDefinition(LongNotebookTests.Alone, DisableParallelization = true)]
public sealed class AloneCollection;
