using System.Globalization;
using System.Text.RegularExpressions;
using GaitProp.Figures;
using GaitProp.Kernel.Tables;
using GaitProp.Kernel.Tests.Charts;
using SkiaSharp;
using Spectre.Console;
using Table = GaitProp.Figures.Table;

namespace GaitProp.Kernel.Tests.Tables;

public sealed partial class TableTests
{
    private const string Path =
        "/somewhere/deep/in/the/store-of-somebody/runs/cifar-shallow/ngait-s1-20261103-101500/checkpoints/step-392-epoch-2.safetensors";

    /// <summary>The tables that are drawn, by name.</summary>
    private static readonly Dictionary<string, Table> Samples = new()
    {
        ["numbers"] = new(
            [
                new("rule", Quantity.Words),
                new("test", Quantity.Share),
                new("angle", Quantity.Angle),
                new("ms per step", Quantity.Milliseconds),
            ],
            [
                new Row("BP", 0.5512, null, 0.0311) { Rule = "bp" },
                new Row("normalised GAIT, displacement", 0.09, 88.125, 0.1204),
                new Row("GAIT", 0.5, double.NaN, 1.5),
                new Row("FA", 1.0, 0.0042, 0.02),
                new Row("<b>DFA</b>", 0.0, 0.00006, null),
            ]
        )
        {
            Sum = new Row("worst", null, 88.125, null),
            Notes = ["Degrees to BP."],
            Problems = ["GAIT: the loss is not finite at step 7."],
        },
        ["paths"] = new(
            [new("name", Quantity.Words), new("licence", Quantity.Words), new("found", Quantity.Words)],
            [
                new Row("cifar10", "not stated; cite the technical report of 2009", $"{Path} (the cache folder)"),
                new Row("none", "free", null),
            ]
        ),
        ["fields"] = Table.OfFields(("run", "cifar-shallow/ngait"), ("folder", Path), ("epochs", 30)),
        ["many columns"] = Wide(3, 40),
        ["bars"] = new(
            [new("layer", Quantity.Words), new("units", Quantity.Words), new("state", Quantity.Words)],
            [
                new Row("conv", new Bar(0.5, 0.5, AuxiliaryUnits.Explicit), new Mark("ok", Tone.Good)),
                new Row("dense", new Bar(0.1, 0.2, AuxiliaryUnits.Implicit), new Mark("broken", Tone.Bad)),
            ]
        ),
        ["nothing"] = new([new("run", Quantity.Words), new("test", Quantity.Share)], []),
    };

    public static TheoryData<string> Names => [.. Samples.Keys];

