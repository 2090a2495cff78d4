namespace GaitProp;

/// <summary>The messages of the system's exceptions, fit to stand inside a one-line error.</summary>
internal static class OneLine
{
    /// <summary>The innermost message, which names the cause, without line ends, the path it may end with, and its full stop.</summary>
    public static string Of(Exception exception)
    {
        var cause = exception.GetBaseException();
        var words = string.Join(' ', cause.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var path = words.IndexOf(" : '", StringComparison.Ordinal);
        return (path > 0 ? words[..path] : words).TrimEnd('.');
    }

    /// <summary>Why a file or folder could not be read or written: the user's rights, or what the system says.</summary>
    /// <param name="exception">What was thrown.</param>
    public static string OfFile(Exception exception) => exception is UnauthorizedAccessException ? "permission denied" : Of(exception);
}
