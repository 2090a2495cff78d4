using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace GaitProp.Benchmarks.Measuring;

/// <summary>Timings as Markdown.</summary>
internal static class Tables
{
    /// <summary>When, and on what machine, something was measured.</summary>
    public static string Circumstances(string more = "")
    {
        var here = RunEnvironment.Here(CPU);
        return string.Create(
                CultureInfo.InvariantCulture,
                $"{here.Processor}, {Environment.ProcessorCount} cores, {here.Threads} thread{(here.Threads == 1 ? "" : "s")}, {here.System}; libtorch {here.LibTorch}, TorchSharp {here.TorchSharp}, .NET {Environment.Version}; "
            )
            + string.Create(
                CultureInfo.InvariantCulture,
                $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, GaitProp {here.Version}{(here.Commit is { } commit ? $" ({commit[..Math.Min(7, commit.Length)]})" : "")}{more}.\n"
            );
    }

    /// <summary>One line a contestant, with its share of the peak.</summary>
    /// <param name="timings">The timings, the reference first.</param>
    /// <param name="peaks">The peaks of float32 and float64, operations a second.</param>
    /// <param name="reference">What the ratio is to, in the head of its column.</param>
    public static string Of(IEnumerable<Timing> timings, (double Single, double Double) peaks, string reference)
    {
        var table = new StringBuilder($"\n| | {reference} | quartiles | ms | share of peak |\n|---|---:|---:|---:|---:|\n");
        foreach (var timing in timings)
        {
            var (lower, upper) = timing.Spread;
            var peak = timing.Contestant.IsDouble ? peaks.Double : peaks.Single;
            var share =
                timing.Contestant.Operations > 0 && peak > 0 ? string.Create(CultureInfo.InvariantCulture, $"{timing.Rate / peak:P0}") : "";
            table.Append(
                CultureInfo.InvariantCulture,
                $"| {timing.Contestant.Name} | {timing.Ratio:F2} | {lower:F2}–{upper:F2} | {Milliseconds(timing.Median)} | {share} |\n"
            );
        }

        return table.ToString();
    }

    /// <summary>Milliseconds with three digits that count.</summary>
    public static string Milliseconds(double seconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:G3}") is var text && text.Contains('E', StringComparison.Ordinal)
            ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:F0}")
            : text;
}
