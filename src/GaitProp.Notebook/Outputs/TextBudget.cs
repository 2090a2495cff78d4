using System.Globalization;
using System.Text;

namespace GaitProp.Notebook.Outputs;

/// <summary>How much a cell may show. What exceeds it is counted: a notebook of gigabytes opens nowhere.</summary>
/// <param name="most">Bytes of UTF-8 that may be shown.</param>
internal sealed class TextBudget(long most = TextBudget.Most)
{
    /// <summary>Bytes of text that a cell may show.</summary>
    public const long Most = 16_000_000;

    private long _shown;

    /// <summary>Bytes that were not shown.</summary>
    public long Cut { get; private set; }

    /// <summary>Begins anew: what was shown has been cleared, and with it what was cut.</summary>
    public void Clear() => (_shown, Cut) = (0, 0);

    /// <summary>Counts bytes that somebody else has left out.</summary>
    /// <param name="bytes">How many.</param>
    public void Add(long bytes) => Cut += bytes;

    /// <summary>Takes something that is shown whole or not at all.</summary>
    /// <param name="bytes">How large it is.</param>
    /// <returns>Whether it may be shown.</returns>
    public bool Fits(long bytes)
    {
        var fits = _shown + bytes <= most;
        _shown += fits ? bytes : 0;
        Cut += fits ? 0 : bytes;
        return fits;
    }

    /// <summary>Takes what may still be shown of a text, to the end of a letter; the rest is counted.</summary>
    /// <param name="text">The text.</param>
    public string Take(string text)
    {
        var bytes = (long)Encoding.UTF8.GetByteCount(text);
        var left = most - _shown;
        if (bytes <= left)
        {
            _shown += bytes;
            return text;
        }

        var (end, taken) = (0, 0L);
        while (left > 0)
        {
            Rune.DecodeFromUtf16(text.AsSpan(end), out var rune, out var units);
            if (taken + rune.Utf8SequenceLength > left)
            {
                break;
            }

            (end, taken) = (end + units, taken + rune.Utf8SequenceLength);
        }

        _shown = most;
        Cut += bytes - taken;
        return text[..end];
    }

    /// <summary>A number of bytes in words: <c>4.9 GB</c>.</summary>
    /// <param name="bytes">How many.</param>
    public static string Words(long bytes) =>
        bytes switch
        {
            >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB"),
            >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.0} MB"),
            >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e3:0.0} kB"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{bytes} bytes"),
        };
}
