using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Notebook.Outputs;

/// <summary>
/// Values as outputs of a cell, through Microsoft.DotNet.Interactive.Formatting: every formatter registered there serves here.
/// </summary>
internal static class Formatted
{
    /// <summary>Characters of plain text that an output keeps.</summary>
    private const int MostText = 100_000;

    /// <summary>Characters of any other form; more is more than a front end can draw.</summary>
    private const int MostRich = 32_000_000;

    private static Lazy<bool>? s_registered;

    /// <summary>Has formatters registered before the next value is shown, unless it has been done: the registry is the process's.</summary>
    /// <param name="register">Registers them.</param>
    public static void Prepare(Action register) =>
        Interlocked.CompareExchange(
            ref s_registered,
            new Lazy<bool>(() =>
            {
                register();
                return true;
            }),
            null
        );

    /// <summary>
    /// All forms of a value that its formatters prefer, and plain text. A formatter that fails costs its form, and the text says so.
    /// </summary>
    /// <param name="value">The value.</param>
    public static MimeBundle Bundle(object? value)
    {
        _ = s_registered?.Value;
        if (value is null)
        {
            return MimeBundle.OfText(Formatter.NullString);
        }

        var failures = new List<string>();
        var forms = new Dictionary<string, JsonNode>();
        foreach (var mime in Types(value, failures))
        {
            if (Form(value, mime, failures) is { } form)
            {
                forms[mime] = form;
            }
        }

        if (failures.Count > 0)
        {
            var text = forms.TryGetValue(MimeBundle.PlainText, out var made) ? made.GetValue<string>() : value.GetType().ToString();
            forms[MimeBundle.PlainText] = $"{text}\n({string.Join("; ", failures)})";
        }

        return new MimeBundle(forms, Sizes(forms));
    }

    /// <summary>What a language of the library shows, as Jupyter wants it: with plain text in any case.</summary>
    /// <param name="shown">The forms that it made.</param>
    /// <param name="value">What it shows, if it is an object of this process.</param>
    public static MimeBundle Bundle(IEnumerable<FormattedValue> shown, object? value)
    {
        var forms = new Dictionary<string, JsonNode>();
        foreach (var form in shown)
        {
            forms[form.MimeType] = (IsJson(form.MimeType) ? Json(form.Value, form.MimeType, []) : null) ?? form.Value;
        }

        if (!forms.ContainsKey(MimeBundle.PlainText))
        {
            forms[MimeBundle.PlainText] = value is null
                ? forms.Values.FirstOrDefault()?.ToString() ?? ""
                : value.ToDisplayString(MimeBundle.PlainText);
        }

        return new MimeBundle(forms, Sizes(forms));
    }

    private static IEnumerable<string> Types(object value, List<string> failures)
    {
        if (IsWord(value.GetType()))
        {
            return [MimeBundle.PlainText];
        }

        try
        {
            return [.. Formatter.GetPreferredMimeTypesFor(value.GetType()).Append(MimeBundle.PlainText).Distinct()];
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failures.Add($"its formatters cannot be made: {OneLine(e)}");
            return [MimeBundle.PlainText];
        }
    }

    /// <summary>Numbers and the like are words, not HTML around words, unless somebody says how they look.</summary>
    private static bool IsWord(Type type) =>
        (
            type.IsPrimitive
            || type.IsEnum
            || type == typeof(decimal)
            || type == typeof(DateTime)
            || type == typeof(DateTimeOffset)
            || type == typeof(TimeSpan)
            || type == typeof(Guid)
        ) && !Formatter.RegisteredFormatters(includeDefaults: false).Any(f => f.Type == type);

    private static JsonNode? Form(object value, string mime, List<string> failures)
    {
        string text;
        try
        {
            text = (value, mime) switch
            {
                (string words, MimeBundle.PlainText) => words,
                _ => value.ToDisplayString(mime),
            };
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            failures.Add($"its {mime} failed: {OneLine(e)}");
            return null;
        }

        if (text.Length == 0 && mime != MimeBundle.PlainText)
        {
            // It has no such form.
            return null;
        }

        if (IsJson(mime))
        {
            return Json(text, mime, failures);
        }

        if (IsBinary(mime) && !Base64.IsValid(text.AsSpan()))
        {
            failures.Add($"its {mime} is not base64");
            return null;
        }

        if (text.Length > MostRich && mime != MimeBundle.PlainText)
        {
            failures.Add(string.Create(CultureInfo.InvariantCulture, $"its {mime} is left out: {text.Length:N0} characters"));
            return null;
        }

        return mime == MimeBundle.PlainText && text.Length > MostText
            ? string.Create(CultureInfo.InvariantCulture, $"{CutText.Start(text, MostText)}… ({text.Length - MostText:N0} more characters)")
            : text;
    }

    private static JsonNode? Json(string text, string mime, List<string> failures)
    {
        try
        {
            return WholeJson.Parse(text);
        }
        catch (JsonException e)
        {
            failures.Add($"its {mime} is not JSON: {OneLine(e)}");
            return null;
        }
    }

    /// <summary>How large pictures are to be shown, where they say it themselves.</summary>
    /// <param name="forms">The forms of a value.</param>
    public static JsonObject? Sizes(Dictionary<string, JsonNode> forms)
    {
        if (!forms.TryGetValue(MimeBundle.Png, out var png))
        {
            return null;
        }

        // Four letters for three bytes.
        var text = png.GetValue<string>().AsSpan();
        var head = new byte[PngSize.Head];
        return
            Convert.TryFromBase64Chars(text[..(Math.Min(text.Length, PngSize.Head / 3 * 4) / 4 * 4)], head, out var bytes)
            && PngSize.Shown(head.AsSpan(0, bytes)) is { } size
            ? new JsonObject
            {
                [MimeBundle.Png] = new JsonObject { ["width"] = size.Width, ["height"] = size.Height },
            }
            : null;
    }

    private static bool IsJson(string mime) => mime == "application/json" || mime.EndsWith("+json", StringComparison.Ordinal);

    /// <summary>Whether a form is bytes, which an output has as base64.</summary>
    /// <param name="mime">The form.</param>
    public static bool IsBinary(string mime) =>
        (mime.StartsWith("image/", StringComparison.Ordinal) && mime != "image/svg+xml")
        || mime.StartsWith("audio/", StringComparison.Ordinal)
        || mime.StartsWith("video/", StringComparison.Ordinal)
        || mime == "application/pdf";

    private static string OneLine(Exception e)
    {
        var cause = e is System.Reflection.TargetInvocationException { InnerException: { } inner } ? inner : e;
        return $"{cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}";
    }
}
