using System.Diagnostics;
using System.Globalization;
using GaitProp.Kernel.Tests.Faults;
using NetVips;

namespace GaitProp.Kernel.Tests.Fuzz;

/// <summary>
/// The commands that work for long, killed with all that they started (SIGKILL) at moments drawn from a seed, and given again until they
/// end: what they leave is to the byte what an undisturbed one leaves. GAITPROP_ATTACK_KILLS sets how many kills each gets; without it the
/// tests are left out, for they take minutes.
/// </summary>
[Trait("Size", "Exhaustive")]
public sealed class RandomKillTests : IDisposable
{
    private readonly GaitPropProcess _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Train() =>
        Killed(
            "train synthetic-shallow --rule ngait --epochs 3",
            folder =>
                _program[folder] is var runs && Run(runs) is { } run
                    ? ["runs", "resume", run, "--checkpoint-every", "1"]
                    :
                    [
                        "train",
                        "synthetic-shallow",
                        "--rule",
                        "ngait",
                        "--epochs",
                        "3",
                        "--threads",
                        "1",
                        "--checkpoint-every",
                        "1",
                        "--runs",
                        runs,
                    ],
            Measurements
        );

    [Fact]
    public void Compare() =>
        Killed(
            "compare --jobs 2",
            folder =>
                [
                    "compare",
                    "synthetic-shallow",
                    "--rules",
                    "ngait,bp",
                    "--epochs",
                    "1",
                    "--jobs",
                    "2",
                    "--threads",
                    "1",
                    "--checkpoint-every",
                    "1",
                    "--runs",
                    _program[folder],
                    "--set",
                    "trainImages=2000",
                    "--set",
                    "testImages=500",
                ],
            Measurements
        );

    [Fact]
    public void Prepare()
    {
        SkipUnlessAskedFor();
        foreach (var (part, label, count) in ((string, int, int)[])[("train", 0, 150), ("train", 1, 150), ("val", 0, 40), ("val", 1, 40)])
        {
            var folder = Directory.CreateDirectory(_program["photos", part, $"n0000000{label}"]).FullName;
            for (var i = 0; i < count; i++)
            {
                using var photo = (Image.Black(300, 200) + new[] { 10.0 + i, 20 + label, 30 })
                    .Cast(Enums.BandFormat.Uchar)
                    .Copy(interpretation: Enums.Interpretation.Srgb);
                File.WriteAllBytes(Path.Combine(folder, $"{part}{i}.JPEG"), photo.JpegsaveBuffer());
            }
        }

        Killed(
            "data prepare imagenet",
            folder =>
                [
                    "data",
                    "prepare",
                    "imagenet",
                    "--from",
                    _program["photos"],
                    "--to",
                    _program[folder],
                    "--size",
                    "32",
                    "--shard-images",
                    "20",
                ],
            folder =>
                Directory
                    .EnumerateFiles(folder)
                    .Where(f => !Path.GetFileName(f).StartsWith('.'))
                    .ToDictionary(f => Path.GetFileName(f)!, File.ReadAllBytes)
        );
    }

    [Fact]
    public void Reproduce() =>
        Killed(
            "reproduce fig4 --preset smoke",
            folder =>
                [
                    "reproduce",
                    "fig4",
                    "--preset",
                    "smoke",
                    "--data",
                    "embedded",
                    "--runs",
                    _program[folder],
                    "--out",
                    _program[$"{folder}-figures"],
                ],
            Measurements
        );

    [Fact]
    public async Task Two_processes_on_one_store_make_each_run_once()
    {
        string[] words =
        [
            "compare",
            "synthetic-shallow",
            "--rules",
            "ngait,bp,fa",
            "--epochs",
            "1",
            "--threads",
            "1",
            "--runs",
            _program["store"],
            "--set",
            "trainImages=300",
            "--set",
            "testImages=100",
        ];
        var (one, other) = (_program.Start(words), _program.Start(words));
        foreach (
            var finished in await Task.WhenAll(Task.Run(() => GaitPropProcess.Finish(one)), Task.Run(() => GaitPropProcess.Finish(other)))
        )
        {
            Assert.True(finished.ExitCode == 0, finished.Error);
        }

        Assert.Equal(3, Measurements(_program["store"]).Count(m => m.Key.EndsWith("metrics.jsonl", StringComparison.Ordinal)));
        Reliability.Record(new("two processes of compare on one store", 1, "each run is made once, both end well"));
    }

    private static string? Run(string runs) =>
        Directory.Exists(runs)
            ? Directory
                .EnumerateFiles(runs, "run.json", SearchOption.AllDirectories)
                .Select(f => Path.GetDirectoryName(f)!)
                .FirstOrDefault(f => !Path.GetFileName(f).StartsWith('.'))
            : null;

    /// <summary>The measurements and the tensors of the last checkpoint of each run, by its rule.</summary>
    private static Dictionary<string, byte[]> Measurements(string runs)
    {
        var files = new Dictionary<string, byte[]>();
        foreach (
            var run in Directory
                .EnumerateFiles(runs, "run.json", SearchOption.AllDirectories)
                .Select(f => Path.GetDirectoryName(f)!)
                .Where(f => !Path.GetFileName(f).StartsWith('.') && Trial.Status(f) == "finished")
        )
        {
            var rule = Path.GetFileName(run).Split('-')[0];
            files.Add($"{rule}/metrics.jsonl", Trial.Metrics(run));
            files.Add($"{rule}/tensors", Trial.Tensors(Trial.Checkpoints(run)[0]));
        }

        return files;
    }

    private static void SkipUnlessAskedFor() => Assert.SkipWhen(Reliability.Kills == 0, "GAITPROP_ATTACK_KILLS is not set");

    private void Killed(string name, Func<string, string[]> words, Func<string, Dictionary<string, byte[]>> made)
    {
        SkipUnlessAskedFor();
        var random = new Random(Reliability.Seed);
        var log = TestContext.Current.TestOutputHelper!;
        var watch = Stopwatch.StartNew();
        Finish(_program.Start(words("whole")));
        var duration = (int)watch.ElapsedMilliseconds;
        var expected = made(_program["whole"]);
        var killed = 0;
        for (var round = 0; killed < Reliability.Kills; round++)
        {
            var folder = $"killed{round}";
            while (true)
            {
                var process = _program.Start(words(folder));

                // The whole stretch, the last moments of its end included.
                if (killed == Reliability.Kills || process.WaitForExit(random.Next(duration)))
                {
                    Finish(process);
                    break;
                }

                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                process.Dispose();
                killed++;
                if (words(folder) is ["runs", "resume", var run, ..] && Trial.Status(run) == "finished")
                {
                    break;
                }
            }

            var actual = made(_program[folder]);
            Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
            Assert.All(
                expected,
                file =>
                    Assert.True(
                        file.Value.AsSpan().SequenceEqual(actual[file.Key]),
                        $"{name}, seed {Reliability.Seed}, round {round}: {file.Key} differs"
                    )
            );
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round}: {killed} kills so far, all bytes the same"));
        }

        Reliability.Record(new($"SIGKILL of `{name}` at random moments", killed, "given again, each ends with the same bytes"));

        static void Finish(Process process)
        {
            var finished = GaitPropProcess.Finish(process);
            Assert.True(finished.ExitCode == 0, $"exit code {finished.ExitCode}: {finished.Error}");
        }
    }
}
