namespace GaitProp.Data;

/// <summary>The messages of the system's exceptions, fit to stand inside a one-line error.</summary>
internal static class OneLine
{
    /// <summary>The innermost message without line ends and without its full stop; that one names the cause.</summary>
    public static string Of(Exception exception)
    {
        var cause = exception.GetBaseException();
        return string.Join(' ', cause.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
    }
}
