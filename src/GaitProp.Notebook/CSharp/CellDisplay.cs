using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;

namespace GaitProp.Notebook.CSharp;

/// <summary>
/// What cells show and ask with, without a <c>using</c>: <c>display(x)</c>, <c>HTML("…")</c>, <c>input("…")</c>, <c>Interrupt</c>.
/// </summary>
public static class CellDisplay
{
    private const string Svg = "image/svg+xml";

    /// <summary>The stop button of the cell that runs: pass it on to what takes a <see cref="CancellationToken"/>.</summary>
    public static CancellationToken Interrupt
    {
        get
        {
            if (CellScope.Current is not { } cell)
            {
                return CancellationToken.None;
            }

            cell.WatchesInterrupt = true;
            return cell.Interrupt;
        }
    }

#pragma warning disable IDE1006, CA1707 // Names as notebooks know them.

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">Its forms; those that suit it best, if none are named. A text is shown as it is under the type that is
    /// named.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue display(object? value, params string[] mimeTypes) => Show(value, mimeTypes);

    /// <summary>HTML as it is, not escaped: the last expression of a cell, or for <c>display</c>.</summary>
    /// <param name="content">The HTML.</param>
    public static IHtmlContent HTML(string content) => new HtmlString(content);

    /// <summary>Clears what the cell has shown.</summary>
    /// <param name="wait">Only when the next output comes, so that nothing flickers.</param>
    public static void clear(bool wait = false) => Cell.Output.Clear(wait);

    /// <summary>Asks for a line.</summary>
    /// <param name="prompt">What to ask.</param>
    public static string input(string prompt = "") => Cell.Output.Input(prompt, password: false, Cell.Interrupt);

    /// <summary>Asks for a line that is not shown while it is typed.</summary>
    /// <param name="prompt">What to ask.</param>
    public static string password(string prompt = "") => Cell.Output.Input(prompt, password: true, Cell.Interrupt);

#pragma warning restore IDE1006, CA1707

    /// <summary>The forms of a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">Which forms; those that suit it best, if none are named.</param>
    internal static MimeBundle Bundle(object? value, IReadOnlyList<string> mimeTypes)
    {
        if (mimeTypes.Count == 0)
        {
            return Formatted.Bundle(value);
        }

        var forms = mimeTypes.Distinct().ToDictionary(mime => mime, mime => Form(value, mime));
        if (value is byte[] bytes && forms.Keys.FirstOrDefault(mime => mime == Svg || Formatted.IsBinary(mime)) is { } shown)
        {
            // For front ends that cannot draw or play it.
            forms.TryAdd(
                MimeBundle.PlainText,
                JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{shown}, {bytes.Length:N0} bytes"))
            );
        }

        return new MimeBundle(forms, Formatted.Sizes(forms));
    }

    private static CellScope Cell => CellScope.Current ?? throw new InvalidOperationException("There is no cell to show it in.");

    private static JsonNode Form(object? value, string mime)
    {
        var text = value switch
        {
            string raw => raw,
            byte[] bytes when Formatted.IsBinary(mime) => Convert.ToBase64String(bytes),
            byte[] bytes when mime == Svg => Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF'),
            _ => value.ToDisplayString(mime),
        };
        return mime.EndsWith("json", StringComparison.Ordinal) && Parsed(text) is { } json ? json : JsonValue.Create(text);
    }

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return WholeJson.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>Shows a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="mimeTypes">Its forms; those that suit it best, if none are named.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    internal static DisplayedValue Show(object? value, IReadOnlyList<string> mimeTypes)
    {
        var id = Guid.NewGuid().ToString("N");
        Cell.Output.Display(Bundle(value, mimeTypes), id);
        return new DisplayedValue(id, mimeTypes);
    }
}
