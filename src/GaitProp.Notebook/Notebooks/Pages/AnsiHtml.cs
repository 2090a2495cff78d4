using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Notebooks.Pages;

/// <summary>Text of a terminal as HTML: its colours become classes, its other orders go.</summary>
internal static partial class AnsiHtml
{
    /// <summary>The HTML.</summary>
    public static string Of(string text)
    {
        var html = new StringBuilder();
        var (color, bold, open, last) = ((int?)null, false, false, 0);
        foreach (Match order in Order().Matches(text))
        {
            Text(text[last..order.Index]);
            last = order.Index + order.Length;
            if (order.Groups["colors"].Success)
            {
                Apply(order.Groups["colors"].Value);
            }
        }

        Text(text[last..]);
        return html.Append(open ? "</span>" : "").ToString();

        void Text(string piece) => html.Append(HtmlText.Escape(piece));

        void Apply(string codes)
        {
            var numbers = codes
                .Split(';')
                .Select(c => int.TryParse(c, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
                .ToArray();
            for (var i = 0; i < numbers.Length; i++)
            {
                switch (numbers[i])
                {
                    case 0:
                        (color, bold) = (null, false);
                        break;
                    case 1:
                        bold = true;
                        break;
                    case 22:
                        bold = false;
                        break;
                    case 39:
                        color = null;
                        break;
                    case >= 30 and <= 37:
                        color = numbers[i] - 30;
                        break;
                    case >= 90 and <= 97:
                        color = numbers[i] - 90;
                        break;
                    case 38 or 48:
                        // Colours by number or by their parts: the eight that a theme has stand for the first sixteen.
                        var foreground = numbers[i] == 38;
                        if (i + 2 < numbers.Length && numbers[i + 1] == 5)
                        {
                            color =
                                !foreground ? color
                                : numbers[i + 2] < 16 ? numbers[i + 2] % 8
                                : null;
                            i += 2;
                        }
                        else
                        {
                            i += 4;
                        }

                        break;
                }
            }

            html.Append(open ? "</span>" : "");
            open = color is not null || bold;
            html.Append(
                open
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"<span class=\"{(color is { } c ? $"a{c}" : "")}{(bold ? " ab" : "")}\">"
                    )
                    : ""
            );
        }
    }

    [GeneratedRegex(@"\x1b\[(?:(?<colors>[0-9;]*)m|[0-9;?]*[A-Za-ln-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")]
    private static partial Regex Order();
}
