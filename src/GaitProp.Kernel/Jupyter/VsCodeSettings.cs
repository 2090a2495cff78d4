using System.Text;
using System.Text.Json;

namespace GaitProp.Kernel.Jupyter;

/// <summary>
/// VS Code's user settings. Its Jupyter extension completes C# while one types only if they say after which characters to ask; in a
/// workspace's settings it ignores that.
/// </summary>
internal static class VsCodeSettings
{
    /// <summary>The setting's name.</summary>
    public const string Key = "jupyter.completionTriggerCharacters";

    /// <summary>The setting's line.</summary>
    public const string Line = $"\"{Key}\": {{ \"csharp\": [\".\", \" \", \"#\", \"(\"] }}";

    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Allow, AllowTrailingCommas = true };

    /// <summary>Where settings of this user's VS Code lie, whichever of its editions are installed.</summary>
    public static IReadOnlyList<string> Files()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var root =
            OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Application Support")
            : Environment.GetEnvironmentVariable("XDG_CONFIG_HOME") is { Length: > 0 } config ? config
            : Path.Combine(home, ".config");
        return
        [
            .. ((string[])["Code", "Code - Insiders", "VSCodium"])
                .Select(edition => Path.Combine(root, edition, "User", "settings.json"))
                .Where(File.Exists),
        ];
    }

    /// <summary>Adds the setting to a text of settings, and leaves every other character, comments too, as it is.</summary>
    /// <param name="text">JSON with comments.</param>
    /// <returns>The new text; <see langword="null"/> if the setting is in it, with whatever value.</returns>
    /// <exception cref="JsonException">The text is no object of settings.</exception>
    public static string? Added(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{{\n    {Line}\n}}\n";
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, Options);

        // Where the last value ends, and where the object does.
        var (last, end, isEmpty) = (0, -1, true);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Comment)
            {
                continue;
            }

            if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.EndObject))
            {
                throw new JsonException("it is not an object");
            }

            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName)
            {
                isEmpty = false;
                if (reader.ValueTextEquals(Key))
                {
                    return null;
                }
            }

            if (reader.CurrentDepth == 0 && reader.TokenType == JsonTokenType.EndObject)
            {
                end = (int)reader.TokenStartIndex;
                break;
            }

            last = (int)reader.BytesConsumed;
        }

        if (end < 0)
        {
            throw new JsonException("it has no end");
        }

        var tail = end;
        while (bytes[tail - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            tail--;
        }

        var comma = isEmpty || HasComma(bytes.AsSpan(last, end - last)) ? "" : ",";
        var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        var close = bytes.AsSpan(tail, end - tail).Contains((byte)'\n') ? "" : newLine;
        return string.Concat(Text(0, last), comma, Text(last, tail), newLine, "    ", Line, close, Text(tail, bytes.Length));

        string Text(int from, int to) => Encoding.UTF8.GetString(bytes, from, to - from);
    }

    /// <summary>Whether there is a comma among blanks and comments.</summary>
    private static bool HasComma(ReadOnlySpan<byte> between)
    {
        while (!between.IsEmpty)
        {
            var (comment, close) =
                between.StartsWith("/*"u8) ? (true, "*/")
                : between.StartsWith("//"u8) ? (true, "\n")
                : (false, "");
            if (!comment && between[0] == ',')
            {
                return true;
            }

            var length = comment ? between[2..].IndexOf(Encoding.UTF8.GetBytes(close)) : 0;
            between = length < 0 ? [] : between[(comment ? length + 2 + close.Length : 1)..];
        }

        return false;
    }
}
