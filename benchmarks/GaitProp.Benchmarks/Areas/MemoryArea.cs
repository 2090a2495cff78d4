using System.Diagnostics;
using System.Globalization;
using System.Text;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Steps;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Areas;

/// <summary>
/// Memory of training: the peak of the resident set above what the process had before its network was made, data and libraries included.
/// Every case has a process of its own, because memory that was given back stays resident.
/// </summary>
internal static class MemoryArea
{
    private const string Hidden = "memory-of";

    /// <summary>
    /// The sections: <c>memory/NETWORK</c>, at batch 256; 32 for the ImageNet network, whose batches of 256 take more memory than many
    /// machines have.
    /// </summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings) =>
        OperatingSystem.IsLinux()
            ? Subject
                .All(settings.Smoke)
                .Select(subject => new Section($"memory/{subject.Name}", (_, progress) => Measure(subject, settings.Smoke, progress)))
            : [];

    /// <summary>Whether this process is one that measures a case; it then has done so.</summary>
    /// <param name="args">The command line.</param>
    public static bool IsCase(string[] args)
    {
        if (args is not [Hidden, var network, var way, var batch, var smoke])
        {
            return false;
        }

        LibTorch.Load();
        var images = int.Parse(batch, CultureInfo.InvariantCulture);
        var subject = Subject.All(bool.Parse(smoke)).Single(s => s.Name == network);
        var data = subject.Pictures(LearnerStep.Batches * images);
        using (var warm = NewDisposeScope())
        {
            // The libraries' own buffers: one product.
            _ = rand(512, 512).matmul(rand(512, 512));
        }

        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Status("VmRSS");
        using var step = new LearnerStep(Way.All.Single(w => w.Name == way), subject, images, data);
        for (var i = 0; i < 6; i++)
        {
            step.Contestant.Once();
        }

        step.Contestant.NowAndThen?.Invoke();
        Console.WriteLine((Status("VmHWM") - before).ToString(CultureInfo.InvariantCulture));
        return true;
    }

    private static string Measure(Subject subject, bool smoke, Action<string> progress)
    {
        var batch =
            smoke ? 4
            : subject.Name == "imagenet" ? 32
            : 256;
        var ways = Way
            .All.Where(w =>
                smoke
                    ? w.Name is "BP" or "normalised GAIT, fast"
                    : w.IsMain || w.Name is "FA" or "fast, exact" or "fast, explicit auxiliary units"
            )
            .ToArray();
        var table = new StringBuilder(
            Tables.Circumstances(FormattableString.Invariant($"; batch {batch}; weights, moments, activations and all that a step needs"))
        ).Append("\n| | x BP | MB |\n|---|---:|---:|\n");
        var reference = 0.0;
        foreach (var way in ways)
        {
            progress(way.Name);
            var megabytes =
                InProcess(
                    Hidden,
                    subject.Name,
                    way.Name,
                    FormattableString.Invariant($"{batch}"),
                    smoke ? bool.TrueString : bool.FalseString
                ) / 1024;
            reference = reference == 0 ? megabytes : reference;
            table.Append(CultureInfo.InvariantCulture, $"| {way.Name} | {megabytes / reference:F2} | {megabytes:F0} |\n");
        }

        return table.ToString();
    }

    private static double InProcess(params string[] words)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(MemoryArea).Assembly.Location, .. words]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var said = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && double.TryParse(said, NumberStyles.Integer, CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes
            : throw new GaitPropException(
                $"the process that measures memory ended with {process.ExitCode} and said '{said.Trim()}': run 'dotnet {string.Join(' ', start.ArgumentList)}' to see why."
            );
    }

    /// <summary>A line of the process's status, kilobytes.</summary>
    private static double Status(string name) =>
        double.Parse(
            File.ReadLines("/proc/self/status")
                .First(l => l.StartsWith(name, StringComparison.Ordinal))
                .Split(':')[1]
                .Replace("kB", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture
        );
}
