using System.CommandLine;
using GaitProp.Benchmarks.Steps;
using GaitProp.Experiments;
using static GaitProp.Wording;

namespace GaitProp.Benchmarks.Ranks;

/// <summary>
/// Scaling on paper: what a step of a published network takes on so many GPUs, from a handful of numbers about the machine. It is a model,
/// not a measurement; every number that goes in is an option, and is printed with what comes out.
/// </summary>
internal static class ScaleModel
{
    private const int BytesAValue = 4;
    private static readonly int[] Ranks = [1, 2, 4, 8, 16, 32, 64];

    /// <summary><c>scale [EXPERIMENT] --batch N …</c>.</summary>
    public static RootCommand Command
    {
        get
        {
            var experiment = new Argument<string>("EXPERIMENT") { DefaultValueFactory = _ => "imagenet" };
            var batches = new Option<int[]>("--batch")
            {
                Description = "Images a step, of all GPUs together.",
                DefaultValueFactory = _ => [256, 4096],
            };
            Option<double> peak = Number("--teraflops", "What a GPU does of float32 products, TFLOP/s.", 60),
                used = Number("--used", "Which share of that a step reaches.", 0.25),
                least = Number(
                    "--least",
                    "What a step takes on a GPU however few its images are, ms: starting its kernels, and all that is done on each rank (Adam, the inverses, the retraction).",
                    3
                );
            Option<double> bandwidth = Number("--bandwidth", "What a rank sends and receives a second, GB/s.", 10),
                latency = Number("--latency", "What a message takes, microseconds.", 10),
                hidden = Number("--hidden", "Which share of the way down can hide sums.", 0.8);
            var command = new RootCommand("A model of scaling: strong (the batch stays) and weak (the batch of a GPU stays).")
            {
                experiment,
                batches,
                peak,
                used,
                least,
                bandwidth,
                latency,
                hidden,
            };
            command.SetAction(parsed =>
            {
                var name = parsed.GetValue(experiment)!;
                var machine = new Machine(
                    parsed.GetValue(peak) * 1e12 * parsed.GetValue(used),
                    parsed.GetValue(least) / 1e3,
                    parsed.GetValue(bandwidth) * 1e9,
                    parsed.GetValue(latency) / 1e6,
                    parsed.GetValue(hidden)
                );
                var layers = Layers(name);
                var (values, flops) = (layers.Sum(l => l.KeptParameters), 3 * layers.Sum(l => l.KeptFlops));
                Console.WriteLine(
                    Text(
                        $"Network {name}: {layers.Count} layers, {values / 1e6:0.00} million trained numbers, so {values * BytesAValue / 1e6:0.0} MB of gradients a step; {flops / 1e9:0.000} GFLOP an image and step (three products)."
                    )
                );
                Console.WriteLine(
                    Text(
                        $"Assumed: {parsed.GetValue(peak)} TFLOP/s of which a step reaches {parsed.GetValue(used) * 100:0} %; {parsed.GetValue(least)} ms a step that no rank saves; {parsed.GetValue(bandwidth)} GB/s and {parsed.GetValue(latency)} us between ranks; the last {parsed.GetValue(hidden) * 100:0} % of the way down hide sums.\n"
                    )
                );
                foreach (var batch in parsed.GetValue(batches)!)
                {
                    Table(Text($"Strong scaling, batch {batch}"), rank => batch, layers, machine);
                }

                foreach (var batch in parsed.GetValue(batches)!)
                {
                    var own = Math.Max(1, batch / Ranks[^1]);
                    Table(
                        Text($"Weak scaling, {own} images a GPU (batch {own * Ranks[^1]} on {Ranks[^1]})"),
                        rank => own * rank,
                        layers,
                        machine
                    );
                }

                return 0;
            });
            return command;
        }
    }

    private static Option<double> Number(string name, string what, double usual) =>
        new(name) { Description = what, DefaultValueFactory = _ => usual };

    private static IReadOnlyList<LayerSize> Layers(string name)
    {
        LibTorch.Load();
        var (subject, experiment) = (
            Subject.Published(name),
            ExperimentDocument.Open(name).Resolve("ngait", new ExperimentChoices { Preset = "fast" })
        );
        return experiment.Define([3, subject.Side, subject.Side], subject.Classes).Sizes(square: true);
    }

    private static void Table(string title, Func<int, int> batch, IReadOnlyList<LayerSize> layers, Machine machine)
    {
        Console.WriteLine(
            $"**{title}**\n\n| GPUs | images of a GPU | compute, ms | sums, ms | not hidden, ms | step, ms | images/s | efficiency |\n|---:|---:|---:|---:|---:|---:|---:|---:|"
        );
        var one = 0.0;
        foreach (var ranks in Ranks)
        {
            var whole = batch(ranks);
            if (whole < ranks)
            {
                continue;
            }

            // The rank with the most images is the one that all wait for.
            var images = (whole + ranks - 1) / ranks;
            var compute = machine.Least + (images * 3.0 * layers.Sum(l => l.KeptFlops) / machine.Flops);

            // A ring: each rank sends and receives its share of the numbers twice, in 2 (N - 1) messages for each layer.
            var sums = layers.Sum(l => Sum(l.KeptParameters, ranks, machine));
            var open = Math.Max(0, sums - (machine.Hidden * (compute - machine.Least) * 2 / 3));
            var step = compute + open;
            var speed = whole / step;
            one = ranks == 1 ? speed : one;
            Console.WriteLine(
                Text(
                    $"| {ranks} | {images} | {compute * 1e3:0.0} | {sums * 1e3:0.00} | {open * 1e3:0.00} | {step * 1e3:0.0} | {speed:0} | {speed / one / ranks * 100:0} % |"
                )
            );
        }

        Console.WriteLine();
    }

    private static double Sum(long values, int ranks, Machine machine) =>
        ranks == 1 || values == 0
            ? 0
            : (2.0 * (ranks - 1) / ranks * values * BytesAValue / machine.Bandwidth) + (2 * (ranks - 1) * machine.Latency);

    /// <summary>
    /// What the model knows of a machine: products a second, the least that a step takes, bytes a second, seconds a message, and the share
    /// of the way down that hides sums.
    /// </summary>
    private sealed record Machine(double Flops, double Least, double Bandwidth, double Latency, double Hidden);
}
