using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace GaitProp.Notebook.Protocol;

/// <summary>JSON in which no escape stands for half of a character.</summary>
internal static class WholeText
{
    private const string Replacement = "\\ufffd";

    /// <summary>The JSON as UTF-8, with U+FFFD in place of bytes that are none; the same bytes where there is nothing to mend.</summary>
    /// <param name="json">JSON.</param>
    public static byte[] Of(byte[] json) =>
        Utf8.IsValid(json) && json.AsSpan().IndexOf("\\ud"u8) < 0 && json.AsSpan().IndexOf("\\uD"u8) < 0
            ? json
            : Encoding.UTF8.GetBytes(Of(Encoding.UTF8.GetString(json)));

    /// <summary>The text with <c>\ufffd</c> in place of each <c>\ud800</c> to <c>\udfff</c> that is no part of a pair.</summary>
    /// <param name="json">JSON.</param>
    public static string Of(string json)
    {
        if (!json.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            return json;
        }

        var whole = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\' || i + 1 == json.Length)
            {
                whole.Append(json[i]);
            }
            else if (Escaped(json, i) is not { } letter || !char.IsSurrogate(letter))
            {
                // An escape, which may be that of a backslash.
                whole.Append(json[i]).Append(json[++i]);
            }
            else if (char.IsHighSurrogate(letter) && Escaped(json, i + 6) is { } second && char.IsLowSurrogate(second))
            {
                whole.Append(json, i, 12);
                i += 11;
            }
            else
            {
                whole.Append(Replacement);
                i += 5;
            }
        }

        return whole.ToString();
    }

    /// <summary>The letter that <c>\u0041</c> stands for.</summary>
    private static char? Escaped(string json, int at) =>
        at + 6 <= json.Length
        && json[at] == '\\'
        && json[at + 1] == 'u'
        && ushort.TryParse(json.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var letter)
            ? (char)letter
            : null;
}
