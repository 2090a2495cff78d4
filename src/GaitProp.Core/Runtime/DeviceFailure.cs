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
    public string Sentence =>
        IsMemory
            ? $"The memory of the device does not suffice ({Words}): lower the batch, take float32 for float64, or compute elsewhere (--device)."
        : NoCode().IsMatch(Words)
            ? $"This libtorch has no code for the device ({Words}): name a PyTorch that was built for it with --libtorch DIR, or compute on the CPU (--device cpu)."
        : $"The device is lost ({Words}): look at it with 'nvidia-smi', and start again, with --device cpu if it stays away.";

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
