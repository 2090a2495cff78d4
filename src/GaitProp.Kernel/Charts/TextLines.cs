namespace GaitProp.Kernel.Charts;

/// <summary>Breaks text into lines.</summary>
internal static class TextLines
{
    /// <summary>
    /// The lines of a text, broken at spaces so that none is wider than allowed; a word that is too long alone is broken inside.
    /// </summary>
    /// <param name="text">The text; its own line breaks are kept.</param>
    /// <param name="width">The allowed width, in the unit of <paramref name="measure"/>.</param>
    /// <param name="measure">The width of a piece of text.</param>
    /// <returns>At least one line.</returns>
    public static IReadOnlyList<string> Wrap(string text, float width, Func<string, float> measure)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var line = string.Empty;
            foreach (var word in paragraph.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
            {
                var longer = line.Length == 0 ? word : $"{line} {word}";
                if (measure(longer) <= width)
                {
                    line = longer;
                    continue;
                }

                if (line.Length > 0)
                {
                    lines.Add(line);
                }

                line = word;
                while (line.Length > 1 && measure(line) > width)
                {
                    var length = LongestPrefix(line, width, measure);
                    lines.Add(line[..length]);
                    line = line[length..];
                }
            }

            lines.Add(line);
        }

        return lines;
    }

    /// <summary>As <see cref="Wrap"/>, but where there is room for some lines only: the last one then ends in an ellipsis.</summary>
    public static IReadOnlyList<string> WrapAtMost(int count, string text, float width, Func<string, float> measure)
    {
        var lines = Wrap(text, width, measure);
        if (lines.Count <= count)
        {
            return lines;
        }

        var last = lines[count - 1];
        while (last.Length > 1 && measure(last + "…") > width)
        {
            last = last[..^(char.IsLowSurrogate(last[^1]) ? 2 : 1)];
        }

        return [.. lines.Take(count - 1), last.TrimEnd() + "…"];
    }

    /// <summary>As <see cref="WrapAtMost"/>, with lines of lengths as equal as they can be without more of them.</summary>
    public static IReadOnlyList<string> WrapEvenly(int count, string text, float width, Func<string, float> measure)
    {
        var lines = WrapAtMost(count, text, width, measure);
        for (var narrower = 0.95f * width; lines.Count > 1 && narrower > 0.4f * width; narrower -= 0.05f * width)
        {
            // Where a word would have to be broken for it, or the text cut off, it is not worth it.
            if (
                text.Split(' ').Any(word => measure(word) > narrower)
                || Wrap(text, narrower, measure) is not { } even
                || even.Count > lines.Count
            )
            {
                break;
            }

            lines = even;
        }

        return lines;
    }

    private static int LongestPrefix(string word, float width, Func<string, float> measure)
    {
        var length = 1;
        while (length < word.Length - 1 && measure(word[..(length + 1)]) <= width)
        {
            length++;
        }

        if (char.IsHighSurrogate(word[length - 1]) && length < word.Length)
        {
            length = length > 1 ? length - 1 : length + 1;
        }

        return length;
    }
}
