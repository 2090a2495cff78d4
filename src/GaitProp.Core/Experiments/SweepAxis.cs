using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GaitProp.Experiments;

/// <summary>A field of an experiment and the values that a sweep gives it.</summary>
/// <param name="Field">The field, as <c>--set</c> names it: <c>optimizer.lr</c>, or for one rule alone
/// <c>rules.ngait.ruleOptions.eta</c>.</param>
/// <param name="Values">The values, as <c>--set</c> takes them, each once.</param>
internal sealed partial record SweepAxis(string Field, IReadOnlyList<string> Values)
{
    /// <summary>The most values of a field, and the most runs of a grid.</summary>
    public const int Most = 10_000;

    private const string FiveRatios = "log(1e-5..1e-3,5)";

    /// <summary>Where an axis stands, and how words are written there, so that advice can be pasted.</summary>
    private sealed record Place(string Said, Func<string, string> Written)
    {
        public string Ways =>
            $"write values with commas between them such as {Written("1,10,100")}, whole numbers such as {Written("1..5")}, powers of ten such as {Written("1e-3..1e-6")}, or {Written(FiveRatios)} or {Written("linear(0..1,5)")}";
    }

    /// <summary>
    /// Reads an axis of the command line: <c>FIELD=VALUES</c>. Values have commas between them; <c>1..5</c> are whole numbers,
    /// <c>1e-3..1e-6</c> powers of ten, <c>log(1e-5..1e-3,5)</c> five numbers at equal ratios and <c>linear(0..1,5)</c> at equal distances, both ends among them, to six
    /// digits. Commas in quotes and brackets are the value's own.
    /// </summary>
    /// <param name="option">The option, as errors name it.</param>
    /// <param name="text">The words.</param>
    /// <exception cref="GaitPropException">They cannot be read, there is no value, too many of them, or one twice.</exception>
    public static SweepAxis Parse(string option, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var field = text[..Math.Max(0, equals)].Trim();
        return equals > 0
            ? Checked(
                field,
                [.. Pieces(text[(equals + 1)..])],
                new($"{option} {text}", words => $"{option} {CommandWord.Quoted($"{field}={words}")}")
            )
            : throw new GaitPropException(
                $"{option} {text} is not possible: write a field, '=' and its values, such as optimizer.lr=1e-4,1e-3."
            );
    }

    /// <summary>Reads values that belong to no field, written in the same ways.</summary>
    /// <param name="option">The option, as errors name it.</param>
    /// <param name="text">The words.</param>
    /// <exception cref="GaitPropException">They cannot be read, there is no value, too many of them, or one twice.</exception>
    public static IReadOnlyList<string> List(string option, string text) =>
        Checked("", [.. Pieces(text)], new($"{option} {text}", words => $"{option} {CommandWord.Quoted(words)}")).Values;

    /// <summary>Reads an axis of a file: a list of values, or the words that the command line has for them.</summary>
    /// <param name="strict">Tells what is wrong.</param>
    /// <param name="field">The field.</param>
    /// <param name="values">Its values.</param>
    public static SweepAxis Read(StrictJson strict, string field, JsonNode? values)
    {
        var path = StrictJson.Join("sweep", field);
        IReadOnlyList<string> pieces = values switch
        {
            JsonArray list =>
            [
                .. list.Select(v =>
                    v is JsonValue text && text.TryGetValue<string>(out var word) ? word : v?.ToJsonString(ExperimentJson.Line) ?? "null"
                ),
            ],
            JsonValue value when value.TryGetValue<string>(out var words) => [.. Pieces(words)],
            _ => throw strict.Wrong(path, $"a list of values, or words such as \"{FiveRatios}\"", values),
        };
        return strict.Tried(path, () => Checked(field, pieces, new(path, words => $"\"{words}\""), listed: values is JsonArray));
    }

    /// <summary>Its setting with a value, as <c>--set</c> takes it.</summary>
    public string With(string value) => $"{Field}={value}";

    /// <summary>The words that the command line has for it.</summary>
    public override string ToString() => With(string.Join(',', Values.Select(Whole)));

    /// <summary>A value as one piece: what holds commas of its own is a text of JSON.</summary>
    private static string Whole(string value) =>
        Pieces(value).Count() == 1 ? value : JsonValue.Create(value).ToJsonString(ExperimentJson.Line);

