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

    /// <summary>Degrees between a rule and its limit of small increments that make a flip.</summary>
    private const double Flip = 0.25;

    /// <summary>The sections: <c>angles/NETWORK</c>, of the CIFAR-10 networks. They take as long as the training does.</summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings) =>
        Subject
            .All(settings.Smoke)
            .Where(s => s.Name != "imagenet")
            .Reverse()
            .Select(subject => new Section($"angles/{subject.Name}", (_, progress) => Measure(subject, settings, progress)));

    private static string Measure(Subject subject, BenchmarkSettings settings, Action<string> progress)
    {
        var batch = settings.Smoke ? 4 : 256;
        var data = subject.Images(settings, 2 * batch);
        var experiment = Way.All.Single(w => w is { Rule: "ngait", Change: null, Preset: "fast" }).Experiment(subject, batch);
        using var state = new LearningState(experiment, data, CPU);
        using var probe = new AngleProbe(data.Train, batch);
        var steps = settings.Smoke ? 2 : Epochs * state.StepsPerEpoch;
        var looks = new List<ProbedAngles>();
        for (var step = 0; step < steps; step++)
        {
            // The first hundred steps are the wildest; later no multiple of the steps from one whole retraction to the next.
            if (step % (step < 100 ? 10 : 49) == 0)
            {
                looks.Add(probe.Measure(state, (NormalisedGaitOptions)experiment.RuleOptions));
            }

            state.Step(step, (_, _) => { });
            progress(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"step {step + 1} of {steps}, worst to literal {looks.Max(a => a.Literal.Max()):F3} degrees"
                )
            );
        }

        var table = new StringBuilder(
            Tables.Circumstances(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"; preset fast, {data.Name}, {steps} steps of {batch}; {looks.Count} times, on a training batch and the weights of that moment"
                )
            )
        ).Append(
            "\n| layer | fast to literal: mean | worst | worst where neither flips | fast to BP: mean | worst | literal to BP: mean | worst | BP in float32 to BP: worst |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
        );
        var still = looks.Where(a => Math.Max(a.OwnFlip, a.LiteralFlip) < Flip).ToArray();
        for (var l = 0; l < looks[0].Bp.Length; l++)
        {
            table
                .Append(
                    CultureInfo.InvariantCulture,
                    $"| {l + 1} | {looks.Average(a => a.Literal[l]):F3}° | {looks.Max(a => a.Literal[l]):F3}° | {still.Select(a => a.Literal[l]).DefaultIfEmpty(double.NaN).Max():F3}° | {looks.Average(a => a.Bp[l]):F3}° | {looks.Max(a => a.Bp[l]):F3}° "
                )
                .Append(
                    CultureInfo.InvariantCulture,
                    $"| {looks.Average(a => a.LiteralBp[l]):F3}° | {looks.Max(a => a.LiteralBp[l]):F3}° | {looks.Max(a => a.Rounding[l]):F3}° |\n"
                );
        }

        return table
            .Append(
                CultureInfo.InvariantCulture,
                $"\nThe literal rule and BP are float64 where nothing else is said. A flip: some activation of the batch lies nearer to zero than the target's step, 1e-7, so that the rule takes it to the other side of f's kink, and is more than "
            )
            .Append(
                CultureInfo.InvariantCulture,
                $"{Flip} degrees from its own limit of small steps. Float32 activations are no more exact than that step, and flip at other times. Of the {looks.Count} times the literal rule did so {looks.Count(a => a.LiteralFlip >= Flip)} times, `fast` {looks.Count(a => a.OwnFlip >= Flip)} times.\n"
            )
            .ToString();
    }
}
