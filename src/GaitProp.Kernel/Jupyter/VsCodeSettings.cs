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
    public const string Line = $"\"{Key}\": {{ {Member} }}";

    /// <summary>The language of the kernel, as VS Code calls it.</summary>
    private const string Language = "csharp";

    /// <summary>What the setting says of the kernel's language; it may name others.</summary>
    private const string Member = $"\"{Language}\": [\".\", \" \", \"#\", \"(\"]";

    private static readonly JsonReaderOptions Options = new() { CommentHandling = JsonCommentHandling.Allow, AllowTrailingCommas = true };

    /// <summary>Where settings of this user's VS Code lie, whichever of its editions are installed.</summary>
    public static IReadOnlyList<string> Files()
    {
        var home = HomeFolder.Name;
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

    /// <summary>
    /// Adds the setting to a text of settings, or the kernel's language to a setting that names others, and leaves every other character,
    /// comments too, as it is.
    /// </summary>
    /// <param name="text">JSON with comments.</param>
    /// <returns>The new text; <see langword="null"/> if the setting names the language, with whatever value.</returns>
    /// <exception cref="JsonException">The text is no object of settings, or the setting is no object of languages.</exception>
    public static string? Added(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return $"{{\n    {Line}\n}}\n";
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        var reader = new Utf8JsonReader(bytes, Options);
        var settings = Search(ref reader, Key, "it");
        if (!settings.IsFound)
        {
            return With(settings, Line, isSetting: true);
        }

        var languages = Search(ref reader, Language, Key);
        return languages.IsFound ? null : With(languages, Member, isSetting: false);

        string With(Members members, string added, bool isSetting)
        {
            var (last, end) = (members.Last, members.End);
            var tail = end;
            while (bytes[tail - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                tail--;
            }

            var comma = members.AreNone || HasComma(bytes.AsSpan(last, end - last)) ? "" : ",";
            var newLine = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
            var isClosedBelow = bytes.AsSpan(tail, end - tail).Contains((byte)'\n');

            // A setting stands on a line of its own, and a language where the others of the setting stand.
            var (before, after) =
                isSetting ? ($"{newLine}    ", isClosedBelow ? "" : newLine)
                : isClosedBelow ? ($"{newLine}{Indent(last)}{(members.AreNone ? "    " : "")}", "")
                : (" ", "");
            return string.Concat(Text(0, last), comma, Text(last, tail), before, added, after, Text(tail, bytes.Length));
        }

        // The blanks with which the line begins that a place is on.
        string Indent(int place)
        {
            ReadOnlySpan<byte> line = bytes.AsSpan(0, place);
            line = line[(line.LastIndexOf((byte)'\n') + 1)..];
            return Encoding.UTF8.GetString(line[..^line.TrimStart(" \t"u8).Length]);
        }

        string Text(int from, int to) => Encoding.UTF8.GetString(bytes, from, to - from);
    }

    /// <summary>Goes through the object that comes next, up to the member of a name, or to its end.</summary>
    private static Members Search(ref Utf8JsonReader reader, string name, string what)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.Comment) { }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException($"{what} is not an object");
        }

        var depth = reader.CurrentDepth;
        var (last, areNone) = ((int)reader.BytesConsumed, true);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Comment)
            {
                continue;
            }

            if (reader.CurrentDepth == depth && reader.TokenType == JsonTokenType.EndObject)
            {
                return new(last, (int)reader.TokenStartIndex, areNone, IsFound: false);
            }

            if (reader.CurrentDepth == depth + 1 && reader.TokenType == JsonTokenType.PropertyName)
            {
                areNone = false;
                if (reader.ValueTextEquals(name))
                {
                    return new(last, last, areNone, IsFound: true);
                }
            }

            last = (int)reader.BytesConsumed;
        }

        throw new JsonException($"{what} has no end");
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

    /// <summary>The members of an object in a text, by their places in its bytes.</summary>
    /// <param name="Last">Where the last of them ends.</param>
    /// <param name="End">Where the object's closing brace is.</param>
    /// <param name="AreNone">Whether there is none.</param>
    /// <param name="IsFound">Whether one has the name that was looked for; the places are not those of the whole object then.</param>
    private readonly record struct Members(int Last, int End, bool AreNone, bool IsFound);
}
