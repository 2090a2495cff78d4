using System.Diagnostics;
using GaitProp.Notebook.Cells;

namespace GaitProp.Notebook.Tests.CSharp;

/// <summary>What is measured, with nothing else at work in the process.</summary>
[Collection(Alone.Name)]
[Trait("Size", "Exhaustive")]
public sealed class LongNotebookTests : EngineTest
{
    [Fact]
    public async Task The_two_hundredth_cell_is_about_as_fast_as_the_tenth()
    {
        // Made here, so that what it prepares by itself has long been done when it is needed.
        await using var notebook = new SharedEngine();
        for (var i = 0; i < 180; i++)
        {
            await Run(Code(i));
        }

        // The first cells of a notebook wait for what all of them need.
        for (var i = 0; i < 10; i++)
        {
            await Begin(Code(i));
        }

        // In turn: what else the machine has to do slows both down alike.
        List<double> early = [],
            late = [];
        for (var i = 0; i < 20; i++)
        {
            early.Add(await Time(() => Begin(Code(10 + i))));
            late.Add(await Time(() => Run(Code(180 + i))));
        }

        Assert.Equal("199", await Value("v199"));
        Assert.True(Median(late) < 25 + (4 * Median(early)), $"{Median(early)} ms became {Median(late)} ms");

        static string Code(int i) => $"var v{i} = {i}; int F{i}(int n) => n + {(i == 0 ? "0" : $"v{i - 1}")};";

        // The next cell of the notebook that has only begun.
        async Task Begin(string code)
        {
            var cell = notebook.Engine.ExecuteAsync(code, ++notebook.Number, new RecordedCell(), Ending);
            var result = await cell.WaitAsync(TimeSpan.FromMinutes(3), Ending);
            Assert.True(result.Status == CellStatus.Ok, result.Error is null ? "" : string.Join('\n', result.Error.Traceback));
        }

        static async Task<double> Time(Func<Task> run)
        {
            var clock = Stopwatch.StartNew();
            await run();
            return clock.Elapsed.TotalMilliseconds;
        }
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

    [Fact]
    public async Task A_cell_that_declares_a_tensor_again_and_again_keeps_one_of_them()
    {
        await Run("using TorchSharp; using static TorchSharp.torch;");
        var begin = 0L;
        for (var i = 0; i < 120; i++)
        {
            await Run("var keep = torch.rand(2000, 2000);");
            if (i == 5)
            {
                begin = Environment.WorkingSet;
            }
        }

        // All of them together are 1.9 GB.
        Assert.InRange((Environment.WorkingSet - begin) >> 20, long.MinValue, 300);
        Assert.Equal("4000000", await Value("keep.NumberOfElements"));
    }

    [Fact]
    public async Task A_value_that_a_function_lambda_or_type_may_still_use_is_kept()
    {
        await Run(
            "var x = new object(); object F() => x; var y = new object(); Func<object> g = () => y; var z = new object(); class C { } int n = 1; string Text() => t0; var t0 = \"old\";"
        );
        await Run("var x = 1; var y = 2; var z = 3; var n = \"new\"; var t0 = 5;");
        Assert.Equal("True", await Value("F() is object && F() is not int && g() is not null && Text() == \"old\""));
        await Run("var x = new object();");
        await Run("var x = new object();");
        Assert.Equal("True", await Value("F() is not null && x is not null"));
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
