using GaitProp.Kernel.Jupyter.Cells;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Formatters;

/// <summary>Values as outputs of a cell, through Microsoft.DotNet.Interactive.Formatting: every formatter registered there serves here.</summary>
internal static class Formatted
{
    /// <summary>All forms of a value that its formatters prefer, and plain text.</summary>
    /// <param name="value">The value.</param>
    public static MimeBundle Bundle(object? value)
    {
        var types = value is null ? [MimeBundle.Html] : Formatter.GetPreferredMimeTypesFor(value.GetType());
        return MimeBundle.Of(types.Append(MimeBundle.PlainText).Distinct().Select(mime => (mime, value.ToDisplayString(mime))));
    }
}
