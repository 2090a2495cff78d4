namespace GaitProp.Notebook.CSharp;

/// <summary><c>x.Display()</c> and <c>x.DisplayAs("text/html")</c>, without a <c>using</c>.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">Its forms; those that suit it best, if none are named.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) => CellDisplay.Show(value, mimeTypes);

    /// <summary>Shows a value in one form; a text is shown as it is.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeType">The form, <c>text/html</c> say.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue DisplayAs(this object? value, string mimeType) => CellDisplay.Show(value, [mimeType]);
}
