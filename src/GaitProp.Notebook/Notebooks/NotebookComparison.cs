using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GaitProp.Notebook.Cells;
using GaitProp.Notebook.Outputs;

namespace GaitProp.Notebook.Notebooks;

/// <summary>A place where two runs of a notebook show something else.</summary>
/// <param name="Position">The cell's place among all cells, from 1.</param>
/// <param name="What">What differs, in one line.</param>
internal sealed record NotebookDifference(int Position, string What);

/// <summary>
/// Holds the outputs of two runs of one notebook against each other, cell by cell: the same outputs of the same kinds, the same words, and
/// numbers that are equal within a tolerance. Times are not compared, and pictures only by being there; an output whose whole text is not
/// compared may as well be missing, such as a sign that only slow machines show. A cell's metadata can say more: <c>"gaitprop": { "verify":
/// { "relative": 0.1, "absolute": 1e-12, "ignore": ["expression"] } }</c>, or <c>"verify": false</c> for a cell that is not compared. The
/// notebook's own metadata say it for all of its cells.
/// </summary>
/// <param name="ignored">What is taken out of every text before it is compared, beside times.</param>
internal sealed partial class NotebookComparison(params Regex[] ignored)
{
    /// <summary>How far a number may be off if nothing else is said, as a part of the larger of the two.</summary>
    public const double DefaultTolerance = 0.01;

    private const string Script = "application/javascript";

    private static readonly TimeSpan PatternLimit = TimeSpan.FromSeconds(2);

    /// <summary>Numbers that were compared.</summary>
    public int Numbers { get; private set; }

    /// <summary>Cells that were compared.</summary>
    public int Cells { get; private set; }

    /// <summary>Compares.</summary>
    /// <param name="stored">The notebook as it was kept; its metadata count.</param>
    /// <param name="fresh">The same notebook as another run left it.</param>
    /// <returns>The first difference of each cell.</returns>
    /// <exception cref="NotebookException">The two are not one notebook, the metadata make no sense, or an expression takes too long: what
    /// and where.</exception>
    public IReadOnlyList<NotebookDifference> Compare(NotebookDocument stored, NotebookDocument fresh)
    {
        var common =
            Rules(stored.Metadata, "the notebook's metadata", new Tolerance(DefaultTolerance, 0, []))
            ?? throw new NotebookException("The notebook's metadata say 'verify': false: there is nothing to compare.");
        var pairs = stored.Cells.Index().Where(c => c.Item.IsCode).Zip(fresh.Cells.Where(c => c.IsCode)).ToArray();
        var changed = pairs.FirstOrDefault(p => p.First.Item.Source != p.Second.Source);
        if (changed.Second is not null || stored.Cells.Count(c => c.IsCode) != fresh.Cells.Count(c => c.IsCode))
        {
            throw new NotebookException(
                $"The two notebooks are not the same{(changed.Second is null ? "" : $" from cell {changed.First.Index + 1} on")}: only their outputs may differ."
            );
        }

        var differences = new List<NotebookDifference>();
        foreach (var ((index, before), now) in pairs)
        {
            var failed = now.Tags.Contains(NotebookRunner.MayFail) && Shown(now).Any(o => o.Kinds == "error");
            if (
                failed
                || now.Tags.Contains(NotebookRunner.Skipped)
                || Rules(before.Metadata, $"cell {index + 1}'s metadata", common) is not { } rules
            )
            {
                continue;
            }

            Cells++;
            try
            {
                if (Difference(Compared(before, rules), Compared(now, rules), rules) is { } what)
                {
                    differences.Add(new(index + 1, what));
                }
            }
            catch (RegexMatchTimeoutException e)
            {
                var place = common.Ignored.Any(p => p.ToString() == e.Pattern) ? "the notebook's metadata" : $"cell {index + 1}";
                throw new NotebookException(
                    $"'ignore' in {place}: the expression '{e.Pattern}' takes longer than {PatternLimit.TotalSeconds:0} s; make it simpler.",
                    e
                );
            }
        }

        return differences;
    }

    private string? Difference(IReadOnlyList<Output> before, IReadOnlyList<Output> now, Tolerance rules)
    {
        if (!before.Select(o => o.Kinds).SequenceEqual(now.Select(o => o.Kinds)))
        {
            return $"the outputs were [{string.Join("; ", before.Select(o => o.Kinds))}] and are [{string.Join("; ", now.Select(o => o.Kinds))}]";
        }

        return before
            .Zip(now)
            .Select((pair, i) => Difference(pair.First.Text, pair.Second.Text, rules) is { } text ? $"output {i + 1}: {text}" : null)
            .FirstOrDefault(d => d is not null);
    }

