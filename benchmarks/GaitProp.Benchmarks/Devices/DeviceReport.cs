using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using GaitProp.Data;
using GaitProp.Experiments;
using GaitProp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Devices;

/// <summary>
/// What a device does in a few minutes: update angles, training steps of the published networks in every precision, and the peak of memory.
/// Each part is written down as soon as it is there, so that whoever runs out of time has what came before. <c>benchmarks/device.sh</c>
/// calls it.
/// </summary>
internal static class DeviceReport
{
    /// <summary>What stands in the place of a number where memory did not suffice.</summary>
    public const string NoMemory = "out of memory";

    private static readonly string[] AngleRules = ["bp", "ngait"];

    /// <summary><c>device --device NAME --seconds N --out FILE [--smoke]</c>.</summary>
    public static RootCommand Command
    {
        get
        {
            var device = new Option<string?>("--device") { Description = "Where to compute. Default: auto.", HelpName = "NAME" };
            var seconds = new Option<double>("--seconds")
            {
                Description = "About how long all parts together may take.",
                DefaultValueFactory = _ => 240,
            };
            var output = new Option<string>("--out")
            {
                Description = "The report, which the parts are added to.",
                HelpName = "FILE",
                Required = true,
            };
            var smoke = new Option<bool>("--smoke") { Description = "Small networks and one short round: shows that it runs." };
            var command = new RootCommand("Measures what a device does: angles, steps, memory.") { device, seconds, output, smoke };
            command.SetAction(parsed =>
            {
                try
                {
                    Run(
                        ComputeDevice.Of(parsed.GetValue(device)),
                        TimeSpan.FromSeconds(parsed.GetValue(seconds)),
                        parsed.GetValue(output)!,
                        parsed.GetValue(smoke)
                    );
                    return 0;
                }
                catch (Exception e) when (e is GaitPropException or IOException or UnauthorizedAccessException)
                {
                    Console.Error.WriteLine(e.Message);
                    return 1;
                }
            });
            return command;
        }
    }

    private static void Run(Device device, TimeSpan budget, string file, bool smoke)
    {
        var clock = Stopwatch.StartNew();
        var batch = smoke ? 8 : 256;
        Put(Circumstances(device));
        Put(Angles(device, smoke));

        // A third of the time for the memory, first: libtorch keeps what it has had, and those processes share the device with this one. The
        // rest is for the steps: each network its share of what is left.
        var subjects = Subject.All(smoke);
        Put(Memory(subjects, batch, device, smoke, () => Left(1.0 / 3)));
        foreach (var (i, subject) in subjects.Index())
        {
            Put(Steps(subject, batch, device, smoke, Left(1) / (subjects.Count - i)));
        }

        TimeSpan Left(double share) => TimeSpan.FromSeconds(Math.Max((budget * share - clock.Elapsed).TotalSeconds, 1));

        void Put(string text)
        {
            File.AppendAllText(file, text + "\n");
            Console.WriteLine(text);
        }
    }

    private static string Circumstances(Device device)
    {
        var here = RunEnvironment.Here(device);
        return string.Create(
                CultureInfo.InvariantCulture,
                $"- device: {here.Device}\n- processor: {here.Processor}, {Environment.ProcessorCount} cores\n- system: {here.System}, .NET {Environment.Version}\n"
            )
            + string.Create(
                CultureInfo.InvariantCulture,
                $"- libtorch {here.LibTorch}, TorchSharp {here.TorchSharp}\n- GaitProp {here.Version}{(here.Commit is { } commit ? $" ({commit[..Math.Min(7, commit.Length)]})" : "")}, {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC\n"
            );
    }

    /// <summary>What each precision costs in degrees, and whether the device's float32 is the CPU's.</summary>
    private static string Angles(Device device, bool smoke)
    {
        var text = new StringBuilder(
            "## Angles\n\nThe largest update angle of all layers to BP in float64 on the same weights and batch, degrees: of BP itself, which shows the rounding alone, and of normalised GAIT (displacement, exact inverse). Random orthogonal weights, random images.\n\n| network | computed in | BP | normalised GAIT |\n|---|---|---:|---:|\n"
        );
        var onCuda = device.type == DeviceType.CUDA;
        foreach (var subject in Subject.All(smoke))
        {
            using var scope = NewDisposeScope();

            // The ImageNet network on small images: its layers are the same for every size.
            var shown = smoke ? subject : subject with { Side = 32 };
            var study = new AngleStudy
            {
                Network =
                    shown.Layers == shown.Name
                        ? Architectures.Define(shown.Name, [3, shown.Side, shown.Side], shown.Classes)
                        : OwnNetwork.Define(shown.Name, shown.Layers, [3, shown.Side, shown.Side], shown.Classes),
                Auxiliary = AuxiliaryUnits.Implicit,
            };
            using var images = TrainingImages.Of(shown.Pictures(16).Train, ScalarType.Float64, CPU);
            var (pixels, labels) = images.Range(0, 16);
            foreach (
                var (name, precision, place, tf32) in new[]
                {
                    ("float32 on the CPU", ScalarType.Float32, CPU, false),
                    ($"float32 on {device}", ScalarType.Float32, device, false),
                    ($"TF32 on {device}", ScalarType.Float32, device, true),
                    ($"float64 on {device}", ScalarType.Float64, device, false),
                }
            )
            {
                if ((tf32 || name.StartsWith("float32 on the", StringComparison.Ordinal)) && !onCuda)
                {
                    continue;
                }

                using var products = Tf32.While(tf32);
                var table = (study with { Precision = precision }).Measure(AngleRules, pixels.to(place), labels.to(place));
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {subject.Name} | {name} | {Degrees(table.Columns[0].Worst)} | {Degrees(table.Columns[1].Worst)} |\n"
                );
            }
        }

