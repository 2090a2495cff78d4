using System.Globalization;
using System.Text;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Areas;

/// <summary>How far the preset <c>fast</c> is from the rule as it is printed, all through a training of ten epochs.</summary>
internal static class AngleArea
{
    private const int Epochs = 10;

    /// <summary>Degrees by which the literal rule is farther from BP than the preset is when it has flipped an activation that float32 has not.</summary>
    private const double Flip = 0.5;

    /// <summary>The sections: <c>angles/NETWORK</c>, of the CIFAR-10 networks. They take as long as the training does.</summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings) =>
        Subject.All(settings.Smoke).Where(s => s.Name != "imagenet").Reverse()
            .Select(subject => new Section($"angles/{subject.Name}", (_, progress) => Measure(subject, settings, progress)));

    private static string Measure(Subject subject, BenchmarkSettings settings, Action<string> progress)
    {
        var batch = settings.Smoke ? 4 : 256;
        var data = subject.Images(settings, 2 * batch);
        var experiment = Way.All.Single(w => w is { Rule: "ngait", Change: null, Preset: "fast" }).Experiment(subject, batch);
        using var state = new LearningState(experiment, data, CPU);
        using var probe = new AngleProbe(data.Train, batch);
        var steps = settings.Smoke ? 2 : Epochs * state.StepsPerEpoch;
        var (bp, literal, own) = (new List<double[]>(), new List<double[]>(), new List<double[]>());
        for (var step = 0; step < steps; step++)
        {
            // The first hundred steps are the wildest; later no multiple of the steps from one whole retraction to the next.
            if (step % (step < 100 ? 10 : 49) == 0)
            {
                var angles = probe.Measure(state, withLiteral: true);
                bp.Add(angles.Bp);
                literal.Add(angles.Literal);
                own.Add(angles.Own);
            }

            state.Step(step, (_, _) => { });
            progress(string.Create(CultureInfo.InvariantCulture, $"step {step + 1} of {steps}, worst to literal {literal.Max(a => a.Max()):F3} degrees"));
        }

        var table = new StringBuilder(Tables.Circumstances(string.Create(CultureInfo.InvariantCulture,
            $"; preset fast, {data.Name}, {steps} steps of {batch}; {bp.Count} times, on a training batch and the weights of that moment")))
            .Append("\n| layer | fast to literal, float64: mean | worst | worst where nothing flips | fast to BP, float64: mean | worst | literal to BP, both float64: mean | worst |\n|---|---:|---:|---:|---:|---:|---:|---:|\n");
        var still = literal.Where((_, i) => own[i].Max() - bp[i].Max() < Flip).ToArray();
        for (var l = 0; l < bp[0].Length; l++)
        {
            table.Append(CultureInfo.InvariantCulture, $"| {l + 1} | {literal.Average(a => a[l]):F3}° | {literal.Max(a => a[l]):F3}° | {still.Max(a => a[l]):F3}° | {bp.Average(a => a[l]):F3}° | {bp.Max(a => a[l]):F3}° | {own.Average(a => a[l]):F3}° | {own.Max(a => a[l]):F3}° |\n");
        }

        return table.Append(CultureInfo.InvariantCulture, $"\nA flip: some activation of the batch lies nearer to zero than the target's step, 1e-7, so that the literal rule takes it to the other side of f's kink. Float32 activations ")
            .Append(CultureInfo.InvariantCulture, $"are no more exact than that, and flip elsewhere. Of the {literal.Count} times the literal rule did so {literal.Count - still.Length} times: it was then more than {Flip} degrees farther from BP than `fast` was.\n").ToString();
    }
}
