namespace GaitProp;

/// <summary>A word of a command as a shell and a <c>#!gaitprop</c> line take it.</summary>
internal static class CommandWord
{
    /// <summary>The word, in quotes if a shell would read more into it than stands there.</summary>
    /// <param name="word">The word.</param>
    public static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_.,:/=+%@".Contains(c, StringComparison.Ordinal)) ? word
        : !OperatingSystem.IsWindows() && word.AsSpan().ContainsAny("\"$`!") ? $"'{word.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'"
        : $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