        return text.ToString();

        static string Degrees(double? angle) =>
            angle is { } value ? string.Create(CultureInfo.InvariantCulture, $"{value:0.0e+0}") : "undefined";
    }

    private static List<(string Precision, Way Way)> Ways(Device device)
    {
        var ways = new List<(string Precision, Way Way)>();
        foreach (var name in (string[])["BP", "FA", "normalised GAIT, fast"])
        {
            var way = Way.All.Single(w => w.Name == name);
            ways.Add(("float32", way));
            if (device.type == DeviceType.CUDA)
            {
                ways.Add(("TF32", Changed(way, "TF32", e => e with { Tf32 = true })));
            }

            ways.Add(("float64", Changed(way, "float64", e => e with { Precision = ScalarType.Float64 })));
        }

        ways.Add(("float64", Way.All.Single(w => w.Name == "normalised GAIT, paper")));
        return ways;

        static Way Changed(Way way, string precision, Func<Experiment, Experiment> change) =>
            way with
            {
                Name = $"{way.Name}, {precision}",
                Change = e => change(way.Change?.Invoke(e) ?? e),
            };
    }

    private static string Steps(Subject subject, int batch, Device device, bool smoke, TimeSpan budget)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"## Steps of {subject.Name}, batch {batch}\n\n"));
        using var scope = NewDisposeScope();
        var data = subject.Pictures(LearnerStep.Batches * batch);
        var steps = new List<(string Precision, LearnerStep Step)>();
        var missing = new List<string>();
        try
        {
            foreach (var (precision, way) in Ways(device))
            {
                LearnerStep? step = null;
                try
                {
                    step = new LearnerStep(way, subject, batch, data, device);
                    step.Contestant.Once();
                    step.Contestant.Settle?.Invoke();
                    steps.Add((precision, step));
                }
                catch (Exception e) when (DeviceFailure.Of(e) is { IsMemory: true })
                {
                    step?.Dispose();
                    missing.Add(way.Name);
                }
            }

            if (steps.Count == 0)
            {
                return text.Append(NoMemory).Append(".\n").ToString();
            }

            string[] precisions = [.. steps.Select(s => s.Precision).Distinct()];
            var peaks = precisions
                .Select(p => MatmulPeak.Of(p == "float64" ? ScalarType.Float64 : ScalarType.Float32, smoke, device, p == "TF32"))
                .ToArray();
            var timings = new Turns([.. steps.Select(s => s.Step.Contestant), .. peaks], budget, smoke).Run(_ => { });
            var rates = precisions.Zip(timings.Skip(steps.Count), (p, t) => (p, t.Rate)).ToDictionary(r => r.p, r => r.Rate);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{timings[0].Seconds.Count} rounds in turns. Peak: {string.Join(", ", rates.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Value / 1e12:F1} TFLOP/s in {r.Key}")))}.\n\n"
            );
            text.Append("| | x BP in float32 | quartiles | ms | share of peak |\n|---|---:|---:|---:|---:|\n");
            foreach (var (timing, step) in timings.Zip(steps))
            {
                var (lower, upper) = timing.Spread;
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {timing.Contestant.Name} | {timing.Ratio:F2} | {lower:F2}–{upper:F2} | {Tables.Milliseconds(timing.Median)} | {timing.Rate / rates[step.Precision]:P0} |\n"
                );
            }

            missing.ForEach(name => text.Append(CultureInfo.InvariantCulture, $"| {name} | | | {NoMemory} | |\n"));
            return text.ToString();
        }
        finally
        {
            steps.ForEach(s => s.Step.Dispose());
        }
    }

    private static string Memory(IReadOnlyList<Subject> subjects, int batch, Device device, bool smoke, Func<TimeSpan> left)
    {
        var text = new StringBuilder(
            string.Create(
                CultureInfo.InvariantCulture,
                $"## Memory, batch {batch}\n\nThe peak of training, MB: weights, moments, activations and all that a step needs{(device.type == DeviceType.CUDA ? ", as libtorch takes it from the card" : "")}.\n\n| network | BP | FA | normalised GAIT, fast | normalised GAIT, paper |\n|---|---:|---:|---:|---:|\n"
            )
        );
        foreach (var subject in subjects)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {subject.Name} ");
            foreach (var way in (string[])["BP", "FA", "normalised GAIT, fast", "normalised GAIT, paper"])
            {
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"| {(left() > TimeSpan.FromSeconds(3) ? DeviceMemory.Measure(subject.Name, way, batch, device.ToString(), smoke, left()) : "no time")} "
                );
            }

            text.Append("|\n");
        }

        return text.ToString();
    }
}
