using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace GaitProp.Runtime;

/// <summary>
/// What went wrong with the device that computes, read off an error of libtorch: it throws one type for everything, and only its words
/// differ.
/// </summary>
/// <param name="IsMemory">Whether the memory did not suffice; else the device is lost to this process, which can do nothing more on
/// it.</param>
/// <param name="Words">libtorch's own first sentence, without a full stop.</param>
internal sealed partial record DeviceFailure(bool IsMemory, string Words)
{
    /// <summary>What an exception, or one inside it, says of the device; <see langword="null"/> if it speaks of something else.</summary>
    /// <param name="exception">Any exception.</param>
    public static DeviceFailure? Of(Exception exception)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is not ExternalException)
            {
                continue;
            }

            var sentence = NativeError.Sentence(e).ReplaceLineEndings("\n").Split('\n', 2)[0].Trim();
            if (OutOfMemory().IsMatch(sentence))
            {
                return new(
                    true,
                    Tried().Match(sentence) is { Success: true } tried
                        ? $"it {char.ToLowerInvariant(tried.Value[0])}{tried.Value[1..]}"
                        : sentence.TrimEnd('.')
                );
            }

            if (Lost().IsMatch(sentence))
            {
                return new(false, sentence.TrimEnd('.'));
            }
        }

        return null;
    }

    /// <summary>The failure in one line, where no run is under way that could be gone on with.</summary>
    public string Sentence
    {
        get
        {
            var line = Line("the device", null, "", "", "lower the batch, take float32 for float64, or compute elsewhere (--device)");
            return char.ToUpperInvariant(line[0]) + line[1..];
        }
    }

    /// <summary>The failure in one line, where a run is under way that can be gone on with.</summary>
    /// <param name="run">The run's name.</param>
    /// <param name="device">The device, such as <c>cuda:0</c>.</param>
    /// <param name="step">The steps that were taken.</param>
    /// <param name="task">What its memory did not suffice for, such as <c>for a step</c>.</param>
    /// <param name="lower">The settings that take less memory if they are lower, such as <c>batchSize (256)</c>.</param>
    /// <param name="kept">The name of the last checkpoint; <see langword="null"/> if there is none.</param>
    public string InRun(string run, string device, long step, string task, string lower, string? kept)
    {
        var line = Line(
            device,
            step,
            $" {task}",
            kept is null ? "" : $"; {kept} is kept",
            $"lower {lower} in a run that begins --from this one, or go on with 'runs resume' where there is more memory"
        );
        return $"run {run}: {line}";
    }

    /// <summary>What has failed, and what to do.</summary>
    /// <param name="device">The device.</param>
    /// <param name="step">The steps that were taken; <see langword="null"/> where no run is under way.</param>
    /// <param name="task">What its memory did not suffice for.</param>
    /// <param name="kept">What of the run is kept.</param>
    /// <param name="less">How to do with less memory.</param>
    private string Line(string device, long? step, string task, string kept, string less)
    {
        var (inRun, after) = (step is not null, step is { } taken ? Text($" after step {taken}") : "");
        if (IsMemory)
        {
            return Said($"the memory of {device} does not suffice{task}{after}", less);
        }

        return NoCode().IsMatch(Words)
            ? Said(
                $"this libtorch has no code for {device}{(inRun ? $", seen{after}" : "")}",
                $"name a PyTorch that was built for it with --libtorch DIR, or compute on the CPU (--device cpu){(inRun ? ", and go on with 'runs resume'" : "")}"
            )
            : Said(
                $"{device} {(inRun ? "was" : "is")} lost{after}",
                $"look at it with 'nvidia-smi', and {(inRun ? "go on with 'runs resume'" : "start again")}, with --device cpu if it stays away"
            );

        string Said(string failed, string cure) => $"{failed} ({Words}){kept}: {cure}.";
    }

    [GeneratedRegex(@"out of memory|can't allocate memory|_ALLOC_FAILED")]
    private static partial Regex OutOfMemory();

    [GeneratedRegex(@"no kernel image|kernel image is invalid|PTX was compiled")]
    private static partial Regex NoCode();

    [GeneratedRegex(@"[Tt]ried to allocate [0-9.]+ ([KMGT]?i?B|bytes)")]
    private static partial Regex Tried();

    [GeneratedRegex(
        @"^(CUDA (driver )?error|cuDNN error|cuFFT error|CUDA initialization|cusolver error|cublas error)|CU(DNN|BLAS|SOLVER|SPARSE)_STATUS_",
        RegexOptions.IgnoreCase
    )]
    private static partial Regex Lost();
}
