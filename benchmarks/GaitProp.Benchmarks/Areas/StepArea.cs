using System.Globalization;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Areas;

/// <summary>Whole training steps: every way to compute, on the published networks, at several batch sizes and numbers of threads.</summary>
internal static class StepArea
{
    private const int Published = 256;

    /// <summary>
    /// The sections: <c>steps/NETWORK/BATCH/THREADS</c> with the ways that matter most, and <c>ways/NETWORK</c> with all of them, at batch
    /// 256.
    /// </summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings)
    {
        foreach (var subject in Subject.All(settings.Smoke))
        {
            // The ImageNet network at the batch that fits an hour; a step of its literal form at the published one takes minutes.
            int[] batches =
                settings.Smoke ? [4]
                : subject.Name == "imagenet" ? [32]
                : [64, Published, 512];
            foreach (var batch in batches)
            {
                foreach (
                    var threads in (
                        (int[])[Environment.ProcessorCount, .. batch == Published || settings.Smoke ? (int[])[1] : []]
                    ).Distinct()
                )
                {
                    yield return new(
                        FormattableString.Invariant($"steps/{subject.Name}/{batch}/{threads}"),
                        (budget, progress) =>
                            Measure(subject, batch, threads, w => w.IsMain && w.IsWanted(settings), settings.Smoke, budget, progress)
                    );
                }
            }
        }

        foreach (var subject in Subject.All(settings.Smoke).Where(s => settings.Smoke || s.Name != "imagenet"))
        {
            yield return new(
                $"ways/{subject.Name}",
                (budget, progress) =>
                    Measure(
                        subject,
                        settings.Smoke ? 4 : Published,
                        Environment.ProcessorCount,
                        w => w.IsWanted(settings),
                        settings.Smoke,
                        budget,
                        progress
                    )
            );
        }
    }

    private static string Measure(
        Subject subject,
        int batch,
        int threads,
        Func<Way, bool> wanted,
        bool smoke,
        TimeSpan budget,
        Action<string> progress
    )
    {
        set_num_threads(threads);
        using var scope = NewDisposeScope();
        var data = subject.Pictures(LearnerStep.Batches * batch);
        var steps = new List<LearnerStep>();
        var bp = Way.All[0].Experiment(subject, batch);
        using var torchStep = new TorchStep(bp.Define([3, subject.Side, subject.Side], subject.Classes), bp.Optimizer, batch, data);
        try
        {
            steps.AddRange(Way.All.Where(wanted).Select(w => new LearnerStep(w, subject, batch, data)));
            var (single, twice) = (MatmulPeak.Of(ScalarType.Float32, smoke), MatmulPeak.Of(ScalarType.Float64, smoke));
            var timings = new Turns([.. steps.Select(s => s.Contestant), torchStep.Contestant, single, twice], budget, smoke).Run(progress);
            var peaks = (timings[^2].Rate, timings[^1].Rate);
            return Tables.Circumstances(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"; batch {batch}; {timings[0].Seconds.Count} rounds; peak {peaks.Item1 / 1e9:F0} GFLOP/s in float32, {peaks.Item2 / 1e9:F0} in float64"
                    )
                ) + Tables.Of(timings.SkipLast(2), peaks, "x BP");
        }
        finally
        {
            steps.ForEach(s => s.Dispose());
            set_num_threads(Environment.ProcessorCount);
        }
    }
}
