using System.Diagnostics;
using System.Runtime.CompilerServices;
using GaitProp.Loading;
using GaitProp.Runtime;
using static TorchSharp.torch;

namespace GaitProp.Tests.Loading;

/// <summary>Loops that use no dispose scope, as a notebook's cells may be written.</summary>
[Collection(Alone.Name)]
public sealed class LateFinaliserTests
{
    private const int Steps = 300;

    public LateFinaliserTests()
    {
        Assert.SkipUnless(NativeCode.IsPossible, "Finalisers are delayed on Linux on x64 alone.");
        LibTorch.Load();
    }

    [Theory]
    [InlineData("ngait")]
    [InlineData("dtp")]
    public void Collections_at_every_moment_take_nothing_that_libtorch_still_reads(string rule)
    {
        var expected = Train(rule);

        var (end, collections) = (false, 0);
        var collector = new Thread(() =>
        {
            for (; !Volatile.Read(ref end); collections++)
            {
                GC.Collect(0);
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        double[] losses;
        try
        {
            losses = Train(rule);
        }
        finally
        {
            end = true;
            collector.Join();
        }

        Assert.Equal(expected, losses);
        Assert.True(collections > Steps / 10, $"{collections} collections");
    }

    [Fact]
    public void What_is_let_go_of_is_freed_and_not_before_two_seconds_have_passed()
    {
        GC.Collect();
        Settle();
        var clock = Stopwatch.StartNew();
        LetGo(dispose: false);
        GC.Collect();
        Settle();
        Assert.True(clock.Elapsed.TotalSeconds >= 1.5, $"freed after {clock.Elapsed.TotalSeconds} s");
    }

    [Fact]
    public void What_is_let_go_of_waits_and_what_is_disposed_of_goes_at_once() =>
        WithoutHurry(() =>
        {
            LetGo(dispose: false);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.True(LateFinaliser.Count >= 10, $"{LateFinaliser.Count} wait");
            LateFinaliser.FreeAll();
            Settle();

            LetGo(dispose: true);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(0, LateFinaliser.Count);
        });

    [Fact]
    public void Large_tensors_wait_only_as_long_as_there_is_room_and_all_go_on_request() =>
        WithoutHurry(() =>
        {
            LetGo(dispose: false, of: 16 << 20);
            GC.Collect();
            GC.WaitForPendingFinalizers();

            // Ten of 64 MB, of which 256 MB may wait.
            Assert.InRange(LateFinaliser.Count, 1, 5);
            LateFinaliser.FreeAll();
            Assert.Equal(0, LateFinaliser.Count);
        });

    /// <summary>What is let go of waits for a minute meanwhile, longer than a machine stalls.</summary>
    private static void WithoutHurry(Action act)
    {
        GC.Collect();
        Settle();
        var usual = LateFinaliser.Delay;
        LateFinaliser.Delay = 60_000;
        try
        {
            act();
        }
        finally
        {
            LateFinaliser.Delay = usual;
            LateFinaliser.FreeAll();
        }
    }

    /// <summary>Ten tensors that nothing holds.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LetGo(bool dispose, int of = 1000)
    {
        for (var i = 0; i < 10; i++)
        {
            var tensor = empty(of);
            if (dispose)
            {
                tensor.Dispose();
            }
        }
    }

    private static void Settle()
    {
        GC.WaitForPendingFinalizers();
        for (var clock = Stopwatch.StartNew(); LateFinaliser.Count > 0 && clock.Elapsed.TotalSeconds < 20; Thread.Sleep(10)) { }

        Assert.Equal(0, LateFinaliser.Count);
    }

    /// <summary>The losses of some steps, without a scope, on a network with a convolution.</summary>
    private static double[] Train(string name)
    {
        var plan = NetworkDefinition.Parse("small", [3, 8, 8], "conv 3,2,12, dense 16, dense 10");
        using var network = Network.Build(plan, AuxiliaryUnits.Implicit, seed: 1);
        using var generator = new Generator(1);
        var images = rand(32, 3, 8, 8, generator: generator);
        var labels = arange(32, ScalarType.Int64).remainder(10);
        using var rule = RuleCatalog.Create(name);
        rule.Prepare(network, 1);
        using var adam = Optimizer.Of(network, new OptimizerOptions { LearningRate = 1e-4 });
        var losses = new double[Steps];
        for (var step = 0; step < Steps; step++)
        {
            var seen = network.Forward(images / 255);
            var loss = Loss.CrossEntropySum(seen.Output * 2, labels);
            adam.Step([.. rule.Update(network, seen, loss.Gradient / 2).SelectMany(g => g.Trained)]);
            losses[step] = loss.Value.Number();
        }

        return losses;
    }
}