    private string? Difference(string before, string now, Tolerance rules)
    {
        var left = Pieces(before, rules);
        var right = Pieces(now, rules);
        foreach (var (old, young) in left.Zip(right))
        {
            if (
                old == young
                || (
                    Math.Abs(old.Number - young.Number)
                    <= rules.Absolute + (rules.Relative * Math.Max(Math.Abs(old.Number), Math.Abs(young.Number)))
                )
            )
            {
                Numbers += double.IsNaN(old.Number) ? 0 : 1;
                continue;
            }

            return double.IsNaN(old.Number) || double.IsNaN(young.Number)
                ? $"'{Short(old.Text)}' became '{Short(young.Text)}'"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{old.Text} became {young.Text}; allowed are {100 * rules.Relative:0.###} %{(rules.Absolute > 0 ? $" and {rules.Absolute:0.###e+0}" : "")}"
                );
        }

        return left.Count == right.Count
            ? null
            : $"{(left.Count > right.Count ? "what is missing" : "what is new")} begins with '{Short((left.Count > right.Count ? left : right)[Math.Min(left.Count, right.Count)].Text)}'";
    }

    /// <summary>The outputs that have something to be compared.</summary>
    private List<Output> Compared(NotebookCell cell, Tolerance rules) =>
        [.. Shown(cell).Where(o => string.IsNullOrWhiteSpace(o.Text) || !string.IsNullOrWhiteSpace(Remains(o.Text, rules)))];

    private string Remains(string text, Tolerance rules) =>
        rules.Ignored.Concat(ignored).Append(Time()).Aggregate(text, (t, pattern) => pattern.Replace(t, " "));

    /// <summary>The words of a text and the numbers between them, without times and without what is ignored.</summary>
    private List<Piece> Pieces(string text, Tolerance rules)
    {
        text = Remains(text, rules);
        var pieces = new List<Piece>();
        var at = 0;
        foreach (Match number in Number().Matches(text))
        {
            Words(text[at..number.Index]);
            var digits = number.Value.Replace('−', '-').Replace(",", "", StringComparison.Ordinal);
            pieces.Add(new(number.Value, double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture)));
            at = number.Index + number.Length;
        }

        Words(text[at..]);
        return pieces;