    private static SweepAxis Checked(string field, IReadOnlyList<string> pieces, Place place, bool listed = false)
    {
        var values = new List<string>();
        foreach (var piece in pieces)
        {
            var (count, value) = listed ? (1, _ => Canonical(piece)) : Expanded(piece, place);
            if (values.Count + (long)count > Most)
            {
                throw new GaitPropException(Text($"{place.Said} is not possible: it has more than {Most} values."));
            }

            values.AddRange(Enumerable.Range(0, count).Select(value));
        }

        if (values.Count == 0 || values.Contains(""))
        {
            throw new GaitPropException(
                $"{place.Said} is not possible: {(values.Count > 1 ? "one of its values is empty" : "it has no value")}; {place.Ways}."
            );
        }

        return values.CountBy(v => v).FirstOrDefault(v => v.Value > 1).Key is { } twice
            ? throw new GaitPropException($"{place.Said} is not possible: the value {twice} stands there twice; take one of them out.")
            : new SweepAxis(field, values);
    }

    /// <summary>How many values a piece stands for, and each of them.</summary>
    private static (int Count, Func<int, string> Value) Expanded(string piece, Place place)
    {
        if (Scale().Match(piece) is { Success: true } scale)
        {
            var (log, from, to) = (
                scale.Groups["kind"].Value == "log",
                Number(scale.Groups["from"].Value),
                Number(scale.Groups["to"].Value)
            );
            var isCount = int.TryParse(scale.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count);
            return from is { } first && to is { } last && isCount && count >= 2 && first != last && (!log || first * last > 0)
                ? (count, i => Scaled(log, first, last, i / (count - 1.0)))
                : throw new GaitPropException(
                    $"{place.Said} is not possible: {scale.Groups["kind"].Value} takes two different numbers{(log ? " above 0" : "")} and how many values, at least 2, such as {place.Written(FiveRatios)}."
                );
        }

        if (piece.Split("..") is [var low, var high] && Number(low) is { } least && Number(high) is { } most)
        {
            if (Decades(low, least, high, most) is { } decades)
            {
                return (Math.Abs(decades) + 1, i => Moved(least, Math.Sign(decades) * i));
            }

            return
                int.TryParse(low, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var first)
                && int.TryParse(high, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var last)
                ? first <= last
                    ? ((int)Math.Min((long)last - first + 1, Most + 1), i => (first + i).ToString(CultureInfo.InvariantCulture))
                    : throw new GaitPropException(
                        $"{place.Said} is not possible: the range {piece} is empty; write the smaller number first."
                    )
                : throw new GaitPropException($"{place.Said} is not possible: {piece} is no range of whole numbers; {place.Ways}.");
        }

        return (1, _ => Canonical(piece));
    }

    /// <summary>
    /// How many powers of ten lie between two numbers that are written with exponents, less than 0 where the second one is the smaller;
    /// <see langword="null"/> where they are no powers of ten apart.
    /// </summary>
    private static int? Decades(string low, double first, string high, double last)
    {
        var apart = Math.Log10(last) - Math.Log10(first);
        return
            low.Contains('e', StringComparison.OrdinalIgnoreCase)
            && high.Contains('e', StringComparison.OrdinalIgnoreCase)
            && first > 0
            && last > 0
            && Math.Abs(apart - Math.Round(apart)) < 1e-9
            ? (int)Math.Round(apart)
            : null;
    }

    /// <summary>A number times a power of ten, to the last digit.</summary>
    private static string Moved(double number, int places)
    {
        var parts = number.ToString("E15", CultureInfo.InvariantCulture).Split('E');
        return Canonical(Text($"{parts[0]}E{int.Parse(parts[1], CultureInfo.InvariantCulture) + places}"));
    }

    private static string Scaled(bool log, double from, double to, double share)
    {
        var value =
            share == 0 ? from
            : share == 1 ? to
            : log ? from * Math.Pow(to / from, share)
            : from + ((to - from) * share);
        return Canonical(value.ToString(share is 0 or 1 ? "R" : "G6", CultureInfo.InvariantCulture));
    }

    /// <summary>A number in its shortest form, so that 1e-4 and 0.0001 have one name; other values as they are.</summary>
    private static string Canonical(string text) =>
        Number(text) is { } number ? number.ToString("R", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal) : text;

    private static double? Number(string text) =>
        double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : null;

    /// <summary>The text between commas that are in no quotes and no brackets.</summary>
    private static IEnumerable<string> Pieces(string text)
    {
        var (depth, quoted, from) = (0, false, 0);
        for (var i = 0; i < text.Length; i++)
        {
            quoted ^= text[i] == '"';
            depth +=
                quoted ? 0
                : text[i] is '(' or '[' or '{' ? 1
                : text[i] is ')' or ']' or '}' ? -1
                : 0;
            if (text[i] == ',' && depth == 0 && !quoted)
            {
                yield return text[from..i].Trim();
                from = i + 1;
            }
        }

        yield return text[from..].Trim();
    }

    [GeneratedRegex(@"\A(?<kind>log|linear)\((?<from>[^,]*?)\.\.(?<to>[^,]*),(?<count>[^,]*)\)\z")]
    private static partial Regex Scale();
}
