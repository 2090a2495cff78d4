using GaitProp.Kernel.Jupyter.Cells;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Formatters;

/// <summary>Tells Microsoft.DotNet.Interactive.Formatting how a type looks.</summary>
internal static class RichFormatter
{
    /// <summary>Registers the forms of a type, which are all preferred.</summary>
    /// <param name="html">HTML.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="png">A picture, for those who ask for one.</param>
    public static void Register<T>(Func<T, string> html, Func<T, string> text, Func<T, byte[]>? png = null)
    {
        Formatter.Register<T>(html, MimeBundle.Html);
        Formatter.Register<T>(text, MimeBundle.PlainText);
        if (png is not null)
        {
            RegisterPng(png);
        }

        Formatter.SetPreferredMimeTypesFor(typeof(T), MimeBundle.Html, MimeBundle.PlainText);
    }

    /// <summary>Registers a type's form as a picture.</summary>
    public static void RegisterPng<T>(Func<T, byte[]> png) => Formatter.Register<T>(value => Convert.ToBase64String(png(value)), MimeBundle.Png);
}