        void Words(string between) =>
            pieces.AddRange(between.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(w => new Piece(w, double.NaN)));
    }

    /// <summary>A cell's outputs, pieces of one stream as one, which stands there as it does at its end.</summary>
    private static List<Output> Shown(NotebookCell cell)
    {
        var shown = new List<(Output Output, StreamText? Stream)>();
        foreach (var output in cell.Outputs.OfType<JsonObject>())
        {
            var type = (string?)output["output_type"];
            if (type == "stream")
            {
                var name = $"{output["name"]}";
                if (shown is not [.., (var last, { } stream)] || last.Kinds != name)
                {
                    stream = new StreamText();
                    shown.Add((new Output(name, ""), stream));
                }

                stream.Append($"{output["text"]}");
            }
            else if (type == "error")
            {
                shown.Add((new Output("error", $"{output["ename"]}: {output["evalue"]}"), null));
            }
            else if (output["data"] is JsonObject data)
            {
                shown.Add((new Output(string.Join(", ", data.Select(d => d.Key).Order(StringComparer.Ordinal)), Said(data)), null));
            }
        }

        return [.. shown.Select(s => s.Stream is null ? s.Output : s.Output with { Text = s.Stream.ToString() })];
    }

    /// <summary>
    /// What is compared of an output in several forms: the plain text, or else the HTML, or else all that is text or JSON; a script in any
    /// case, since the text beside it says only that there is one.
    /// </summary>
    private static string Said(JsonObject data)
    {
        var only =
            data[MimeBundle.PlainText] is not null ? MimeBundle.PlainText
            : data[MimeBundle.Html] is not null ? MimeBundle.Html
            : null;
        var forms = data.Where(f => f.Key == Script || (only is null ? MultilineText.IsReadable(f.Key) : f.Key == only));
        return string.Join('\n', forms.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => Text(f.Key, f.Value)));
    }

    /// <summary>The words of one form; JSON in the order of its keys, HTML without its tags.</summary>
    private static string Text(string mime, JsonNode? form) =>
        form switch
        {
            JsonObject or JsonArray => NotebookJson.Text(form),
            _ when mime == MimeBundle.Html => WebUtility.HtmlDecode(Tag().Replace($"{form}", " ")),
            _ => $"{form}",
        };

    /// <summary>What metadata say of the comparison; <see langword="null"/> if there is none to be.</summary>
    private static Tolerance? Rules(JsonObject metadata, string where, Tolerance common)
    {
        switch ((metadata["gaitprop"] as JsonObject)?["verify"])
        {
            case null:
                return common;
            case JsonValue word when word.GetValueKind() == JsonValueKind.False:
                return null;
            case JsonObject fields when fields.All(f => f.Key is "relative" or "absolute" or "ignore"):
                return new(
                    Bound("relative", common.Relative, below: 1),
                    Bound("absolute", common.Absolute, below: double.PositiveInfinity),
                    [.. common.Ignored, .. Patterns(fields["ignore"])]
                );

                // Numbers of one sign are never farther apart than the larger of the two: from 1 on nothing would be compared.
                double Bound(string name, double otherwise, double below) =>
                    fields[name] switch
                    {
                        null => otherwise,
                        JsonValue value
                            when value.GetValueKind() == JsonValueKind.Number
                                && value.TryGetValue(out double bound)
                                && bound >= 0
                                && bound < below => bound,
                        var other => throw new NotebookException(
                            $"'{name}': {other!.ToJsonString()} in {where} is no tolerance: it must be a number from 0{(double.IsFinite(below) ? $", below {below}" : "")}."
                        ),
                    };
        }

        throw new NotebookException(
            $"'verify' in {where} must be false, or an object of 'relative', 'absolute' (numbers) and 'ignore' (a list of expressions)."
        );

        IEnumerable<Regex> Patterns(JsonNode? list)
        {
            if (list is null)
            {
                return [];
            }

            try
            {
                return
                [
                    .. list.AsArray()
                        .Select(p => new Regex(
                            p!.GetValue<string>(),
                            RegexOptions.Multiline | RegexOptions.CultureInvariant,
                            PatternLimit
                        )),
                ];
            }
            catch (Exception e) when (e is InvalidOperationException or NullReferenceException or FormatException or ArgumentException)
            {
                throw new NotebookException(
                    $"'ignore' in {where} is not a list of regular expressions: {e.Message.ReplaceLineEndings(" ")}"
                );
            }
        }
    }

    private static string Short(string text) => text.Length > 60 ? $"{CutText.Start(text, 60)}…" : text;

    /// <summary>
    /// A time on the clock, of seconds with their unit, or of a day. <c>min</c> before a colon or a number names the smallest of some
    /// numbers, as in <c>std 0.29 min 0.1</c>, unless that number has seconds behind it, or a word stands behind the colon, as in <c>took 3
    /// min: ok</c>; before <c>=</c> each unit is a name.
    /// </summary>
    [GeneratedRegex(
        @"\b\d+:\d\d(:\d\d)?\b|\b\d+(?:,\d{3}){0,4}(?:[.,]\d+)?[ \t\u00A0]?(?:ms|µs|s|h|seconds|minutes|hours|min(?![ \t]*:(?![ \t]+(?!(?:[Nn]a[Nn]|[Ii]nf)\b)\p{L})|[ \t]+[-+−]?(?>[\d.]+)(?![ \t]?s(?:ec(?:ond)?s?)?\b)))\b(?!\.\w|[ \t]*=)|\b20\d{6}-\d{6}\b|\b20\d\d-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?)?"
    )]
    private static partial Regex Time();

    /// <summary>
    /// A number in digits of ASCII, with commas between thousands: <c>1,024</c>, <c>[1,024 images]</c>. In brackets with nothing else, as
    /// <c>[5,100,900]</c>, <c>(5,100)</c> and <c>f(1,024)</c>, and before a comma without a blank behind it, as <c>1,100,0.5</c>, the
    /// commas separate numbers.
    /// </summary>
    [GeneratedRegex(
        @"(?<![\w.])[-+−]?[0-9]+((?<!,[-+−]?[0-9]+)(,[0-9]{3})+(?![0-9]|,\S|[-+.eE0-9]*[)\]}](?<=[(\[{][-+−.,eE0-9]+[)\]}])))?(\.[0-9]+)?([eE][-+−]?[0-9]+)?"
    )]
    private static partial Regex Number();

    [GeneratedRegex("<(style|script)\\b.*?</\\1>|<[^>]*>", RegexOptions.Singleline)]
    private static partial Regex Tag();

    private sealed record Output(string Kinds, string Text);

    private sealed record Tolerance(double Relative, double Absolute, IReadOnlyList<Regex> Ignored);

    /// <summary>A word, or a number.</summary>
    private readonly record struct Piece(string Text, double Number);
}
