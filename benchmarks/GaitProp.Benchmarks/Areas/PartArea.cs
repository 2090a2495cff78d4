using System.Globalization;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Areas;

/// <summary>The parts of a step of normalised GAIT and of BP, each alone, on all layers of a network.</summary>
internal static class PartArea
{
    /// <summary>The sections: <c>parts/NETWORK/THREADS</c>, at the published batch size of 256; on ImageNet at 32.</summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings) =>
        from subject in Subject.All(settings.Smoke)
        let threads = Environment.ProcessorCount
        select new Section(
            FormattableString.Invariant($"parts/{subject.Name}/{threads}"),
            (budget, progress) =>
                Measure(
                    subject,
                    settings.Smoke ? 4
                        : subject.Name == "imagenet" ? 32
                        : 256,
                    threads,
                    settings.Smoke,
                    budget,
                    progress
                )
        );

    private static string Measure(Subject subject, int batch, int threads, bool smoke, TimeSpan budget, Action<string> progress)
    {
        set_num_threads(threads);
        using var scope = NewDisposeScope();
        var fast = Way.All.Single(w => w is { Rule: "ngait", Change: null, Preset: "fast" }).Experiment(subject, batch);
        using var net = Network.Build(fast.Define([3, subject.Side, subject.Side], subject.Classes), fast.Auxiliary, seed: 1);
        using var bp = RuleCatalog.Create("bp");
        using var limit = RuleCatalog.Create(
            "ngait",
            new NormalisedGaitOptions { Form = TargetForm.Limit, Inverse = InverseStrategy.Refined(1) }
        );
        using var displacement = RuleCatalog.Create(
            "ngait",
            new NormalisedGaitOptions { Form = TargetForm.Displacement, Inverse = InverseStrategy.Refined(1) }
        );

        // The same gradient a thousand times over would carry the weights away; Adam costs the same at any rate.
        using var adam = Optimizer.Of(net, fast.Optimizer with { LearningRate = 1e-12 });
        var rank = fast.Orthogonality.Rank;
        var subspaces = net.Layers.Skip(1).Select(l => (l.Weight, Subspace: new SubspaceRetraction(l.Weight, rank, 1))).ToArray();
        var images = rand(batch, 3, subject.Side, subject.Side);
        var labels = randint(0, 10, [batch], dtype: ScalarType.Int64);
        var trace = net.Forward(images);
        var outputGradient = Loss.CrossEntropySum(trace.Output, labels).Gradient;
        var update = bp.Update(net, trace, outputGradient);
        var gradients = update.SelectMany(u => u.Trained).ToArray();

        // Any tensors of the right shapes serve as dL/dz; those of a real pass are of the right size too.
        var deltas = net.Layers.Select((l, i) => l.Kept(trace.Activations[i]) * 1e-3).ToArray();
        var operations = net.Layers.Select(l => (double)batch * l.Flops).ToArray();
        var all = operations.Sum();
        var upper = operations.Skip(1).Sum();
        var peak = MatmulPeak.Of(ScalarType.Float32, smoke);
        var points = net.Layers.Zip(operations, (l, o) => o / (2 * l.Weight.numel())).ToArray();
        var timings = new Turns(
            [
                Scoped("the update of BP: feedback and gradients", () => bp.Update(net, trace, outputGradient)) with
                {
                    Operations = all + upper,
                },
                Scoped("the update of normalised GAIT, displacement, refined(1)", () => displacement.Update(net, trace, outputGradient)),
                Scoped("the update of normalised GAIT, limit, refined(1)", () => limit.Update(net, trace, outputGradient)),
                Scoped("forward pass", () => net.Forward(images)) with
                {
                    Operations = all,
                },
                Scoped("feedback through the transpose", () => Upper(l => net.Layers[l].Transposed(deltas[l]))) with
                {
                    Operations = upper,
                },
                Scoped(
                    "feedback through the inverse, folded(32)",
                    () => Upper(l => net.Layers[l].Inverted(deltas[l], InverseStrategy.Folded(32)))
                ),
                Scoped(
                    "feedback through the inverse, refined(1)",
                    () => Upper(l => net.Layers[l].Inverted(deltas[l], InverseStrategy.Refined(1)))
                ),
                Scoped(
                    "feedback through the inverse, pinv",
                    () => Upper(l => net.Layers[l].Inverted(deltas[l], InverseStrategy.PseudoInverse))
                ),
                Scoped("feedback through the inverse, exact", () => Upper(l => net.Layers[l].Inverted(deltas[l], InverseStrategy.Exact))),
                Scoped(
                    "gradients",
                    () => Array.ForEach([.. Enumerable.Range(0, deltas.Length)], l => net.Layers[l].Gradient(deltas[l], trace.Inputs[l]))
                ) with
                {
                    Operations = all,
                },
                Scoped("loss and its gradient", () => Loss.CrossEntropySum(trace.Output, labels)),
                Scoped(
                    "gradient of the penalty",
                    () => Upper(l => OrthogonalityDefect.AddPenaltyGradient_(update[l].Weight, net.Layers[l].Weight, 1e-12))
                ),
                Scoped($"retraction of {rank} directions", () => Array.ForEach(subspaces, s => s.Subspace.Apply_(s.Weight))),
                Scoped("retraction of all directions", () => Upper(l => OrthogonalityDefect.Retract_(net.Layers[l].Weight))),
                Scoped("Adam", () => adam.Step(gradients)),
                .. Bare(net, points),
                peak,
            ],
            budget,
            smoke
        ).Run(progress);
        Array.ForEach(subspaces, s => s.Subspace.Dispose());
        var circumstances = Tables.Circumstances(
            string.Create(
                CultureInfo.InvariantCulture,
                $"; batch {batch}; {timings[0].Seconds.Count} rounds; peak {timings[^1].Rate / 1e9:F0} GFLOP/s"
            )
        );
        set_num_threads(Environment.ProcessorCount);
        return circumstances + Tables.Of(timings.SkipLast(1), (timings[^1].Rate, 0), "x BP's update");

        void Upper(Action<int> of)
        {
            for (var l = 1; l < net.Layers.Count; l++)
            {
                of(l);
            }
        }
    }

    /// <summary>The three products of a dense layer in the middle, and nothing else: what of the peak these shapes can reach.</summary>
    private static IEnumerable<Contestant> Bare(Network net, double[] points)
    {
        if (net.Layers[1] is not InvertibleDense { Weight: var weight })
        {
            yield break;
        }

        var batch = (long)points[1];
        var (x, delta) = (randn(batch, weight.shape[1]), randn(batch, weight.shape[0]));
        var operations = 2.0 * batch * weight.numel();
        yield return Scoped("one product: x W^T", () => x.matmul(weight.t())) with
        {
            Operations = operations,
        };
        yield return Scoped("one product: delta W", () => delta.matmul(weight)) with
        {
            Operations = operations,
        };
        yield return Scoped("one product: delta^T x", () => delta.t().matmul(x)) with
        {
            Operations = operations,
        };
    }

    private static Contestant Scoped(string name, Action once) =>
        new(
            name,
            () =>
            {
                using var scope = NewDisposeScope();
                once();
            }
        );
}
