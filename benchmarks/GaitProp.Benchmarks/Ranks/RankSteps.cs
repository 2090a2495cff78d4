using System.CommandLine;
using System.Diagnostics;
using GaitProp.Benchmarks.Steps;
using GaitProp.Experiments;
using GaitProp.Ranks;
using GaitProp.Training;
using static GaitProp.Wording;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Ranks;

/// <summary>
/// What a training step takes on the ranks that an engine has started, or in one process, and what of it the sums are.
/// <c>benchmarks/ranks.sh</c> calls it, once for each row of its table.
/// </summary>
internal static class RankSteps
{
    private const int WarmUp = 3;

    /// <summary><c>ranks EXPERIMENT --rule R --steps N --threads T</c>.</summary>
    public static RootCommand Command
    {
        get
        {
            var experiment = new Argument<string>("EXPERIMENT");
            var rule = new Option<string>("--rule") { DefaultValueFactory = _ => "ngait" };
            var batch = new Option<int?>("--batch");
            var steps = new Option<int>("--steps") { DefaultValueFactory = _ => 20 };
            var threads = new Option<int>("--threads") { DefaultValueFactory = _ => 1 };
            var command = new RootCommand("Times steps of a published network on random pictures, and writes a row of a table.")
            {
                experiment,
                rule,
                batch,
                steps,
                threads,
            };
            command.SetAction(parsed =>
                Run(
                    parsed.GetValue(experiment)!,
                    parsed.GetValue(rule)!,
                    parsed.GetValue(batch),
                    parsed.GetValue(steps),
                    parsed.GetValue(threads)
                )
            );
            return command;
        }
    }

    private static void Run(string name, string rule, int? batch, int steps, int threads)
    {
        LibTorch.Load();
        using var ranks = RankEngine.Join("benchmark");
        set_num_threads(threads);
        var experiment = ExperimentDocument.Open(name).Resolve(rule, new ExperimentChoices { Preset = "fast" });
        experiment = experiment with
        {
            BatchSize = batch ?? experiment.BatchSize,
            AngleEvery = int.MaxValue,
            Epochs = 1000,
            TrainImages = null,
            TestImages = null,
        };
        using var state = new LearningState(experiment, Subject.Published(name).Pictures(2 * experiment.BatchSize), CPU, ranks);
        for (var step = 0; step < WarmUp; step++)
        {
            state.Step(step, (_, _) => { });
        }

        var (bytes, waited) = (ranks.SummedBytes, ranks.Waited);
        var times = new List<double>();
        for (var step = WarmUp; step < WarmUp + steps; step++)
        {
            var from = Stopwatch.GetTimestamp();
            state.Step(step, (_, _) => { });
            times.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        (bytes, waited) = ((ranks.SummedBytes - bytes) / steps, (ranks.Waited - waited) / steps);
        var sums = Sums(state.Network, ranks, steps);
        if (ranks.IsFirst)
        {
            times.Sort();
            Console.WriteLine(
                ranks.IsAlone
                    ? Text(
                        $"| {name} | {rule} | {experiment.BatchSize} | 1 of {Count(threads, "thread")} | {times[times.Count / 2]:0.0} | | | |"
                    )
                    : Text(
                        $"| {name} | {rule} | {experiment.BatchSize} | {ranks.Count} of {Count(threads, "thread")} | {times[times.Count / 2]:0.0} | {bytes / 1e6:0.0} | {sums:0.0} | {waited.TotalMilliseconds:0.0} |"
                    )
            );
        }
    }

    /// <summary>How long the gradients of all layers take to be summed with nothing else to do, milliseconds.</summary>
    private static double Sums(Network network, RankGroup ranks, int times)
    {
        using var scope = NewDisposeScope();
        Tensor[] gradients = [.. network.Layers.SelectMany(l => l.Trained).Select(t => zeros_like(t))];
        var from = 0L;
        for (var time = 0; time <= times; time++)
        {
            from = time == 1 ? Stopwatch.GetTimestamp() : from;
            foreach (var wait in Enumerable.Reverse(gradients).Select(g => ranks.BeginSum_(g)).ToArray())
            {
                wait();
            }
        }

        return Stopwatch.GetElapsedTime(from).TotalMilliseconds / times;
    }
}
