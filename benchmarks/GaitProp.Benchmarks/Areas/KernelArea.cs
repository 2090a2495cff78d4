using System.Diagnostics;
using System.Globalization;
using GaitProp.Benchmarks.Measuring;
using GaitProp.Benchmarks.Notebook;
using GaitProp.Kernel.Jupyter;

namespace GaitProp.Benchmarks.Areas;

/// <summary>The notebook kernel: how long it takes to start, and how long a cell that does nothing takes.</summary>
internal static class KernelArea
{
    /// <summary>The section: <c>kernel</c>.</summary>
    /// <param name="settings">What was asked for.</param>
    public static IEnumerable<Section> Sections(BenchmarkSettings settings) =>
        [new("kernel", (budget, progress) => Measure(settings.Smoke, budget, progress))];

    private static string Measure(bool smoke, TimeSpan budget, Action<string> progress)
    {
        var (bare, greeted, first, later, printed, trained) = (
            new List<double>(),
            new List<double>(),
            new List<double>(),
            new List<double>(),
            new List<double>(),
            new List<double>()
        );
        var (starts, cells) = smoke ? (1, 2) : (5, 30);
        var whole = Stopwatch.StartNew();
        for (var i = 0; i < starts && (i < 2 || whole.Elapsed < budget); i++)
        {
            progress(FormattableString.Invariant($"start {i + 1} of {starts}"));
            bare.Add(
                Seconds(() =>
                {
                    var start = OwnProgram.Start("--version");
                    start.RedirectStandardOutput = true;
                    using var process = Process.Start(start)!;
                    process.StandardOutput.ReadToEnd();
                    process.WaitForExit();
                })
            );
            var clock = Stopwatch.StartNew();
            using var kernel = new FrontEnd();
            kernel.Greet();
            greeted.Add(clock.Elapsed.TotalSeconds);
            kernel.Execute("1 + 1");
            first.Add(clock.Elapsed.TotalSeconds);
            for (var cell = 0; cell < cells; cell++)
            {
                later.Add(Seconds(() => kernel.Execute(FormattableString.Invariant($"{cell} + 1"))));
                printed.Add(Seconds(() => kernel.Execute(FormattableString.Invariant($"Console.WriteLine({cell})"))));
            }

            trained.Add(Seconds(() => kernel.Execute("#!gaitprop info")));
        }

        var reference = Timing.Quantile(bare, 0.5);
        var rows = new (string Name, List<double> Seconds)[]
        {
            ("`gaitprop --version`: a process that does nothing", bare),
            ("the kernel, from its start to its first answer", greeted),
            ("from its start to the result of the first cell", first),
            ("a later cell: an expression", later),
            ("a later cell: a line printed", printed),
            ("the first `#!gaitprop info`: loads libtorch", trained),
        };
        return Tables.Circumstances(string.Create(CultureInfo.InvariantCulture, $"; {bare.Count} starts, {later.Count} cells of each kind"))
            + "\n| | x a bare process | quartiles, ms | ms |\n|---|---:|---:|---:|\n"
            + string.Concat(
                rows.Select(r =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"| {r.Name} | {Timing.Quantile(r.Seconds, 0.5) / reference:F2} | {1000 * Timing.Quantile(r.Seconds, 0.25):F0}–{1000 * Timing.Quantile(r.Seconds, 0.75):F0} | {1000 * Timing.Quantile(r.Seconds, 0.5):F0} |\n"
                    )
                )
            );
    }

    private static double Seconds(Action action)
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    }
}
