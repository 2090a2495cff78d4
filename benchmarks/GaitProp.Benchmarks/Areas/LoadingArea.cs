using System.Globalization;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using GaitProp.Data;
using GaitProp.Data.Preparation;
using NetVips;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Areas;

/// <summary>
/// Photos on their way in: preparation against a decoder and nothing else, the loader against a step of BP and a plain read.
/// </summary>
internal static class LoadingArea
{
    private const int Batch = 32;

    /// <summary>The sections: <c>data/preparation</c> and <c>data/loader</c>.</summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings) =>
        [
            new("data/preparation", (budget, progress) => InFolder(folder => Preparation(folder, settings, budget, progress))),
            new("data/loader", (budget, progress) => InFolder(folder => Loader(folder, settings, budget, progress))),
        ];

    private static string Preparation(string folder, BenchmarkSettings settings, TimeSpan budget, Action<string> progress)
    {
        var (source, what) = Photos(folder, settings);
        var images = source.Train.Concat(source.Validation).ToArray();
        var times = 0;
        var timings = new Turns(
            [
                new Contestant("libvips alone: decode, resize", () => Parallel.ForEach(images, image => Decoded(image.Read(), settings))),
                new Contestant(
                    "gaitprop data prepare: the same, and checked shards",
                    () =>
                    {
                        var to = Path.Combine(folder, FormattableString.Invariant($"shards-{times++}"));
                        new ImagePreparation(source, to) { Size = Side(settings) }.Run();
                        Directory.Delete(to, recursive: true);
                    }
                ),
            ],
            budget,
            settings.Smoke
        ).Run(progress);
        return Tables.Circumstances(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"; {images.Length} photos ({what}) to {Side(settings)} x {Side(settings)}; {timings[0].Seconds.Count} rounds"
                )
            ) + Rates(timings, images.Length, "images a second, of libvips's");
    }

    private static string Loader(string folder, BenchmarkSettings settings, TimeSpan budget, Action<string> progress)
    {
        var (photos, what) = Photos(folder, settings);
        var to = Path.Combine(folder, "shards");
        progress("preparing photos");
        new ImagePreparation(photos, to) { Size = Side(settings) }.Run();
        var set = GaitProp.Data.Photos.Prepared.Read(to);
        using var loader = TrainingImages.Of(set.Train, ScalarType.Float32, CPU);
        using var order = loader.Ordered(1);
        var batch = Math.Min(Batch, set.Train.Count);
        var full = set.Train.Count / batch;
        var imagenet = Subject.All(settings.Smoke).Single(s => s.Name == "imagenet");
        using var step = new LearnerStep(Way.All[0], imagenet, batch, imagenet.Pictures(LearnerStep.Batches * batch));
        var copy = new byte[batch * set.Train.ValuesPerImage];
        var (epoch, next, read) = (1, 0, 0);
        var timings = new Turns(
            [
                step.Contestant with
                {
                    Name = "a step of BP on the ImageNet network",
                },
                new Contestant(
                    "the loader: batches ready for the network",
                    () =>
                    {
                        using var scope = NewDisposeScope();
                        if (next == full)
                        {
                            (epoch, next) = (epoch + 1, 0);
                        }

                        _ = loader.Batch(order, epoch, (long)next++ * batch, batch);
                    }
                ),
                new Contestant(
                    "a plain copy of the same bytes in memory",
                    () =>
                    {
                        for (var i = 0; i < batch; i++)
                        {
                            set.Train.Image((read + i) % set.Train.Count).CopyTo(copy.AsSpan(i * set.Train.ValuesPerImage));
                        }

                        read = (read + batch) % set.Train.Count;
                    }
                ),
            ],
            budget,
            settings.Smoke
        ).Run(progress);
        return Tables.Circumstances(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"; {what}, in the page cache, batches of {batch} x 3 x {Side(settings)} x {Side(settings)}; {timings[0].Seconds.Count} rounds"
                )
            ) + Rates(timings, batch, "images a second, of BP's");
    }

    private static string Rates(IReadOnlyList<Timing> timings, int images, string head)
    {
        var rows = timings.Select(t =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"| {t.Contestant.Name} | {1 / t.Ratio:F2} | {1 / t.Spread.Upper:F2}–{1 / t.Spread.Lower:F2} | {images / t.Median:N0} |\n"
            )
        );
        return $"\n| | {head} | quartiles | images a second |\n|---|---:|---:|---:|\n" + string.Concat(rows);
    }

    private static void Decoded(byte[] bytes, BenchmarkSettings settings)
    {
        using var photo = Image.NewFromBuffer(bytes, access: Enums.Access.Sequential);
        using var resized = photo.ThumbnailImage(Side(settings), height: Side(settings), size: Enums.Size.Force, noRotate: true);
        _ = resized.WriteToMemory<byte>();
    }

    /// <summary>The photos at hand, or pictures of noise as JPEG files where there are none.</summary>
    private static (SourceSet Source, string What) Photos(string folder, BenchmarkSettings settings)
    {
        // Sets libvips up as the preparation does: one thread a photo, no cache.
        _ = new PhotoDecoder(Side(settings));
        _ = PhotoDecoder.Library;
        var real = Path.Combine(settings.Data, "ilsvrc-mini");
        if (!settings.Smoke && Directory.Exists(real))
        {
            return (SourceSet.Open(real, 1), "of ilsvrc-mini");
        }

        var made = Path.Combine(folder, "photos");
        if (!Directory.Exists(made))
        {
            for (var i = 0; i < (settings.Smoke ? 8 : 256); i++)
            {
                var of = Directory.CreateDirectory(Path.Combine(made, FormattableString.Invariant($"class-{i % 2}"))).FullName;
                using var noise = Image
                    .Gaussnoise(settings.Smoke ? 48 : 500, settings.Smoke ? 40 : 375, mean: 128, sigma: 40, seed: i)
                    .Cast(Enums.BandFormat.Uchar);
                using var colour = noise.Bandjoin([noise, noise]).Copy(interpretation: Enums.Interpretation.Srgb);
                colour.Jpegsave(Path.Combine(of, FormattableString.Invariant($"{i}.jpg")));
            }
        }

        return (SourceSet.Open(made, 1), "pictures of noise");
    }

    private static int Side(BenchmarkSettings settings) => Subject.All(settings.Smoke).Single(s => s.Name == "imagenet").Side;

    private static string InFolder(Func<string, string> measure)
    {
        var folder = Directory.CreateTempSubdirectory("gaitprop-benchmark-").FullName;
        try
        {
            return measure(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
