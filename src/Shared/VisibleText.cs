#if NOTEBOOK
// The program sees the internals of both assemblies and would have the choice of two.
namespace GaitProp.Notebook;

#else
namespace GaitProp;

#endif

/// <summary>
/// Words that came out of a file, fit for a terminal: control characters, by which a terminal is told to move its cursor, to clear, or to
/// type for the user, stand there as their pictures (<c>␛</c>) and do nothing.
/// </summary>
internal static class VisibleText
{
    /// <summary>Where Unicode has the pictures of the first control characters.</summary>
    private const char Pictures = '\u2400';

    /// <summary>The text with all control characters made visible, but for line feeds and tabs.</summary>
    /// <param name="text">The text.</param>
    public static string Of(string text)
    {
        return text.Any(IsHidden) ? string.Concat(text.Select(Shown)) : text;
    }

    private static bool IsHidden(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    /// <summary>The upper control characters, which some terminals obey too, have no pictures.</summary>
    private static char Shown(char c) =>
        !IsHidden(c) ? c
        : c < ' ' ? (char)(Pictures + c)
        : c == '\u007f' ? '\u2421'
        : '\ufffd';
}
