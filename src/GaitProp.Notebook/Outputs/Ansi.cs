using System.Text.RegularExpressions;

namespace GaitProp.Notebook.Outputs;

/// <summary>Colours of a traceback's lines, as terminals and front ends know them.</summary>
internal static partial class Ansi
{
    /// <summary>The text without what is meant for a terminal.</summary>
    /// <param name="text">The text.</param>
    public static string Plain(string text) => Order().Replace(text, "");

    /// <summary>What is wrong.</summary>
    /// <param name="text">The text.</param>
    public static string Red(string text) => $"\u001b[31m{text}\u001b[0m";

    /// <summary>Where the user is at home.</summary>
    /// <param name="text">The text.</param>
    public static string Cyan(string text) => $"\u001b[36m{text}\u001b[0m";

    /// <summary>What matters less.</summary>
    /// <param name="text">The text.</param>
    public static string Dim(string text) => $"\u001b[2m{text}\u001b[0m";

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")]
    private static partial Regex Order();
}
