using System.Runtime.InteropServices;

namespace GaitProp.Runtime;

/// <summary>
/// An error of libtorch says what is wrong in a sentence, and adds some kilobytes of C++ frames, which tell nothing to who uses it.
/// </summary>
internal static class NativeError
{
    /// <summary>How the frames begin.</summary>
    private static readonly string[] Beginnings = ["Exception raised from ", "frame #0: ", "C++ CapturedTraceback:"];

    /// <summary>The message of an exception in its sentence and its frames; no frames where there are none.</summary>
    /// <param name="exception">Any exception; only those of native code have frames.</param>
    public static (string Sentence, string? Frames) Parts(Exception exception)
    {
        var message = exception.Message;
        var at = exception is not ExternalException
            ? -1
            : Beginnings.Select(b => message.IndexOf(b, StringComparison.Ordinal)).Where(i => i >= 0).DefaultIfEmpty(-1).Min();
        return at < 0 ? (message, null) : (message[..at].TrimEnd(), message[at..].Trim());
    }

    /// <summary>The message of an exception without frames.</summary>
    /// <param name="exception">Any exception.</param>
    public static string Sentence(Exception exception) => Parts(exception).Sentence;
}