    [Fact]
    public void Points_stand_below_each_other_and_units_in_the_heading()
    {
        var lines = TableText.Of(Samples["numbers"]).Split('\n');

        Assert.Matches(@"^rule +test \(%\) +angle \(°\) +ms per step$", lines[0]);
        var numbers = lines[1..7]
            .Select(line =>
                Regex
                    .Matches(line, @"(?<= )\d+[.]\d+(e-\d+)?|(?<= )\de-\d")
                    .Select(m => m.Index + m.Value.IndexOf('.', StringComparison.Ordinal))
                    .ToArray()
            )
            .ToArray();
        Assert.Single(numbers.Select(n => n[0]).Where((_, i) => i < 5).Distinct());
        var angles = new[] { "88.13", "0.004", "6.0e-5" }.Select(angle =>
            lines.First(l => l.Contains(angle, StringComparison.Ordinal)) is var line
                ? line.IndexOf(angle, StringComparison.Ordinal) + angle.IndexOf('.', StringComparison.Ordinal)
                : 0
        );
        Assert.Single(angles.Distinct());
        Assert.Contains("undefined", lines[3], StringComparison.Ordinal);
        Assert.Contains("–", lines[1], StringComparison.Ordinal);
        Assert.Equal(["GAIT: the loss is not finite at step 7.", "Degrees to BP."], lines[^2..]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_cell_is_drawn_whole_whatever_the_width(string name)
    {
        var table = Samples[name];
        foreach (var width in (int[])[24, 40, 80, 110, 1000])
        {
            var text = string.Join(
                '\n',
                TableLines.Of(table, width, ruled: true).Select(line => string.Concat(line.Select(span => span.Text)))
            );

            // A line is longer than asked for only where a word with its keys is.
            var longest = LongestWord(table);
            Assert.All(text.Split('\n'), line => Assert.True(line.Length <= Math.Max(width, longest), $"{width}: {line}"));
            foreach (var word in Words(table))
            {
                Assert.Contains(word, text, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Html_has_every_cell_and_breaks_no_path(string name)
    {
        var table = Samples[name];
        var html = TableHtml.Of(table);
        var text = System.Net.WebUtility.HtmlDecode(
            Tag()
                .Replace(
                    html.Replace("</span>", "", StringComparison.Ordinal).Replace("</b>", "", StringComparison.Ordinal),
                    m =>
                        m.Value.StartsWith("<span", StringComparison.Ordinal)
                        || m.Value.StartsWith("<b", StringComparison.Ordinal) && !m.Value.StartsWith("<b>D", StringComparison.Ordinal)
                            ? ""
                            : " "
                )
        );

        foreach (var word in Words(table).Where(w => !w.Contains('█', StringComparison.Ordinal)))
        {
            Assert.Contains(word.Replace('-', '−'), text.Replace('-', '−'), StringComparison.Ordinal);
        }

        Assert.DoesNotContain("<b>DFA", html, StringComparison.Ordinal);
        Assert.Equal(
            html.Contains(Path, StringComparison.Ordinal),
            html.Contains($"<span style=\"white-space:nowrap\">{Path}</span>", StringComparison.Ordinal)
        );

        // Numbers stand to the right where styles are taken out, too.
        Assert.All(Cell().Matches(html), m => Assert.Matches("align=\"(left|right)\" style=\"text-align:\\1", m.Value));
    }

    [Fact]
    public void The_mark_of_a_rule_stays_with_its_first_word_whatever_that_is()
    {
        var html = TableHtml.Of(new Table([new("rule", Quantity.Words)], [new Row("FA/DFA <mix> a/b") { Rule = "fa" }]));

        Assert.Matches(
            "<span style=\"white-space:nowrap\"><span style=\"[^\"]*background:#[0-9a-f]{6}\"></span>FA/DFA</span> "
                + "&lt;mix&gt; <span style=\"white-space:nowrap\">a/b</span></td>",
            html
        );
    }

    [Fact]
    public void Words_in_colour_stand_out_on_white_and_on_dark_grey()
    {
        var marks = Enum.GetValues<Tone>().Select(tone => new Row(new Mark("word", tone)));
        var html = TableHtml.Of(new Table([new("state", Quantity.Words)], [.. marks]) { Problems = ["It is broken."] });
        var colours = WordColour().Matches(html).Select(m => m.Groups[1].Value).ToArray();

        Assert.Equal(4, colours.Length);
        foreach (var page in (string[])["#ffffff", "#1e1e1e"])
        {
            Assert.All(
                colours,
                colour => Assert.True(StaticThemeTests.Contrast(SKColor.Parse(colour), SKColor.Parse(page)) >= 3.5, colour)
            );
        }
    }

    [Fact]
    public void A_table_too_wide_goes_on_below_with_its_keys_again_and_in_parts_of_about_the_same_width()
    {
        var lines = TableText.Of(Wide(3, 40)).Split('\n');
        var blocks = lines.Count(l => l.StartsWith("name", StringComparison.Ordinal));

        Assert.InRange(blocks, 3, 6);
        Assert.Equal(blocks, lines.Count(l => l.StartsWith("row 1", StringComparison.Ordinal)));
        var widths = lines.Where(l => l.StartsWith("name", StringComparison.Ordinal)).Select(l => l.Length).ToArray();
        Assert.True(widths.Min() > 0.7 * widths.Max(), string.Join(", ", widths));
    }

    [Fact]
    public void A_cell_of_more_blanks_than_there_is_room_for_is_one_empty_line()
    {
        var table = new Table([new("a", Quantity.Words), new("b", Quantity.Words)], [new Row(new string(' ', 30), "x")]);
        var lines = TableLines.Of(table, 24, ruled: false).Select(line => string.Concat(line.Select(span => span.Text))).ToArray();

        Assert.Equal([$"a{new string(' ', 22)}b", $"{new string(' ', 23)}x"], lines);
    }

    [Fact]
    public void A_terminal_gets_colours_and_lines_and_a_file_text_alone()
    {
        Assert.Contains("\u001b[", Drawn(AnsiSupport.Yes), StringComparison.Ordinal);
        Assert.Contains("──", Drawn(AnsiSupport.Yes), StringComparison.Ordinal);
        Assert.DoesNotContain("─", Drawn(AnsiSupport.No), StringComparison.Ordinal);
        Assert.Equal(TableText.Of(Samples["numbers"]), Drawn(AnsiSupport.No).TrimEnd('\n'));
        Assert.Contains(Path, Drawn(AnsiSupport.No, "paths", 40), StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_files_do_nothing_to_a_terminal() =>
        Assert.Equal("␛[2J x", TableText.Of(Table.OfFields(("\u001b[2J", "x\ny"))).Split("  ")[0] + " x");

    private static string Drawn(AnsiSupport ansi, string name = "numbers", int width = 110)
    {
        using var writer = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = ansi,
                ColorSystem = ansi == AnsiSupport.Yes ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            }
        );
        console.Profile.Width = width;
        console.Write(new TerminalTable(Samples[name]));
        return writer.ToString().ReplaceLineEndings("\n");
    }

    private static Table Wide(int rows, int columns) =>
        new(
            [
                new("name", Quantity.Words),
                .. Enumerable
                    .Range(1, columns)
                    .Select(c => new Column(string.Create(CultureInfo.InvariantCulture, $"layer {c}"), Quantity.Angle)),
            ],
            [
                .. Enumerable
                    .Range(1, rows)
                    .Select(r => new Row([
                        string.Create(CultureInfo.InvariantCulture, $"row {r}"),
                        .. Enumerable.Range(1, columns).Select(c => (object?)(r * c * 1.01)),
                    ])),
            ]
        );

    private static IEnumerable<string> Words(Table table) =>
        table
            .Rows.SelectMany(r => r.Cells.Select((cell, c) => cell is Bar ? "█" : table.Columns[c].Quantity.Written(cell)))
            .Concat(table.Columns.Select(c => c.Heading))
            .Concat(table.Notes)
            .Concat(table.Problems)
            .SelectMany(text => text.Split(' '));

    /// <summary>The longest word beside the longest key.</summary>
    private static int LongestWord(Table table) =>
        2
        + table.Rows.Select(r => table.Columns[0].Quantity.Written(r.Cells[0]).Length).DefaultIfEmpty(0).Max()
        + Words(table).Max(w => Math.Max(w.Length, 20));

    [GeneratedRegex("style=\"color:(#[0-9a-f]{6})")]
    private static partial Regex WordColour();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("<t[dh] [^>]*>")]
    private static partial Regex Cell();
}
