using System.Globalization;
using System.Text;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using GaitProp.Data;
using GaitProp.Networks;
using GaitProp.Training;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Areas;

/// <summary>How far the preset <c>fast</c> is from the rule as it is printed, all through a training of ten epochs.</summary>
internal static class AngleArea
{
    private const int Epochs = 10;

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
        var (bp, literal) = (new List<double[]>(), new List<double[]>());
        for (var step = 0; step < steps; step++)
        {
            // The first hundred steps are the wildest; later no multiple of the steps from one whole retraction to the next.
            if (step % (step < 100 ? 10 : 49) == 0)
            {
                var angles = probe.Measure(state, withLiteral: true);
                bp.Add(angles.Bp);
                literal.Add(angles.Literal);
            }

            state.Step(step, (_, _) => { });
            progress(string.Create(CultureInfo.InvariantCulture, $"step {step + 1} of {steps}, worst to literal {literal.Max(a => a.Max()):F3} degrees"));
        }

        var table = new StringBuilder(Tables.Circumstances(string.Create(CultureInfo.InvariantCulture,
            $"; preset fast, {data.Name}, {steps} steps of {batch}; {bp.Count} times, on a training batch and the weights of that moment")))
            .Append("\n| layer | to literal, float64: mean | worst | to BP, float64: mean | worst |\n|---|---:|---:|---:|---:|\n");
        for (var l = 0; l < bp[0].Length; l++)
        {
            table.Append(CultureInfo.InvariantCulture, $"| {l + 1} | {literal.Average(a => a[l]):F3}° | {literal.Max(a => a[l]):F3}° | {bp.Average(a => a[l]):F3}° | {bp.Max(a => a[l]):F3}° |\n");
        }

        return table.ToString();
    }
}
