using System.Collections.Concurrent;
using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Kernel.Formatters;

/// <summary>Tells Microsoft.DotNet.Interactive.Formatting how a type looks.</summary>
internal static class RichFormatter
{
    private static readonly ConcurrentDictionary<(Type Type, string Mime), Func<object, string>> Forms = new();

    /// <summary>The types that have forms.</summary>
    public static IEnumerable<Type> Types => Forms.Keys.Select(k => k.Type).Distinct();

    /// <summary>Registers the forms of a type, which are all preferred.</summary>
    /// <param name="html">HTML.</param>
    /// <param name="text">Plain text.</param>
    /// <param name="png">A picture, for those who ask for one.</param>
    public static void Register<T>(Func<T, string> html, Func<T, string> text, Func<T, byte[]>? png = null)
    {
        Register(html, MimeBundle.Html);
        Register(text, MimeBundle.PlainText);
        if (png is not null)
        {
            RegisterPng(png);
        }

        Formatter.SetPreferredMimeTypesFor(typeof(T), MimeBundle.Html, MimeBundle.PlainText);
    }

    /// <summary>Registers one form of a type.</summary>
    /// <param name="form">Makes it; an empty text if this value has none.</param>
    /// <param name="mime">Its MIME type.</param>
    public static void Register<T>(Func<T, string> form, string mime)
    {
        Forms[(typeof(T), mime)] = value => form((T)value);
        Formatter.Register<T>(form, mime);
    }

    /// <summary>Registers a type's form as a picture.</summary>
    public static void RegisterPng<T>(Func<T, byte[]> png) => Register<T>(value => Convert.ToBase64String(png(value)), MimeBundle.Png);

    /// <summary>A form of a value; <see langword="null"/> if none is registered for its type or a base type of it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mime">The form's MIME type.</param>
    public static string? Form(object value, string mime)
    {
        for (var type = value.GetType(); type is not null; type = type.BaseType)
        {
            if (Forms.TryGetValue((type, mime), out var form))
            {
                return form(value);
            }
        }

        return null;
    }
}
